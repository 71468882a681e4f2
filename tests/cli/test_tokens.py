from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.models import Scope, Token
from app.services import credentials
from tests.client import Client


class TestCreate:
    def test_it_prints_the_secret_alone(self, run):
        result = run("tokens", "create", "deploy", "--scope", "write")
        assert result.exit_code == 0
        assert credentials.FORM.fullmatch(result.stdout.removesuffix("\n"))
        assert "shown once" in result.stderr

    def test_it_makes_a_token_that_works(self, run, app, make):
        make.organization(name="Acme")
        secret = run("tokens", "create", "deploy", "--scope", "write", "--scope", "import").stdout.strip()
        answer = Client(app, secret).post("/teams", {"name": "Core", "organization": "acme"})
        assert answer.status_code == 201

    def test_it_holds_a_token_to_teams(self, run, app, make):
        make.team(slug="core", name="Core")
        words = ("tokens", "create", "deploy", "--scope", "write", "--team", "core", "--days", "1")
        client = Client(app, run(*words).stdout.strip())
        assert client.patch("/teams/core", {"area": "Tools"}).status_code == 200
        assert client.post("/organizations", {"name": "Other"}).status_code == 403

    @pytest.mark.parametrize(
        ("words", "status"),
        [
            (["deploy"], 2),
            (["deploy", "--scope", "everything"], 2),
            (["deploy", "--scope", "write", "--days", "soon"], 2),
            (["deploy", "--scope", "write", "--days", "367"], None),
            (["deploy", "--scope", "write", "--team", "nowhere"], 1),
            (["tester", "--scope", "write"], 1),
            (["", "--scope", "write"], 1),
        ],
    )
    def test_it_tells_errors_on_standard_error(self, run, secret, words, status):
        result = run("tokens", "create", *words)
        assert result.exit_code == status or (status is None and result.exit_code > 0)
        assert result.stdout == ""
        assert "Error: " in result.stderr


class TestList:
    def test_it_says_how_to_make_the_first_token(self, run):
        result = run("tokens", "list")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "flask atlas tokens create" in result.stderr

    def test_it_shows_every_state_and_no_secret(self, run, make, client, token, database):
        make.team(slug="core", name="Core")
        made = [token("held", Scope.WRITE, teams=["core"]), token("lost", Scope.ADMIN)]
        run("tokens", "revoke", "lost")
        lines = run("tokens", "list").stdout.splitlines()
        assert [line.split()[0] for line in lines] == ["NAME", "held", "lost", "tester"]
        assert [line.split()[-1] for line in lines[1:]] == ["good", "revoked", "good"]
        assert [line.split()[3] for line in lines[1:]] == ["core", "all", "all"]
        assert not any(secret[14:] in "".join(lines) for secret in made)

    def test_it_tells_a_token_whose_teams_are_gone(self, run, make, client, token):
        make.team(slug="core", name="Core")
        token("held", Scope.WRITE, teams=["core"])
        client.delete("/teams/core")
        assert "none left" in run("tokens", "list").stdout

    def test_it_tells_a_token_that_has_ended(self, run, token, database):
        token("old", Scope.WRITE, days=1)
        with database.writer.begin() as connection:
            connection.execute(
                sa.update(Token).values(
                    created_at=datetime(2020, 1, 1, tzinfo=UTC), expires_at=datetime(2020, 1, 2, tzinfo=UTC)
                )
            )
        assert run("tokens", "list").stdout.rstrip().endswith("ended")


class TestRevoke:
    def test_it_lets_the_token_in_no_more(self, run, client):
        result = run("tokens", "revoke", "tester", "--reason", "lost on a train")
        assert (result.exit_code, result.stdout) == (0, "")
        assert client.post("/teams", {}).status_code == 401

    def test_it_tells_when_there_is_no_such_token(self, run):
        result = run("tokens", "revoke", "nobody")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "no token named nobody" in result.stderr


class TestElsewhere:
    @pytest.mark.parametrize(
        "words",
        [
            ("--url", "http://atlas.example", "tokens", "list"),
            ("tokens", "--url", "http://atlas.example", "list"),
            ("tokens", "list", "--url", "http://atlas.example"),
            ("tokens", "create", "deploy", "--scope", "write", "--url", "http://atlas.example"),
            ("tokens", "revoke", "deploy", "--url", "http://atlas.example"),
        ],
    )
    def test_it_needs_the_host_and_says_so(self, run, words):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "on the atlas's own host" in result.stderr

    def test_a_url_of_the_environment_counts_too(self, run, monkeypatch):
        monkeypatch.setenv("TOOLATLAS_URL", "http://atlas.example")
        assert "unset TOOLATLAS_URL" in run("tokens", "list").stderr


class TestRotate:
    def test_it_prints_the_new_secret_alone(self, run, app):
        run("tokens", "create", "deploy", "--scope", "write")
        result = run("tokens", "rotate", "deploy", "--overlap", "0")
        secret = result.stdout.strip()
        assert Client(app, secret).post("/purposes", {"name": "Linting"}).status_code == 201
        assert "shown once" in result.stderr

    def test_it_refuses_one_that_is_not_there(self, run):
        assert "no token named nobody" in run("tokens", "rotate", "nobody").stderr
