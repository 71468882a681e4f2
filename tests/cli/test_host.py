import pytest
import sqlalchemy as sa

from app.cli import atlas
from app.config import SCHEMA_REVISION, Settings
from tests.conftest import bound


class TestMigrate:
    def test_it_makes_the_schema_and_may_be_run_again(self, session_app, tmp_path):
        settings = Settings(database_url=f"sqlite:///{tmp_path}/new.db")
        with bound(session_app, settings) as database:
            runner = session_app.test_cli_runner()
            results = [runner.invoke(atlas, ["migrate"]) for _ in range(2)]
            with database.reading() as connection:
                revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        assert [(result.exit_code, result.stdout) for result in results] == [(0, "")] * 2
        assert revision == SCHEMA_REVISION


class TestSeed:
    def test_it_takes_in_the_first_data_set_once(self, run, anonymous):
        first, second = run("seed"), run("seed")
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert "0 updated" in first.stderr
        assert second.stderr.startswith("0 created, 0 updated")
        assert anonymous.get("/libraries/numpy").status_code == 200


class TestElsewhere:
    @pytest.mark.parametrize("word", ["migrate", "seed"])
    def test_it_is_done_on_the_host_alone(self, run, word):
        result = run(word, "--url", "http://atlas.example")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "on the atlas's own host" in result.stderr


class TestUnready:
    @pytest.mark.parametrize("words", [("seed",), ("tokens", "list"), ("who-uses", "numpy")])
    def test_a_database_without_an_atlas_is_told(self, session_app, tmp_path, words):
        with bound(session_app, Settings(database_url=f"sqlite:///{tmp_path}/new.db")):
            result = session_app.test_cli_runner().invoke(atlas, words)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "The database cannot be read." in result.stderr
        assert "DATABASE_URL" in result.stderr
