"""The sender of webhooks: looks for changes, tells endpoints of them, notes how far each one is.

    python -m app.sender [PID]    beside the server; ends with the process PID, or the one that started it

One sender delivers at a time, on all machines: it holds a lease, and another
one takes over when that runs out. See decision 0027.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app import logs
from app.config import Settings
from app.db import AtlasSession, Author, Database
from app.models import WebhookSender
from app.services.webhooks import delivering
from app.services.webhooks.events import Event, Telling
from app.services.webhooks.posting import Poster

POLL_SECONDS = 1.0
_LEASE = timedelta(seconds=20)
_RENEWED_BEFORE = timedelta(seconds=12)
_AT_ONCE = 8
_AUTHOR = Author("webhooks", "sender")

_log = logging.getLogger("atlas")


class Sender:
    """Delivers what endpoints were not told yet."""

    def __init__(self, database: Database, settings: Settings, poster: Poster | None = None) -> None:
        """Begin without the lease."""
        self._database = database
        self._settings = settings
        self._poster = poster or Poster(allows_loopback=settings.webhooks_allow_loopback)
        self._name = f"{socket.gethostname()[:40]}:{os.getpid()}:{id(self):x}"
        self._until: datetime | None = None

    def run(self, stopped: threading.Event) -> None:
        """Deliver until somebody wants it to stop."""
        while not stopped.is_set():
            try:
                wait = 0.0 if self.turn() else POLL_SECONDS
            except SQLAlchemyError as error:
                _log.warning("webhooks wait", extra={"event": {"error": type(error).__name__}})
                wait = 5 * POLL_SECONDS
            stopped.wait(wait)
        self._let_go()

    def turn(self) -> bool:
        """Give each endpoint that is due a turn; say whether there was one."""
        with self._database.reading() as connection:
            atlas, rows = delivering.due(connection, self._database.clock())
        if not rows or not self._hold():
            return False
        telling = Telling(atlas.instance, self._origin())
        with ThreadPoolExecutor(min(_AT_ONCE, len(rows))) as pool:
            for done in [pool.submit(self._serve, row, telling, atlas) for row in rows]:
                done.result()
        return True

    def _serve(self, row: Any, telling: Telling, atlas: Any) -> None:
        if row.cursor < atlas.anchor_seq:
            with self._database.writing(_AUTHOR) as session:
                delivering.skip_pruned(session, row.id, atlas.anchor_seq)
            return
        with self._database.reading() as connection:
            events, passed = delivering.pending(connection, row, telling, atlas.version)
        served = delivering.serve(row, events, passed, lambda event, number: self._send(row, event, number))
        with self._database.writing(_AUTHOR) as session:
            delivering.record(session, row.id, served, self._settings.webhooks_most_failures)

    def _send(self, row: Any, event: Event, number: int) -> delivering.Attempt:
        return delivering.attempt(self._poster, row, event, number, self._database.clock())

    def _hold(self) -> bool:
        """Get the lease, or keep it."""
        now = self._database.clock()
        if self._until is not None and self._until - now > _RENEWED_BEFORE:
            return True
        with self._database.writing(_AUTHOR) as session:
            self._until = _take_lease(session, self._name, now)
        return self._until is not None

    def _let_go(self) -> None:
        """Give the lease back, so that the next sender need not wait."""
        if self._until is None:
            return
        try:
            with self._database.writing(_AUTHOR) as session:
                row = session.get_one(WebhookSender, 1)
                if row.holder == self._name:
                    row.until = self._database.clock()
        except SQLAlchemyError:
            pass  # it runs out by itself

    def _origin(self) -> str:
        settings = self._settings
        return settings.public_url or f"http://{settings.host}:{settings.port}"


def _take_lease(session: AtlasSession, name: str, now: datetime) -> datetime | None:
    row = session.get_one(WebhookSender, 1)
    if row.holder != name and row.until > now and not _is_gone(row.holder):
        return None
    row.holder, row.until = name, now + _LEASE
    return row.until


def _is_gone(holder: str) -> bool:
    """Say whether the holder of a lease was a process of this machine that is no more."""
    host, _, rest = holder.partition(":")
    if host != socket.gethostname()[:40]:
        return False
    try:
        os.kill(int(rest.partition(":")[0]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def main() -> None:
    """Deliver until the process that started this one ends, or a signal comes."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    # The parent may end before this one looks for the first time, so it says itself who it is.
    parent = int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid()
    threading.Thread(target=_watch, args=(parent, stopped), daemon=True).start()
    settings = replace(Settings.from_env(), threads=_AT_ONCE)
    logs.configure(settings.log_level)
    database = Database(settings)
    try:
        Sender(database, settings).run(stopped)
    finally:
        database.dispose()


def _watch(parent: int, stopped: threading.Event) -> None:
    """Stop when the parent is gone, however it went."""
    while os.getppid() == parent and not stopped.is_set():
        time.sleep(POLL_SECONDS)
    stopped.set()


if __name__ == "__main__":
    main()
