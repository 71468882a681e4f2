"""Preparing the database: migrate, and put the first data set into an empty atlas."""

import sys
from dataclasses import replace

import sqlalchemy.exc

from app.config import SCHEMA_REVISION, Settings
from app.db import Author, Database
from app.models import Change

# Seeding is one transaction, and a small machine takes its time.
_LONGEST_SEEDING_SECONDS = 600


def prepare_or_exit(settings: Settings) -> None:
    """Prepare a database, or end with a sentence that says why that cannot be."""
    try:
        prepare(settings)
    except sqlalchemy.exc.OperationalError as error:
        sys.exit(f"The database cannot be used: {error.orig}")


def prepare(settings: Settings) -> None:
    """Bring the database to the newest schema, and seed it if nothing was ever written."""
    database = Database(replace(settings, write_timeout_seconds=_LONGEST_SEEDING_SECONDS))
    try:
        if not _is_migrated(database):
            from app.migrating import migrate  # noqa: PLC0415  # Alembic is slow to import, and rarely needed

            print("Preparing the database ...", flush=True)
            migrate(settings)
        with database.reading() as connection:
            is_untouched = connection.scalar(sqlalchemy.select(Change.seq).limit(1)) is None
        if is_untouched:
            from app.services.seeding import seed  # noqa: PLC0415  # needed once in an atlas's life

            print("Putting in the first data set ...", flush=True)
            with database.writing(Author("first data set", "seed")) as session:
                seed(session)
    finally:
        database.dispose()


def _is_migrated(database: Database) -> bool:
    """Say whether the schema is this code's, without Alembic."""
    try:
        with database.reading() as connection:
            revision = connection.scalar(sqlalchemy.text("SELECT version_num FROM alembic_version"))
    except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.ProgrammingError):
        return False
    return bool(revision == SCHEMA_REVISION)
