import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app.config import PROJECT_FOLDER, Settings
from app.db import migration_engine
from app.migrating import migrate
from app.models import SCHEMA_REVISION, Base

FILES = sorted((PROJECT_FOLDER / "migrations" / "versions").glob("*.py"))


def configuration(connection=None):
    config = Config(PROJECT_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT_FOLDER / "migrations"))
    config.attributes["connection"] = connection
    return config


@pytest.fixture
def connection(database_url):
    """A connection of the engine that migrations run on."""
    engine = migration_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables_of(connection):
    names = set(sa.inspect(connection).get_table_names())
    connection.rollback()
    derived = {name for name in names if name.startswith("search_index")}  # of another make on each database
    return names - {"alembic_version", "sqlite_sequence"} - derived


class TestMigrations:
    def test_they_make_every_table(self, connection):
        assert tables_of(connection) == set(Base.metadata.tables)

    def test_they_leave_no_difference_to_the_models(self, connection):
        command.check(configuration(connection))

    def test_a_difference_would_be_seen(self, connection):
        """The control: the check fails where the database lacks an index."""
        connection.execute(sa.text("DROP INDEX ix_library_maker_id"))
        connection.commit()
        with pytest.raises(CommandError, match="ix_library_maker_id"):
            command.check(configuration(connection))

    def test_down_takes_everything_away(self, connection):
        command.downgrade(configuration(connection), "base")
        assert tables_of(connection) == set()

    def test_up_works_again_after_down(self, connection):
        command.downgrade(configuration(connection), "base")
        command.upgrade(configuration(connection), "head")
        command.check(configuration(connection))
        assert connection.scalar(sa.text("SELECT count(*) FROM atlas")) == 1

    def test_each_atlas_is_another_one(self, connection):
        before = connection.scalar(sa.text("SELECT instance FROM atlas"))
        connection.rollback()
        command.downgrade(configuration(connection), "base")
        command.upgrade(configuration(connection), "head")
        assert connection.scalar(sa.text("SELECT instance FROM atlas")) != before

    def test_a_second_time_changes_nothing(self, connection, database_url):
        before = connection.scalar(sa.text("SELECT instance FROM atlas"))
        connection.rollback()
        migrate(Settings(database_url=database_url))
        assert connection.scalar(sa.text("SELECT instance FROM atlas")) == before


class TestScripts:
    def test_the_head_is_the_revision_of_the_code(self):
        assert ScriptDirectory.from_config(configuration()).get_heads() == [SCHEMA_REVISION]

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_they_import_nothing_of_the_application(self, path: Path):
        tree = ast.parse(path.read_text("utf-8"))
        modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [
            item.name for node in ast.walk(tree) if isinstance(node, ast.Import) for item in node.names
        ]
        assert [module for module in modules if module.split(".")[0] == "app"] == []

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_they_are_called_after_their_revision(self, path: Path):
        assert f'\nrevision = "{path.stem.split("_")[0]}"\n' in path.read_text("utf-8")
