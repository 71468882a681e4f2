"""Taking down what is to be written: rows, changes, entries of the index, as they will stand.

All of it is made before the lock is taken, so that writing it is the
database's work alone.
"""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Dialect, bindparam, insert, update

from app.db import AtlasSession, Author
from app.models import Action, Change, Kind, Library
from app.services.bulk import Rows
from app.services.changes import move_on
from app.services.dumping import Document
from app.services.importing.drafting import Draft
from app.services.importing.numbers import Numbers
from app.services.importing.parts import Parts
from app.services.importing.shelves import Ref
from app.services.registry import COLLECTIONS
from app.services.search.indexing import NewEntries, index
from app.text import fold, name_key

_KEYED = ("name", "title")


class Recorder:
    """Takes down what is to be written, ready for the driver; writes it when the lock is held."""

    def __init__(self, dialect: Dialect, numbers: Numbers, author: Author, now: datetime) -> None:
        """Begin with nothing to write."""
        self._numbers = numbers
        self._author = author
        self._now = now
        self._seq = numbers.stamp.version
        self.parts = Parts(dialect, numbers)
        self._created: dict[Kind, Rows] = {}
        self._updated: dict[Kind, Rows] = {}
        for kind, collection in COLLECTIONS.items():
            table: Any = collection.model.__table__
            names = [column.name for column in table.columns]
            self._created[kind] = Rows(dialect, insert(table), *names)
            put: dict[str, Any] = {name: bindparam(name) for name in names if name != "id"}
            self._updated[kind] = Rows(
                dialect, update(table).values(put).where(table.c.id == bindparam("id_"))
            )
        self._successors = Rows(dialect, _PUT_SUCCESSOR)
        self._changes = Rows(dialect, insert(Change), *(column.name for column in Change.__table__.columns))
        self._entries = NewEntries(dialect)
        self._became: dict[Kind, dict[int, Document | None]] = {}

    def new_ref(self, kind: Kind, slug: str) -> Ref:
        """Give a new record its id."""
        return Ref(self._numbers.next(COLLECTIONS[kind].model.__tablename__), slug)

    def create(self, draft: Draft) -> None:
        """Take down a new record."""
        kind = draft.collection.kind
        draft.document.update(revision=1, created_at=self._now, updated_at=self._now)
        self._created[kind].add(self._row(draft))
        self.parts.create(draft)
        entry_id = self._numbers.next("search_entry")
        self._change(draft, Action.CREATE)
        self._entries.add(kind, entry_id, draft.ref.id, draft.document)

    def update(self, draft: Draft) -> None:
        """Take down what becomes of a record that is there."""
        kind, id_ = draft.collection.kind, draft.ref.id
        draft.document.update(revision=draft.document["revision"] + 1, updated_at=self._now)
        row = {"id_": id_, **self._row(draft)}
        if kind is Kind.LIBRARY:
            # Its successor may be new, and is written after it.
            self._successors.add({"id_": id_, "replaced_by_id": row["replaced_by_id"]})
            row["replaced_by_id"] = None
        self._updated[kind].add(row)
        self.parts.update(draft)
        self._change(draft, Action.UPDATE)
        self._became.setdefault(kind, {})[id_] = draft.document

    @property
    def changes(self) -> int:
        """Count what is to be written."""
        return self._seq - self._numbers.stamp.version

    def write(self, session: AtlasSession) -> None:
        """Write everything; the atlas is as it was when the numbers were read."""
        connection = session.connection()
        self._numbers.settle(connection)
        self.parts.clear(connection)
        for kind in COLLECTIONS:
            self._updated[kind].write(connection)
            self._created[kind].write(connection)
        self._successors.write(connection)
        self.parts.write(connection)
        move_on(session, self.changes)
        self._changes.write(connection)
        self._entries.write(connection)
        for kind, became in self._became.items():
            index(connection, kind, became)

    def _row(self, draft: Draft) -> dict[str, Any]:
        """Complete the row of a record by what is made from it."""
        columns, stamps = draft.columns, draft.document
        for name in _KEYED:
            if name in columns:
                columns[f"{name}_key"] = name_key(columns[name])
        others = draft.lists.get("aliases", {}).values()
        thing = SimpleNamespace(
            **columns,
            alias_rows=[SimpleNamespace(name=name) for name in others],
            topic_rows=[SimpleNamespace(topic=topic) for topic in draft.lists.get("topics", ())],
        )
        texts = cast("property", draft.collection.model.texts).__get__(thing)  # without making a record
        columns["search_text"] = fold("\n".join(text for text in texts if text))
        columns["id"] = draft.ref.id
        for name in ("revision", "created_at", "updated_at"):
            columns[name] = stamps[name]
        return columns

    def _change(self, draft: Draft, action: Action) -> None:
        self._seq += 1
        self._changes.add(
            {
                "seq": self._seq,
                "at": self._now,
                "actor": self._author.name,
                "request_id": self._author.request_id,
                "action": action,
                "kind": draft.collection.kind,
                "slug": draft.ref.slug,
                "revision": draft.document["revision"],
                "before": draft.before,
                "after": draft.document,
            }
        )


_LIBRARY: Any = Library.__table__
_PUT_SUCCESSOR = (
    update(_LIBRARY)
    .values(replaced_by_id=bindparam("replaced_by_id"))
    .where(_LIBRARY.c.id == bindparam("id_"))
)
