"""The version of the atlas, looked at for each request.

A request must not be given an answer that was out of date when it came. So the
look at the version has to begin after that. Embedded SQLite is asked each time,
which takes microseconds. PostgreSQL is asked once for all requests that came
before the question was sent.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from app.config import Settings
from app.db import SqliteError, sqlite_file

VERSION = "SELECT version, anchor_seq FROM atlas"
# The version of the atlas, and the `seq` behind which its log begins. Neither ever goes back.
Version = tuple[int, int]
# Gets a version; None: it cannot be told.
Told = Callable[[Version | None], None]


class Watch(ABC):
    """Who looks at the version."""

    @abstractmethod
    def look(self, told: Told) -> None:
        """Tell a version that the atlas had after this was called; at once, where that takes no waiting."""

    @abstractmethod
    async def close(self) -> None:
        """Let the database go; who waits is told nothing."""

    async def version(self) -> Version | None:
        """Give a version that the atlas had after this was called; None: it cannot be told."""
        seen: asyncio.Future[Version | None] = asyncio.get_running_loop().create_future()
        self.look(lambda version: None if seen.done() else seen.set_result(version))
        return await seen


def watch(settings: Settings) -> Watch:
    """Make what looks at the version of the atlas that the settings name."""
    if settings.is_sqlite:
        return SqliteWatch(settings)
    from app.front.postgresql import PostgresqlWatch  # noqa: PLC0415  # SQLite needs no driver of it

    return PostgresqlWatch(settings)


class SqliteWatch(Watch):
    """Looks at an SQLite file, and whether anyone has committed to it since.

    Source: https://www.sqlite.org/pragma.html#pragma_data_version.
    """

    def __init__(self, settings: Settings) -> None:
        """Open the file when it is looked at first."""
        self._path = Path(make_url(settings.database_url).database or "")
        self._connection: Any = None
        self._data_version: Any = None
        self._version: Version | None = None

    def look(self, told: Told) -> None:
        """Tell the version that the atlas has now."""
        try:
            version = self._look()
        except SqliteError:
            self._forget()
            version = None
        told(version)

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
            self._version = self._connection.execute(VERSION).fetchone()
            self._data_version = mark
        return self._version
