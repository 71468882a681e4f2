import pytest

from app.models import Scope
from tests.conftest import make_token


@pytest.fixture
def seeded_here(own_seeded_url, monkeypatch):
    """An atlas of this host, as the environment names it."""
    monkeypatch.setenv("DATABASE_URL", own_seeded_url)


class TestOwnApplication:
    def test_the_environment_names_the_database(self, away, seeded_here):
        assert "CORE" in away("who-uses", "numpy").stdout

    def test_who_may_read_the_database_needs_no_token(self, away, seeded_here, monkeypatch):
        monkeypatch.setenv("READS_REQUIRE_TOKEN", "true")
        monkeypatch.setenv("ALLOWED_HOSTS", "atlas.example")
        assert away("who-uses", "numpy").exit_code == 0

    def test_the_log_of_requests_is_not_written_among_the_errors(self, away, seeded_here, monkeypatch):
        monkeypatch.setenv("LOG_LEVEL", "DEBUG")
        assert away("who-uses", "numpy").stderr == ""

    def test_a_diff_of_it_with_itself_makes_it_once(self, away, seeded_here):
        result = away("diff", "atlas", "atlas")
        assert (result.exit_code, result.stderr) == (0, "They say the same.\n")

    def test_a_wrong_setting_is_told(self, away, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "mysql://x")
        result = away("who-uses", "numpy")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("Error: A setting is wrong. DATABASE_URL: ")


class TestFlaskApplication:
    def test_a_host_that_it_answers_for_is_named(self, app, run, with_settings, monkeypatch):
        monkeypatch.setattr(app.wsgi_app, "allowed_hosts", frozenset({"atlas.example"}))
        with_settings(allowed_hosts=("atlas.example",))
        assert run("search", "x").stderr == "Error: Nothing is found.\n"

    def test_a_token_is_checked_as_everywhere(self, run, database, with_settings):
        with_settings(reads_require_token=True)
        secret = make_token(database, "reader", Scope.WRITE)
        assert run("search", "x").exit_code == 3
        assert run("search", "x", "--token", "ta_bad").exit_code == 3
        assert run("search", "x", "--token", secret).stderr == "Error: Nothing is found.\n"
