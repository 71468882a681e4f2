"""Trying an endpoint out: one message at once, whatever the endpoint was told before."""

import uuid
from typing import Any

from sqlalchemy import Connection

from app.db import AtlasSession
from app.services.dumping import Document
from app.services.webhooks.delivering import Attempt, attempt, keep
from app.services.webhooks.endpoints import find_row
from app.services.webhooks.events import TEST_TYPE, Event
from app.services.webhooks.posting import Poster


class Trial:
    """A message that is sent before the lock is taken, and noted under it."""

    def __init__(self, public: str, poster: Poster, clock: Any) -> None:
        """Begin.

        Args:
            public: of the endpoint.
            poster: sends it.
            clock: gives the time.
        """
        self._public, self._poster, self._clock = public, poster, clock
        self._webhook_id = 0
        self._attempt: Attempt | None = None

    def prepare(self, connection: Connection) -> None:
        """Send the message.

        Raises:
            NotFound: there is no such endpoint.
        """
        row = find_row(connection, self._public)
        now = self._clock()
        event = Event(f"test_{uuid.uuid4().hex}", TEST_TYPE, now, {"webhook": self._public})
        self._webhook_id = row.id
        self._attempt = attempt(self._poster, row, event, 1, now)

    def write(self, session: AtlasSession) -> Document:
        """Note what came of it."""
        made = self._attempt
        assert made is not None  # noqa: S101  # after prepare
        keep(session, self._webhook_id, [made])
        return {
            "event_id": made.event.id,
            "outcome": made.outcome,
            "status": made.status,
            "detail": made.detail,
            "milliseconds": made.milliseconds,
        }
