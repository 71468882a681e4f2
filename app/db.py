"""The database: engines for reading and for writing, and one transaction a request.

Reading happens in a read-only snapshot on plain connections. Writing happens
in an `AtlasSession`, one writer at a time on both databases: SQLite begins
IMMEDIATE, PostgreSQL locks the row that holds the atlas's version. Returning
commits, raising rolls back; nothing else does either.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from app.config import Settings
from app.errors import SQLITE_BUSY
from app.kept import KeptRecords
from app.remembered import Remembered

try:
    import pysqlite3.dbapi2 as sqlite_module
except ImportError:  # no wheel for this machine: the standard library's SQLite serves
    sqlite_module = sqlite3

SqliteError: type[Exception] = sqlite_module.Error

# Older ones can corrupt a WAL database when one connection writes while another
# one checkpoints: https://www.sqlite.org/wal.html#walresetbug
_FIRST_SAFE_WAL = (3, 51, 3)
_SLOWEST_CLIENT_MILLISECONDS = "60000"
_STEPS_BETWEEN_CLOCK_LOOKS = 20_000
_TURN_PAUSE_SECONDS = 0.001
# Room of a connection for pages of SQLite. What is read of a large atlas is all over it: with SQLite's own
# 2 MiB, the same list reads most of its pages anew each time.
_READER_CACHE_KIB, _WRITER_CACHE_KIB = 8_192, 2_000

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring a moment to UTC; SQLite keeps it without a zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def result_processor(self, dialect: Dialect, _column_type: object) -> Callable[[Any], datetime | None]:
        """Give what gives a moment of the database in UTC; a page has hundreds of them."""
        return _moment_of_text if dialect.name == "sqlite" else _moment_in_utc


def _moment_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _moment_in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def line(length: int) -> String:
    """Give the type of a text that is sorted and compared, alike on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def words(enumeration: type[StrEnum]) -> Enum:
    """Give the type of a column that keeps a member of an enumeration by its value."""
    return Enum(
        enumeration,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=enumeration.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy's own way to declare it
        datetime: Instant,
        list[str]: JSON().with_variant(JSONB(), "postgresql"),
        dict[str, Any]: JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
    }


class AtlasSession(Session):
    """The session that writes; the change log listens to it (services/changes.py)."""


class PastPool(QueuePool):
    """The pool of SQLite connections that may look back; views are put before their tables (versions.py)."""


@dataclass(frozen=True)
class Author:
    """Who writes, and in which request.

    Attributes:
        name: of the token, or of the command.
        request_id: of the request.
        teams: slugs of the teams that the token is held to; None: not held.
    """

    name: str
    request_id: str
    teams: frozenset[str] | None = None


def utc_now() -> datetime:
    """Give the time in UTC."""
    return datetime.now(UTC)


# What records of the past may take of the room for those of now.
_OF_THE_PAST = 4


class Database:
    """The engines of one process; made after the fork, once."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        """Make the engines; connects to nothing yet."""
        url = make_url(settings.database_url)
        self.clock = clock
        self.kept = KeptRecords(settings.record_bytes)
        self.remembered = Remembered()
        self.past_records = Remembered(settings.record_bytes // _OF_THE_PAST)
        self.is_sqlite = settings.is_sqlite
        make = _sqlite_engine if self.is_sqlite else _postgresql_engine
        self.reader = make(url, settings, is_writer=False)
        self.writer = make(url, settings, is_writer=True)
        pool = {"poolclass": PastPool}
        self.past = _sqlite_engine(url, settings, is_writer=False, **pool) if self.is_sqlite else self.reader

    @contextmanager
    def reading(self, *, may_look_back: bool = False) -> Iterator[Connection]:
        """Read from one consistent state of the atlas.

        Args:
            may_look_back: `services/past.py` may turn the connection to an earlier state.
        """
        with (self.past if may_look_back else self.reader).connect() as connection:
            connection.begin()  # else each first statement would go about it
            yield connection

    @contextmanager
    def writing(self, author: Author) -> Iterator[AtlasSession]:
        """Write as the only writer; commit at the end, roll back on any error."""
        with AtlasSession(self.writer, autoflush=False) as session, session.begin():
            session.info.update(author=author, clock=self.clock)
            _wait_for_turn(session.connection())
            yield session

    def describe(self) -> dict[str, Any]:
        """Say which database serves, without connecting to it."""
        if self.is_sqlite:
            return {
                "name": "sqlite",
                "version": sqlite_module.sqlite_version,
                "journal": _journal_mode(sqlite_module),
            }
        return {"name": "postgresql"}

    def dispose(self) -> None:
        """Close every connection."""
        for engine in (self.reader, self.writer, self.past):
            engine.dispose()


def hold_open(connection: Connection) -> None:
    """Let a transaction wait longer between statements, for a client that takes a long answer slowly."""
    if connection.dialect.name == "postgresql":
        patience = func.set_config("idle_in_transaction_session_timeout", _SLOWEST_CLIENT_MILLISECONDS, True)  # noqa: FBT003  # for this transaction
        connection.execute(select(patience))


def give_room(connection: Connection) -> None:
    """Let SQLite keep many pages in memory, so that a large transaction writes each of them once."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -65536")  # KiB


