"""Tokens over HTTP: made by tokens, never wider than these, replaced and revoked at once."""

import re
import zlib
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.db import Author
from app.factory import build
from app.models import Audit, KeptAnswer, Scope
from app.services import credentials
from app.services.leaks import LeakReport
from tests.client import Client, assert_problem
from tests.databases import patient

NOW = "2026-01-31T12:00:00+00:00"
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def admin(app, token):
    """A client whose token looks after tokens, for another 90 days."""
    return Client(app, token("admin", Scope.ADMIN, Scope.WRITE))


@pytest.fixture
def audited(database):
    """Gives what the audit log says: `audited()`."""

    def rows():
        with database.reading() as connection:
            return connection.execute(sa.select(Audit.action, Audit.actor, Audit.subject)).all()

    return rows


def create(client, name="deploy", scopes=("write",), **more):
    return client.post("/tokens", {"name": name, "scopes": list(scopes), **more})


def made(client, name="deploy", **more):
    response = create(client, name, **more)
    assert response.status_code == 201, response.get_json()
    return response.get_json()


def is_let_in(client, secret):
    return client.get("/teams", token=secret).status_code == 200


class TestCreate:
    def test_it_gives_the_secret_once(self, admin):
        response = create(admin)
        token = response.get_json()
        assert credentials.FORM.fullmatch(token["secret"])
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Location"].endswith(f"/api/v1/tokens/{token['id']}")
        assert token["secret"] not in admin.get(f"/tokens/{token['id']}", token=admin.secret).text

    def test_the_token_may_write(self, admin):
        secret = made(admin)["secret"]
        assert admin.post("/purposes", {"name": "Linting"}, token=secret).status_code == 201

    def test_it_shows_what_was_made(self, admin, at, make):
        make.team(slug="core", name="Core", organization=make.organization(name="Netflix")["slug"])
        at(NOW)
        token = made(admin, teams=["core"], days=2)
        assert token == {
            "id": token["id"],
            "name": "deploy",
            "scopes": ["write"],
            "is_held": True,
            "teams": ["core"],
            "state": "good",
            "created_at": "2026-01-31T12:00:00Z",
            "expires_at": "2026-02-02T12:00:00Z",
            "last_used_at": None,
            "revoked_at": None,
            "revoked_reason": None,
            "replaced_by": None,
            "secret": token["secret"],
        }

    def test_it_refuses_a_name_twice(self, admin):
        made(admin)
        assert_problem(create(admin), 409, "conflict")

    def test_it_refuses_a_team_that_is_not_there(self, admin):
        assert_problem(create(admin, teams=["nowhere"]), 409, "unknown_reference", pointer="/teams/0")

    @pytest.mark.parametrize(
        ("member", "value"),
        [("name", "a\nb"), ("name", "ä"), ("scopes", []), ("scopes", ["all"]), ("days", 0)],
    )
    def test_it_refuses_what_is_not_right(self, admin, member, value):
        body = {"name": "deploy", "scopes": ["write"], member: value}
        assert_problem(admin.post("/tokens", body), 422, "invalid")

    @pytest.mark.parametrize("member", ["id", "sha256", "prefix", "expires_at", "secret", "is_held"])
    def test_it_takes_nothing_that_the_server_sets(self, admin, member):
        assert_problem(create(admin, **{member: "x"}), 422, pointer=f"/{member}")

    def test_it_is_audited(self, admin, audited):
        made(admin)
        assert audited()[-1] == ("token.create", "admin", "deploy")


class TestWider:
    """No token makes a wider one."""

    def test_not_one_of_more_scopes(self, admin):
        problem = assert_problem(create(admin, scopes=["write", "import"]), 403, "insufficient_scope")
        assert "import" in problem["detail"]

    def test_not_one_that_lasts_longer(self, app, token):
        short = Client(app, token("short", Scope.ADMIN, days=10))
        assert_problem(create(short, scopes=["admin"], days=90), 403)
        assert made(short, "other", scopes=["admin"], days=10)["expires_at"] <= self.end_of(short, "short")

    def test_one_that_says_nothing_ends_with_its_maker(self, app, token):
        short = Client(app, token("short", Scope.ADMIN, days=10))
        assert made(short, scopes=["admin"])["expires_at"] == self.end_of(short, "short")

    def test_not_one_for_other_teams(self, app, token, make):
        for slug in ("core", "other"):
            make.team(slug=slug, name=slug)
        held = Client(app, token("held", Scope.ADMIN, teams=["core"]))
        for teams in ([], ["other"], ["core", "other"]):
            assert_problem(create(held, scopes=["admin"], teams=teams), 403)
        assert create(held, scopes=["admin"], teams=["core"]).status_code == 201

    def test_not_by_replacing_a_wider_one(self, admin, app, token, make):
        make.team(slug="core", name="Core")
        token("wide", Scope.IMPORT)
        token("free", Scope.ADMIN)
        held = Client(app, token("held", Scope.ADMIN, teams=["core"]))
        assert_problem(admin.post(f"/tokens/{id_of(admin, 'wide')}/rotate", {}), 403)
        assert_problem(held.post(f"/tokens/{id_of(admin, 'free')}/rotate", {}), 403)
        assert held.post(f"/tokens/{id_of(admin, 'held')}/rotate", {}).status_code == 201

    def end_of(self, client, name):
        return client.get(f"/tokens/{id_of(client, name)}", token=client.secret).get_json()["expires_at"]


