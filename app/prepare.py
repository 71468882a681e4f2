"""What `make run` does before it serves: nothing, mostly, and so at once.

A glance shows whether the database is as this code wants it. Only where it is
not, or where a glance is not enough, the rest of the application is imported.
"""

import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

from app.config import SCHEMA_REVISION, SettingError, Settings

_STATE = "SELECT (SELECT version_num FROM alembic_version), EXISTS (SELECT * FROM change)"


def main() -> None:
    """Prepare the database of the settings; a second time does nothing."""
    try:
        settings = Settings.from_env()
    except SettingError as error:
        sys.exit(f"A setting is wrong. {error}")
    if is_prepared(settings):
        return
    from app import preparing  # noqa: PLC0415  # takes as long as all of SQLAlchemy, and is rarely needed

    preparing.prepare_or_exit(settings)


def is_prepared(settings: Settings) -> bool:
    """Say whether a glance shows an SQLite file of this code's schema in which something was written."""
    if not settings.is_sqlite:
        return False
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file,
    ):
        return tuple(file.execute(_STATE).fetchone()) == (SCHEMA_REVISION, 1)
    return False


if __name__ == "__main__":
    main()
