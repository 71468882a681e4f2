"""The version of the atlas, looked at for each request.

A request must not be given an answer that was out of date when it came. So the
look at the version has to begin after that. Embedded SQLite is asked each time,
which takes microseconds. PostgreSQL is asked once for all requests that came
before the question was sent.
"""

import asyncio
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

from app.config import Settings
from app.db import SqliteError, sqlite_file

_VERSION = "SELECT version, anchor_seq FROM atlas"
# The version of the atlas, and the `seq` behind which its log begins. Neither ever goes back.
Version = tuple[int, int]
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0


class Watch(Protocol):
    """Who looks at the version."""

    async def version(self) -> Version | None:
        """Give a version that the atlas had after this was called; None: it cannot be told."""

    async def close(self) -> None:
        """Let the database go."""


def watch(settings: Settings) -> Watch:
    """Make what looks at the version of the atlas that the settings name."""
    return SqliteWatch(settings) if settings.is_sqlite else PostgresqlWatch(settings)


class SqliteWatch:
    """Looks at an SQLite file, and whether anyone has committed to it since.

    Source: https://www.sqlite.org/pragma.html#pragma_data_version.
    """

    def __init__(self, settings: Settings) -> None:
        """Open the file when it is looked at first."""
        self._path = Path(make_url(settings.database_url).database or "")
        self._connection: Any = None
        self._data_version: Any = None
        self._version: Version | None = None

    async def version(self) -> Version | None:
        """Give the version that the atlas has now; None: it cannot be told."""
        try:
            return self._look()
        except SqliteError:
            self._forget()
            return None

    async def close(self) -> None:
        """Close the file."""
        self._forget()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._data_version = None

    def _look(self) -> Version | None:
        if self._connection is None:
            self._connection = sqlite_file(self._path)
            self._connection.execute("PRAGMA query_only=ON")
        # First the mark and then the version: what is committed in between is seen the next time.
        mark = self._connection.execute("PRAGMA data_version").fetchone()
        if mark != self._data_version:
            self._version = self._connection.execute(_VERSION).fetchone()
            self._data_version = mark
        return self._version


class PostgresqlWatch:
    """Looks at a PostgreSQL: one question for all who came before it was sent."""

    def __init__(self, settings: Settings) -> None:
        """Connect when it is looked at first."""
        url = make_url(settings.database_url).set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._waiting: asyncio.Future[Version | None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._not_before = 0.0
        self._pause = _FIRST_PAUSE_SECONDS

    async def version(self) -> Version | None:
        """Give a version that the atlas had after this was called; None: it cannot be told."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        waiting = self._waiting
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(waiting)

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _ask(self) -> None:
        """Ask as long as somebody waits."""
        try:
            while self._waiting is not None:
                waiting, self._waiting = self._waiting, None
                waiting.set_result(await self._look())
        finally:
            self._asking = None

    async def _look(self) -> Version | None:
        now = asyncio.get_running_loop().time()
        if now < self._not_before:
            return None
        try:
            if self._connection is None:
                self._connection = await self._connect()
            cursor = await self._connection.execute(_VERSION, prepare=True)
            row = await cursor.fetchone()
        except psycopg.Error:
            self._connection = None
            self._not_before, self._pause = now + self._pause, min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
            return None
        self._pause = _FIRST_PAUSE_SECONDS
        return row

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=2,
            options="-c statement_timeout=1000 -c default_transaction_read_only=on",
            tcp_user_timeout=5000,
            application_name="toolatlas-front",
        )
