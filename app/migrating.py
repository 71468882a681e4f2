"""Bringing the database to the schema of this code."""

from alembic import command
from alembic.config import Config

from app.config import PROJECT_FOLDER, Settings
from app.db import migration_engine


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema, in one transaction; does nothing where it is there."""
    config = Config(PROJECT_FOLDER / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT_FOLDER / "migrations"))
    engine = migration_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
