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

import psycopg
from sqlalchemy import make_url

from app.config import Settings
from app.db import SqliteError, sqlite_file
from app.front.questions import Question, Row

_VERSION = "SELECT version, anchor_seq FROM atlas"
# The version of the atlas, and the `seq` behind which its log begins. Neither ever goes back.
Version = tuple[int, int]
# Gets a version; None: it cannot be told.
Told = Callable[[Version | None], None]
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0


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
    return SqliteWatch(settings) if settings.is_sqlite else PostgresqlWatch(settings)


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
            self._version = self._connection.execute(_VERSION).fetchone()
            self._data_version = mark
        return self._version


class PostgresqlWatch(Watch):
    """Looks at a PostgreSQL: one question for all who came before it was sent."""

    def __init__(self, settings: Settings) -> None:
        """Connect when it is looked at first."""
        url = make_url(settings.database_url).set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._waiting: list[Told] = []
        self._is_asking = False
        self._question: Question | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._pause = _FIRST_PAUSE_SECONDS

    def look(self, told: Told) -> None:
        """Tell the version behind the next question."""
        self._waiting.append(told)
        if not self._is_asking:
            self._ask()

    async def close(self) -> None:
        """Stop asking."""
        if self._connecting is not None:
            self._connecting.cancel()
        question, self._question = self._question, None
        if question is not None:
            question.close()

    def _ask(self) -> None:
        """Ask for all who wait now."""
        self._is_asking = True
        if self._question is not None:
            asked, self._waiting = self._waiting, []
            self._question.ask(lambda row: self._on_answer(asked, row))
        elif asyncio.get_running_loop().time() < self._not_before:
            self._tell([], None)
        else:
            self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            self._question = await Question.prepare(self._url, _VERSION)
        except psycopg.Error:
            self._on_answer([], None)
        else:
            self._ask()

    def _on_answer(self, asked: list[Told], row: Row | None) -> None:
        """Take the answer that some waited for; without one, ask no more for a while, ever longer."""
        if row is not None:
            self._pause = _FIRST_PAUSE_SECONDS
            self._tell(asked, (row[0], row[1]))
            return
        if self._question is not None:
            self._question.close()
            self._question = None
        self._not_before = asyncio.get_running_loop().time() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        self._tell(asked, None)

    def _tell(self, asked: list[Told], version: Version | None) -> None:
        """Tell those for whom it was asked; when it cannot be told, all."""
        self._is_asking = False
        if version is None:
            asked, self._waiting = asked + self._waiting, []
        elif self._waiting:
            self._ask()  # before the others are told, so that the server works meanwhile
        for told in asked:
            told(version)