def id_of(client, name):
    items = client.get("/tokens", token=client.secret).get_json()["items"]
    return next(item["id"] for item in items if item["name"] == name)


class TestList:
    def test_it_pages_by_name(self, admin, token):
        for name in ("c", "a", "b"):
            token(name, Scope.WRITE)

        pages = [admin.get("/tokens?limit=3", token=admin.secret).get_json()]
        pages.append(admin.get(pages[0]["next"], token=admin.secret).get_json())
        assert [[item["name"] for item in page["items"]] for page in pages] == [["a", "admin", "b"], ["c"]]
        assert [(page["total"], page["limit"]) for page in pages] == [(4, 3)] * 2
        assert pages[1]["next"] is None

    def test_it_takes_a_fixed_number_of_statements(self, admin, statements):
        counts = []
        for name in ("a", "b"):
            with statements() as seen:
                admin.get("/tokens", token=admin.secret)
            counts.append(len(seen))
            made(admin, name)
        assert counts[0] == counts[1]
        assert counts[0] == 5

    def test_it_is_never_not_modified(self, admin):
        first = admin.get("/tokens", token=admin.secret)
        assert "ETag" not in first.headers
        tag = admin.get("/purposes").headers["ETag"]
        made(admin)
        again = admin.get("/tokens", token=admin.secret, headers={"If-None-Match": tag})
        assert again.status_code == 200

    def test_there_is_no_other_token(self, admin):
        assert_problem(admin.get("/tokens/0000000000", token=admin.secret), 404, "not_found")
        assert_problem(admin.delete("/tokens/0000000000"), 404, "not_found")


class TestRevoke:
    def test_it_lets_nobody_in_any_more(self, admin):
        token = made(admin)
        assert admin.delete(f"/tokens/{token['id']}?reason=lost").status_code == 204
        problem = assert_problem(admin.get("/teams", token=token["secret"]), 401, "invalid_token")
        assert "revoked" in problem["detail"]
        shown = admin.get(f"/tokens/{token['id']}", token=admin.secret).get_json()
        assert (shown["state"], shown["revoked_reason"]) == ("revoked", "lost")

    def test_twice_is_as_good_as_once(self, admin, audited):
        token = made(admin)
        assert [admin.delete(f"/tokens/{token['id']}").status_code for _ in range(2)] == [204, 204]
        assert [row.action for row in audited()].count("token.revoke") == 1

    def test_another_worker_sees_it_at_once(self, admin, database_url):
        """Two applications on one database; neither remembers a token."""
        token = made(admin)
        other_app = build(patient(database_url))
        other = Client(other_app, None)
        try:
            assert is_let_in(other, token["secret"])
            admin.delete(f"/tokens/{token['id']}")
            assert not is_let_in(other, token["secret"])
        finally:
            other_app.extensions["database"].dispose()


