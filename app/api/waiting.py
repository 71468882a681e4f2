"""Waiting for changes without the front: requests are held, without a connection, until there is something.

A request that is held keeps a thread. So no more than some are, and who comes
beyond them is answered at once, with what there is.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from app.api.guard import HELD
from app.db import Database
from app.services.standing import standing_of, version_of

_PAUSE_SECONDS = 0.1


def leave_to_front(
    environ: dict[str, Any], connection: Connection, seconds: int, has_news: Callable[[], bool]
) -> bool:
    """Let the front hold an answer that says nothing new, where one stands before; gives whether it does."""
    if HELD not in environ:
        return False
    standing = standing_of(connection)
    environ[HELD] = None if has_news() else (seconds, (standing.version, standing.anchor))
    return True


class Waiters:
    """The requests of a process that wait."""

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with none.

        Args:
            most: requests that may wait at a time.
            clock: gives the seconds since some moment.
            sleep: passes some seconds.
        """
        self._places = threading.BoundedSemaphore(most) if most else None
        self._clock, self._sleep = clock, sleep

    def hold(self, database: Database, seconds: int, has_news: Callable[[Connection], bool]) -> bool:
        """Wait until there is news.

        Args:
            database: to look at; no connection is held in between.
            seconds: at most.
            has_news: looks for it; asked again only when the version of the atlas is another one.

        Returns: whether there is; not, when the time is over or all places are taken.
        """
        if self._places is None or not self._places.acquire(blocking=False):
            return False
        try:
            return self._wait(database, self._clock() + seconds, has_news)
        finally:
            self._places.release()

    def _wait(self, database: Database, deadline: float, has_news: Callable[[Connection], bool]) -> bool:
        seen = None
        while True:
            with database.reading() as connection:
                version = version_of(connection)
                if version != seen and has_news(connection):
                    return True
            seen, left = version, deadline - self._clock()
            if left <= 0:
                return False
            self._sleep(min(_PAUSE_SECONDS, left))
