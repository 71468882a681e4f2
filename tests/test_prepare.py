import os
import runpy
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from app.config import PROJECT_FOLDER, SCHEMA_REVISION, Settings
from app.db import Database, migration_engine
from app.models import Base
from app.prepare import is_prepared
from app.services.search.suggesting import suggest


def run(database_url, **variables):
    """Run `python -m app.prepare` as `make run` does."""
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url, **variables}
    command = [sys.executable, "-W", "error", "-m", "app.prepare"]
    return subprocess.run(  # noqa: S603  # our own command
        command, cwd=PROJECT_FOLDER, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def state_of(url):
    """Give the schema, the version and the number of rows of each table."""
    database = Database(Settings(database_url=url))
    with database.reading() as connection:
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        row = connection.execute(sa.text("SELECT instance, version FROM atlas")).one()
        counts = {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }
    database.dispose()
    return revision, tuple(row), counts


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request, tmp_path):
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/atlas.db"
        return
    farm = request.getfixturevalue("postgresql_farm")
    name = f"{farm.prefix}_bare"
    with farm.admin.connect() as admin:
        admin.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    url = farm.url.set(database=name).render_as_string(hide_password=False)
    yield url
    farm.drop(url)


class TestPrepare:
    def test_it_fills_a_new_database_and_leaves_a_full_one_alone(self, bare_url):
        first = run(bare_url)
        assert (first.returncode, first.stderr) == (0, "")
        assert first.stdout.splitlines() == [
            "Preparing the database ...",
            "Putting in the first data set ...",
        ]
        before = state_of(bare_url)
        assert before[0] == SCHEMA_REVISION
        assert before[2]["use_case"] > 30

        second = run(bare_url)
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
        assert state_of(bare_url) == before

    def test_it_does_not_fill_an_atlas_that_somebody_emptied(self, own_seeded_url):
        database = Database(Settings(database_url=own_seeded_url))
        with database.writer.begin() as connection:
            for name in ("use_case", "team"):
                connection.execute(sa.text(f"DELETE FROM {name}"))  # noqa: S608  # our own names
        database.dispose()
        assert run(own_seeded_url).stdout == ""
        assert state_of(own_seeded_url)[2]["team"] == 0


class TestGlance:
    """What is as it should be is not looked at any further."""

    def modules(self, url):
        """Give what `python -m app.prepare` imports."""
        code = "import app.prepare, sys; app.prepare.main(); print(*sys.modules)"
        command, environ = [sys.executable, "-c", code], {"PATH": os.environ["PATH"], "DATABASE_URL": url}
        done = subprocess.run(  # noqa: S603  # our own command
            command, cwd=PROJECT_FOLDER, env=environ, capture_output=True, text=True, check=True, timeout=300
        )
        return done.stdout.split()

    def test_sqlalchemy_is_not_imported_for_it(self, sqlite_farm):
        url = sqlite_farm.fresh("seeded")
        assert "sqlalchemy" not in self.modules(url)
        sqlite_farm.drop(url)

    def test_it_is_not_enough_where_nothing_was_ever_written(self, sqlite_farm):
        assert not is_prepared(Settings(database_url=sqlite_farm.fresh("empty")))

    def test_it_is_not_enough_where_the_schema_is_another_one(self, sqlite_farm):
        url = sqlite_farm.fresh("seeded")
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            file.execute("UPDATE alembic_version SET version_num = '0001'")
            file.commit()
        assert not is_prepared(Settings(database_url=url))

    def test_it_makes_no_file(self, tmp_path):
        assert not is_prepared(Settings(database_url=f"sqlite:///{tmp_path}/new.db"))
        assert list(tmp_path.iterdir()) == []


class TestUpgrade:
    def test_an_atlas_of_an_older_schema_can_be_searched(self, own_seeded_url):
        engine = migration_engine(own_seeded_url)
        with engine.connect() as connection:
            config = Config(PROJECT_FOLDER / "alembic.ini")
            config.set_main_option("script_location", str(PROJECT_FOLDER / "migrations"))
            config.attributes["connection"] = connection
            command.downgrade(config, "0001")
        engine.dispose()
        assert run(own_seeded_url).stdout == "Preparing the database ...\n"
        database = Database(Settings(database_url=own_seeded_url))
        with database.reading() as connection:
            assert [item["completion"] for item in suggest(connection, "nump", (), 10)] == ["NumPy"]
        database.dispose()


class TestMain:
    """The same, within this process."""

    def main(self):
        runpy.run_path(str(PROJECT_FOLDER / "app" / "prepare.py"), run_name="__main__")

    def test_a_second_time_says_and_does_nothing(self, own_seeded_url, monkeypatch, capsys):
        before = state_of(own_seeded_url)
        monkeypatch.setenv("DATABASE_URL", own_seeded_url)
        self.main()
        assert capsys.readouterr().out == ""
        assert state_of(own_seeded_url) == before

    def test_a_wrong_setting_ends_it(self, monkeypatch):
        monkeypatch.setenv("PORT", "many")
        with pytest.raises(SystemExit, match=r"A setting is wrong\. PORT: "):
            self.main()

    def test_a_database_that_is_away_ends_it(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        with pytest.raises(SystemExit, match="The database cannot be used: "):
            self.main()


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("variables", "sentence"),
        [
            ({"PORT": "many"}, "A setting is wrong. PORT: must be a whole number from 0 to 65535"),
            (
                {"DATABASE_URL": "mysql://root:hunter2@h/n"},
                "A setting is wrong. DATABASE_URL: must be sqlite:///",
            ),
            ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/n"}, "The database cannot be used: "),
        ],
    )
    def test_they_end_it_with_a_sentence(self, tmp_path, variables, sentence):
        done = run(f"sqlite:///{tmp_path}/x.db", **variables)
        assert done.returncode == 1
        assert done.stderr.startswith(sentence)
        assert "Traceback" not in done.stderr
        assert "hunter2" not in done.stderr