class TestRotate:
    def test_both_are_good_for_the_overlap(self, admin, at):
        at(NOW)
        old = made(admin)
        new = admin.post(f"/tokens/{old['id']}/rotate", {"overlap_seconds": 60}).get_json()
        assert (new["name"], new["scopes"], new["expires_at"]) == ("deploy", ["write"], old["expires_at"])
        assert [is_let_in(admin, token["secret"]) for token in (old, new)] == [True, True]
        at("2026-01-31T12:01:00+00:00")
        assert [is_let_in(admin, token["secret"]) for token in (old, new)] == [False, True]

    def test_the_old_one_says_what_replaced_it(self, admin):
        old = made(admin)
        new = admin.post(f"/tokens/{old['id']}/rotate", {}).get_json()
        shown = admin.get(f"/tokens/{old['id']}", token=admin.secret).get_json()
        assert (shown["replaced_by"], shown["name"]) == (new["id"], f"deploy (replaced, {old['id']})")

    def test_the_overlap_is_an_hour_unless_said_otherwise(self, admin, at):
        at(NOW)
        old = made(admin)
        admin.post(f"/tokens/{old['id']}/rotate", {})
        ends = admin.get(f"/tokens/{old['id']}", token=admin.secret).get_json()["expires_at"]
        assert ends == "2026-01-31T13:00:00Z"

    @pytest.mark.parametrize("seconds", [-1, 86_401, "x"])
    def test_the_overlap_is_a_day_at_most(self, admin, seconds):
        old = made(admin)
        assert_problem(admin.post(f"/tokens/{old['id']}/rotate", {"overlap_seconds": seconds}), 422)

    def test_no_token_is_replaced_twice(self, admin):
        old = made(admin)
        admin.post(f"/tokens/{old['id']}/rotate", {})
        assert_problem(admin.post(f"/tokens/{old['id']}/rotate", {}), 409, "conflict")

    def test_a_token_replaces_itself_again_and_again(self, admin, app):
        for _ in range(3):
            new = admin.post(f"/tokens/{admin.secret.split('_')[1]}/rotate", {"overlap_seconds": 0})
            assert not is_let_in(admin, admin.secret)
            admin.secret = new.get_json()["secret"]
        assert admin.post("/purposes", {"name": "Linting"}).status_code == 201

    def test_revoking_the_new_one_revokes_the_old_one(self, admin):
        old = made(admin)
        new = admin.post(f"/tokens/{old['id']}/rotate", {}).get_json()
        admin.delete(f"/tokens/{new['id']}")
        assert [is_let_in(admin, token["secret"]) for token in (old, new)] == [False, False]

    def test_it_is_audited(self, admin, audited):
        old = made(admin)
        admin.post(f"/tokens/{old['id']}/rotate", {})
        assert audited()[-1] == ("token.rotate", "admin", "deploy")


class TestLeaked:
    def test_a_good_token_is_revoked(self, admin, anonymous, audited):
        token = made(admin)
        report = {"token": token["secret"], "url": "https://pastes.example/1", "source": "a scanner"}
        response = anonymous.post("/tokens/leaked", report)
        assert (response.status_code, response.get_json()) == (202, {"received": True})
        assert not is_let_in(admin, token["secret"])
        assert [row.action for row in audited()][-2:] == ["token.revoke", "token.leak"]

    def test_the_answer_is_the_same_for_anything_else(self, admin, anonymous, audited):
        secret = made(admin)["secret"]
        anonymous.post("/tokens/leaked", {"token": secret})
        before = audited()
        for text in ("ta_x", credentials.seal(secret[:14] + "x" * 32), secret):
            response = anonymous.post("/tokens/leaked", {"token": text})
            assert (response.status_code, response.get_json()) == (202, {"received": True})
        assert audited() == before

    def test_what_is_no_token_takes_no_lock(self, anonymous, statements):
        with statements() as seen:
            anonymous.post("/tokens/leaked", {"token": "ta_x"})
        assert not [statement for statement in seen if "UPDATE" in statement or "INSERT" in statement]

    def test_it_needs_no_token_where_reading_needs_one(self, anonymous, with_settings):
        with_settings(reads_require_token=True)
        assert anonymous.post("/tokens/leaked", {"token": "ta_x"}).status_code == 202

    def test_two_reports_at_once_are_one(self, admin, database, audited):
        report = LeakReport({"token": made(admin)["secret"], "url": None, "source": None})
        with database.reading() as connection:
            assert report.prepare(connection) is None
        for _ in range(2):
            with database.writing(Author("x", "y")) as session:
                assert report.write(session) == {"received": True}
        assert [row.action for row in audited()].count("token.leak") == 1


class TestExpiry:
    @pytest.mark.parametrize(("days", "is_told"), [(14, True), (1, True), (15, False)])
    def test_it_is_told_in_the_last_two_weeks(self, app, token, at, days, is_told):
        at(NOW)
        secret = token("deploy", Scope.WRITE, days=days)
        told = Client(app, None).get("/teams", token=secret).headers.get("Atlas-Token-Expires")
        ends = (datetime.fromisoformat(NOW) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert told == (ends if is_told else None)


class TestRetry:
    """A secret is kept nowhere, so a retry gets everything but that."""

    def test_it_makes_no_second_token(self, admin):
        first, again = (admin.post("/tokens", {"name": "a", "scopes": ["write"]}, headers=KEY) for _ in "12")
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.get_json() == {**first.get_json(), "secret": None}

    def test_what_is_kept_holds_no_secret(self, admin, database):
        token = made(admin)
        admin.post("/tokens", {"name": "a", "scopes": ["write"]}, headers=KEY)
        admin.post(f"/tokens/{token['id']}/rotate", {}, headers=KEY)
        with database.reading() as connection:
            bodies = [zlib.decompress(body) for body in connection.scalars(sa.select(KeptAnswer.body))]
        assert len(bodies) == 2
        assert not [body for body in bodies if re.search(rb"ta_[0-9A-Za-z]{10}_", body)]
