"""Bringing the database to the schema of this code."""

from dataclasses import replace

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from app.config import PROJECT_FOLDER, SCHEMA_REVISION, Settings
from app.db import Author, Database, migration_engine
from app.services.registry import COLLECTIONS
from app.services.search.indexing import rebuild

_LONGEST_SECONDS = 600


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema, in one transaction; does nothing where it is there.

    A migration does not know how text becomes words, so the search index of an
    atlas that had another schema is made anew.
    """
    config = Config(PROJECT_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT_FOLDER / "migrations"))
    engine = migration_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            before = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()  # the migrations begin a transaction of their own
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    if before not in {None, SCHEMA_REVISION}:
        _index_anew(settings)


def _index_anew(settings: Settings) -> None:
    database = Database(replace(settings, write_timeout_seconds=_LONGEST_SECONDS))
    try:
        with database.writing(Author("migration", "migrate")) as session:
            rebuild(session.connection(), COLLECTIONS.values())
    finally:
        database.dispose()
