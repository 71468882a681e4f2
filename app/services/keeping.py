"""Records as they are written in JSON: those that are kept, and the rest, read and kept.

A page is mostly records that were shown before and that nobody has touched
since. What was touched, the change log tells: a record of which there is a
change is read again, and so is all of a kind that shows another record's name
when such a name has changed. See decision 0034.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson
from sqlalchemy import BigInteger, Connection, and_, bindparam, or_, select

from app.formats.writing import to_json
from app.kept import KeptRecords, State, Step, Written
from app.models import Action, Change, ChangeRecord, Kind
from app.services.collections import Collection, Pointer
from app.services.dumping import Document, mark_of
from app.services.past import past_of
from app.services.prepared import Prepared, Statement
from app.services.registry import COLLECTIONS
from app.services.standing import Standing

# More changes than this, and all is read again.
_MOST_CHANGES = 1_000
# What one record may show of another.
SHOWN = ("slug", "name", "title")


class Keeper(Protocol):
    """What is kept, for who reads one state of the atlas."""

    def find(self, connection: Connection, collection: Collection, ids: Iterable[int]) -> dict[int, Written]:
        """Give those of some records that are kept, as they are in this state."""

    def keep(self, collection: Collection, documents: Mapping[int, Document]) -> dict[int, Written]:
        """Write records, keep them and give them."""


@dataclass(frozen=True)
class PresentKeeper:
    """What is kept of the present.

    Attributes:
        kept: of all requests of this process.
        state: that the connection shows.
    """

    kept: KeptRecords
    state: State

    def find(self, connection: Connection, collection: Collection, ids: Iterable[int]) -> dict[int, Written]:
        """Give those of some records that are kept, after all that is kept was brought to this state."""
        known = self.kept.state
        if known is not None and known.version < self.state.version:
            self._follow(connection, known)
        return self.kept.find(collection.kind, ids, self.state)

    def keep(self, collection: Collection, documents: Mapping[int, Document]) -> dict[int, Written]:
        """Write records, keep them and give them."""
        written = {id_: write(document) for id_, document in documents.items()}
        self.kept.keep(collection.kind, written, self.state)
        return written

    def _follow(self, connection: Connection, known: State) -> None:
        """Drop what has changed since all was last compared with the atlas."""
        known_at, version = known.version, self.state.version
        is_many = version - known_at > _MOST_CHANGES
        rows = [] if is_many else _CHANGES.rows(connection, known=known_at, version=version)
        # The first row is that of the state that is known: it is another one, or gone, where the
        # database was put back, or the log pruned.
        if not rows or rows[0][0] != known.head:
            self.kept.forget(known, self.state)
            return
        changed = {(kind, id_) for _head, kind, id_, _is_renamed in rows[1:]}
        renamed = {Kind(kind) for _head, kind, _id, is_renamed in rows[1:] if is_renamed}
        kinds = {other for kind in renamed for other in _SHOWN_IN[kind]}
        self.kept.follow(Step(known, changed, kinds), self.state)


def keeper_of(connection: Connection, kept: KeptRecords, standing: Standing) -> PresentKeeper | None:
    """Make what gives the kept records to who reads; None where none are kept, or the past is read."""
    if not kept.is_on or past_of(connection) is not None:
        return None
    return PresentKeeper(kept, State(standing.version, standing.head))


def write(document: Document) -> Written:
    """Write a record as an answer has it."""
    json = to_json(document)
    return Written(json, orjson.Fragment(json), mark_of(document), document["updated_at"])


def _kinds_shown(collection: Collection) -> set[Kind]:
    """Give the kinds of the records that a record shows."""
    columns = [collection.columns, *(part.columns for part in collection.parts.values())]
    return {one.kind for some in columns for one in some.values() if isinstance(one, Pointer)}


def _changes() -> Statement:
    """Select which records changes are of, and whether what other records show of them has changed."""
    is_renamed = and_(
        Change.action != Action.CREATE,
        or_(
            *(
                Change.before[name].as_string().is_distinct_from(Change.after[name].as_string())
                for name in SHOWN
            )
        ),
    )
    columns = Change.hash, ChangeRecord.kind, ChangeRecord.record_id, is_renamed
    rows = select(*columns).join(ChangeRecord, ChangeRecord.seq == Change.seq)
    known, version = (bindparam(name, type_=BigInteger) for name in ("known", "version"))
    return rows.where(Change.seq.between(known, version)).order_by(Change.seq)


_SHOWN_IN = {
    kind: frozenset(other.kind for other in COLLECTIONS.values() if kind in _kinds_shown(other))
    for kind in COLLECTIONS
}
_CHANGES = Prepared(lambda _dialect: _changes())
