"""The version of an atlas on PostgreSQL: one question for all requests that came before it was sent."""

import asyncio

import psycopg
from sqlalchemy import make_url

from app.config import Settings
from app.front.questions import Question, Row
from app.front.versions import VERSION, Told, Version, Watch

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0


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
            self._question = await Question.prepare(self._url, VERSION)
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
