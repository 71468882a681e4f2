"""How Alembic reaches the database.

A caller that has a connection hands it over as `config.attributes["connection"]`; then its
logging stays as it is, too. Everybody else gets the database of the settings.
"""

import time
from collections.abc import Collection
from logging.config import fileConfig

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext

from app.config import SCHEMA_REVISION, Settings
from app.db import migration_engine
from app.models import Base
from app.versions import hide_past, show_past

LOCK_ATTEMPTS = 50
LOCK_PAUSE_SECONDS = 0.2
LOCK_NOT_AVAILABLE = "55P03"


def run_offline(url: str) -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(url=url, literal_binds=True, **options(sa.make_url(url).get_backend_name()))
    with context.begin_transaction():
        context.run_migrations()


def run_online(connection: sa.Connection) -> None:
    """Migrate in one transaction, all or nothing."""
    context.configure(connection=connection, **options(connection.dialect.name))
    with context.begin_transaction():
        context.run_migrations()


def run_patiently(engine: sa.Engine) -> None:
    """Give up a lock rather than make every request queue behind it, and try again.

    Source:
        PostgreSQL: an ALTER TABLE that waits for its lock blocks all who come after it.
    """
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            with engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text("SET lock_timeout = '100ms'"))
                    connection.commit()
                run_online(connection)
        except sa.exc.OperationalError as error:
            is_locked = getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
            if not is_locked or attempt == LOCK_ATTEMPTS:
                raise
            time.sleep(LOCK_PAUSE_SECONDS)
        else:
            return


def options(dialect: str) -> dict[str, object]:
    """Give what a comparison with the models and a migration need to know."""
    return {
        "target_metadata": Base.metadata,
        "render_item": render_item,
        # SQLite cannot alter most of a table; Alembic makes it anew instead.
        "render_as_batch": dialect == "sqlite",
        "compare_type": True,
        "compare_server_default": True,
        # SQLite's transactions hold DDL, too, once the driver does not begin and commit on its own.
        "transactional_ddl": True,
        "include_name": is_compared,
        "on_version_apply": follow,
    }


def follow(ctx: MigrationContext, heads: Collection[str], **_rest: object) -> None:
    """Let PostgreSQL's views of the past follow the tables: they are there at the newest schema alone.

    A step that alters columns of such a table drops the views first; they are made anew here.
    """
    if ctx.dialect.name == "postgresql" and ctx.connection is not None:
        (show_past if SCHEMA_REVISION in heads else hide_past)(ctx.connection)


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the search index, which is of another make on each database: FTS5 has tables of its own."""
    return not (kind == "table" and name is not None and name.startswith("search_index"))


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own types as the database sees them: a migration imports nothing of the application."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def main() -> None:
    """Choose between SQL on paper, a given connection and the settings' database."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run_online(given)
        return
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    url = Settings.from_env().database_url
    if context.is_offline_mode():
        run_offline(url)
        return
    engine = migration_engine(url)
    try:
        run_patiently(engine)
    finally:
        engine.dispose()


main()