def sqlite_file(path: Path) -> Any:
    """Open an SQLite file by itself; transactions are the caller's business."""
    return sqlite_module.connect(path, isolation_level=None)


def migration_engine(url: str) -> Engine:
    """Make the engine that migrations run on: no time limit, its own transactions."""
    settings = Settings(database_url=url, write_timeout_seconds=3600)
    make = _sqlite_engine if settings.is_sqlite else _postgresql_engine
    return make(make_url(url), settings, is_writer=True)


def _wait_for_turn(connection: Connection) -> None:
    """Hold the atlas's one row to the end of the transaction, so that `seq` grows in commit order."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT version FROM atlas FOR UPDATE"))


def _journal_mode(module: ModuleType) -> str:
    return "wal" if module.sqlite_version_info >= _FIRST_SAFE_WAL else "delete"


def _sqlite_engine(url: URL, settings: Settings, *, is_writer: bool, **options: Any) -> Engine:
    seconds = settings.write_timeout_seconds if is_writer else settings.read_timeout_seconds
    _make_private_file(Path(url.database or ""))
    engine = create_engine(
        url,
        module=sqlite_module,
        connect_args={"isolation_level": None, "check_same_thread": False},
        **_shared_options(settings),
        **options,
    )
    deadlines = threading.local()

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        _set_pragmas(connection, settings, is_writer=is_writer)
        connection.set_progress_handler(
            lambda: time.monotonic() > getattr(deadlines, "at", float("inf")), _STEPS_BETWEEN_CLOCK_LOOKS
        )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if is_writer:
            _begin_in_turn(connection, seconds)
        else:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("BEGIN")  # SQLAlchemy's own way takes longer than a short statement

    @event.listens_for(engine, "before_cursor_execute")
    def begin_to_count(*_of_the_statement: Any) -> None:
        # A statement has so long, as on PostgreSQL; the wait for the lock is a matter of busy_timeout.
        deadlines.at = time.monotonic() + seconds

    return engine


def _begin_in_turn(connection: Connection, seconds: float) -> None:
    """Begin as the only writer, at most a millisecond after the one before has ended.

    SQLite's own wait sleeps for longer each time, up to a tenth of a second, while nobody writes.
    """
    driver: Any = connection.connection.dbapi_connection
    ends_at = time.monotonic() + seconds
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < ends_at:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except SqliteError as error:
                if error.sqlite_errorcode & 0xFF != SQLITE_BUSY:  # type: ignore[attr-defined]  # since 3.11
                    break  # waiting does not mend it
                time.sleep(_TURN_PAUSE_SECONDS)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def _set_pragmas(connection: Any, settings: Settings, *, is_writer: bool) -> None:
    """Set what SQLite has to be told on every connection.

    Source: https://www.sqlite.org/pragma.html, decision 0003.
    """
    wait_milliseconds = int(settings.write_timeout_seconds * 1000)
    pragmas = {
        "busy_timeout": wait_milliseconds,
        "foreign_keys": "ON",
        "synchronous": "FULL",
        "wal_autocheckpoint": 1000,
        "journal_size_limit": 67_108_864,
        "mmap_size": 0,
        "cache_size": -(_WRITER_CACHE_KIB if is_writer else _READER_CACHE_KIB),
        "trusted_schema": "OFF",
        "cell_size_check": "ON",
        "journal_mode": _journal_mode(sqlite_module),
        "query_only": "OFF" if is_writer else "ON",
    }
    cursor = connection.cursor()
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _make_private_file(path: Path) -> None:
    """Make the database file readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _postgresql_engine(url: URL, settings: Settings, *, is_writer: bool) -> Engine:
    seconds = settings.write_timeout_seconds if is_writer else settings.read_timeout_seconds
    parameters = {
        "TimeZone": "UTC",
        "statement_timeout": int(seconds * 1000),
        # Less than the statement's own limit, so that a writer who only waited is told just that.
        "lock_timeout": int(settings.write_timeout_seconds * 900),
        "idle_in_transaction_session_timeout": 10_000,
        "synchronous_commit": "on",
        "default_transaction_read_only": "off" if is_writer else "on",
        "default_transaction_isolation": r"read\ committed" if is_writer else r"repeatable\ read",
    }
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in parameters.items()),
            "connect_timeout": 2,
            "tcp_user_timeout": 5000,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "target_session_attrs": "read-write" if is_writer else "any",
            "application_name": "toolatlas",
        },
        **_shared_options(settings),
    )


def _shared_options(settings: Settings) -> dict[str, Any]:
    return {
        "pool_size": settings.threads,
        "max_overflow": 0,
        "pool_timeout": 2,
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
