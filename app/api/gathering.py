"""Writers that wait for their turn: who gets it first writes for all of them, in one transaction.

What a transaction costs beside its rows is the same for one new record and
for ten, and so is the wait for the disk. Errors stay each writer's own: who
cannot be served so writes alone. See decision 0033.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import zip_longest

from flask import current_app, request
from sqlalchemy.exc import SQLAlchemyError

from app.api import requests
from app.api.guard import LENDING
from app.api.operations import Call
from app.db import AtlasSession, Database
from app.services import tokens
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.importing.together import Newcomer, create_together, newcomer_of
from app.services.tokens import Bearer

_MOST_TOGETHER = 50


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


Lending = Callable[[], AbstractContextManager[None]]


@dataclass(eq=False)
class _Writer:
    """A writer that waits.

    Attributes:
        newcomer: the record to add.
        bearer: who sends it; None: nobody with a token.
        gate: locked until its turn is over, or it has to lead the next one.
        is_served: its turn is over.
        document: what was stored; None: it has to write alone.
        version: of the atlas, with the record in it.
        error: which kept the writer from its turn, or what was written from being committed.
    """

    newcomer: Newcomer
    bearer: Bearer | None
    gate: threading.Lock = field(default_factory=_locked)
    is_served: bool = False
    document: Document | None = None
    version: int = 0
    error: SQLAlchemyError | None = None


class Gathering:
    """The writers of a process.

    Attributes:
        waiting: those whose turn has not begun.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._is_led = False
        self.waiting: list[_Writer] = []

    def create(
        self, database: Database, collection: Collection | None, call: Call
    ) -> tuple[Document, int] | None:
        """Add a record, together with those that others add.

        Args:
            database: to write to.
            collection: of the record; None: the method does something else.
            call: of the method.

        Returns: what was stored, and the version of the atlas with it; None: it cannot be added so, and the
            writer has to write alone, or to learn alone why not.

        Raises:
            SQLAlchemyError: the lock was not to be had, or what was written could not be committed.
        """
        if collection is None or requests.read_min_version(request):
            return None
        newcomer = newcomer_of(collection, call.body, call.author)
        if newcomer is None:
            return None
        writer = _Writer(newcomer, call.bearer)
        if not self._join(writer):
            lending: Lending = request.environ.get(LENDING, nullcontext)
            with lending():
                writer.gate.acquire()
        if not writer.is_served:
            self._lead(database, writer)
        if writer.error:
            raise writer.error
        return None if writer.document is None else (writer.document, writer.version)

    def _join(self, writer: _Writer) -> bool:
        """Let a writer wait; says whether it has to lead, as nobody does."""
        with self._lock:
            self.waiting.append(writer)
            leads, self._is_led = not self._is_led, True
        return leads

    def _lead(self, database: Database, first: _Writer) -> None:
        """Write for all who wait by the time that the lock is there; who comes later leads the next turn."""
        group: Sequence[_Writer] = ()
        stored: Sequence[Document | None] = ()
        error, version = None, 0
        try:
            with database.writing(first.newcomer.author) as session:
                group = self._take()
                stored = _write(session, group)
                version = session.info.get("version", 0)
        except SQLAlchemyError as caught:
            # What was rolled back is tried by each alone; what may have been committed is not.
            error, stored = (caught if stored or not group else None), ()
        finally:
            group = group or self._take()
            self._hand_over()
            for writer, document in zip_longest(group, stored):
                writer.document, writer.version, writer.error = document, version, error
                writer.is_served = True
                writer.gate.release()

    def _hand_over(self) -> None:
        """Let the first of those who wait lead the next turn."""
        with self._lock:
            self._is_led = bool(self.waiting)
            for writer in self.waiting[:1]:
                writer.gate.release()

    def _take(self) -> Sequence[_Writer]:
        with self._lock:
            group, self.waiting = self.waiting[:_MOST_TOGETHER], self.waiting[_MOST_TOGETHER:]
        return group


def gathering() -> Gathering:
    """Give the writers of the running application."""
    found: Gathering = current_app.extensions["gathering"]
    return found


def _write(session: AtlasSession, group: Sequence[_Writer]) -> Sequence[Document | None]:
    for bearer in filter(None, (writer.bearer for writer in group)):
        tokens.note_use(session, bearer)
    return create_together(session, [writer.newcomer for writer in group])
