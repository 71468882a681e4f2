import json

import pytest
import sqlalchemy as sa

from tests.databases import open_log


@pytest.fixture
def tamper(database):
    """Changes a log behind the atlas's back: `tamper("DELETE FROM change")`."""

    def execute(statement):
        with database.writer.begin() as connection:
            open_log(connection)
            connection.execute(sa.text(statement))

    return execute


class TestVerify:
    def test_it_is_content_with_logs_as_they_were_written(self, run, make):
        make.organization(name="Netflix")
        result = run("audit", "verify")
        assert result.exit_code == 0
        assert "change log: 1 rows, all as they were written." in result.stdout

    def test_it_says_where_a_log_breaks(self, run, make, tamper):
        make.organization(name="Netflix")
        make.organization(name="Other")
        tamper("UPDATE change SET actor = 'x' WHERE seq = 1")
        result = run("audit", "verify")
        assert "change log: row 1 is not as it was written" in result.stdout
        assert "not as they were written" in result.stderr

    def test_it_shows_a_hundred_places(self, run, make, tamper):
        for number in range(102):
            make.organization(name=f"Nr {number}")
        tamper("UPDATE change SET actor = 'x'")
        result = run("audit", "verify")
        assert len(result.stdout.splitlines()) == 100
        assert "(2 more places)" in result.stderr

    def test_it_compares_heads_that_were_noted(self, run, make, client):
        make.organization(name="Netflix")
        ready = client.get("//readyz").get_json()
        head = f"{ready['version']}:{ready['head']}"
        assert run("audit", "verify", "--head", head).exit_code == 0
        result = run("audit", "verify", "--head", f"1:{'0' * 64}")
        assert "row 1 is not the head that was noted" in result.stdout

    @pytest.mark.parametrize("head", ["1", "x:" + "0" * 64, "1:00"])
    def test_it_refuses_what_is_no_head(self, run, head):
        assert "SEQ:HASH" in run("audit", "verify", "--head", head).stderr


class TestList:
    def test_it_prints_the_last_rows(self, run):
        for name in ("one", "two", "three"):
            run("tokens", "create", name, "--scope", "write")
        lines = [json.loads(line) for line in run("audit", "list", "--last", "2").stdout.splitlines()]
        assert [(line["action"], line["subject"]) for line in lines] == [
            ("token.create", "two"),
            ("token.create", "three"),
        ]
