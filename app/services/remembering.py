"""Records and pages of the past: read once for each state, which never changes.

Records are remembered as they are written in JSON, pages as the ids of their
records, lists as how many records they have.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, bindparam, func, select

from app.db import Database
from app.kept import Written
from app.models import Atlas, Change
from app.remembered import Remembered
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.keeping import write
from app.services.paging import Page
from app.services.past import Past, past_of
from app.services.prepared import Prepared

# What is stale depends on the moment that is asked for, not on the state alone.
_OF_THE_MOMENT = "stale"


@dataclass(frozen=True)
class PastKeeper:
    """What is remembered of a state of the past.

    Attributes:
        name: of the state, and of no other one.
        remembered: of all requests of this process.
    """

    name: bytes
    remembered: Remembered

    def find(self, _connection: Connection, collection: Collection, ids: Iterable[int]) -> dict[int, Written]:
        """Give those of some records that are remembered as they were in this state."""
        found = {id_: self.remembered.find(self._question(collection, id_)) for id_ in ids}
        return {id_: _unpacked(packed) for id_, packed in found.items() if packed is not None}

    def keep(self, collection: Collection, documents: Mapping[int, Document]) -> dict[int, Written]:
        """Write records, remember them and give them."""
        written = {id_: write(document) for id_, document in documents.items()}
        for id_, record in written.items():
            self.remembered.keep(self._question(collection, id_), _packed(record))
        return written

    def page(
        self, scope: Mapping[str, Any], query: Mapping[str, Any], turn: Callable[[Mapping[str, Any]], Page]
    ) -> Page:
        """Give a page of a list that is remembered, or turn it and remember it.

        Args:
            scope: which list, and in which order: `asked`, `sort` and whatever else tells it from others.
            query: `limit`, `cursor` and `total` of the query string.
            turn: gives the page that a query asks for; the first value of a row is the id.

        Returns: its rows may hold nothing but ids.
        """
        if _OF_THE_MOMENT in scope["asked"]:
            return turn(query)
        size, place = _named({**scope, "sort": None}), _named([scope, query["limit"], query["cursor"]])
        total, page = self._answer(size), self._answer(place)
        if page is None or (query["total"] and total is None):
            turned = turn({**query, "total": query["total"] and total is None})
            total = turned.total if total is None else total
            page = [[row[0] for row in turned.rows], turned.next]
            self._remember(place, page)
            if total is not None:
                self._remember(size, total)
        return Page([(id_,) for id_ in page[0]], page[1], total if query["total"] else None)

    def _answer(self, question: bytes) -> Any:
        found = self.remembered.find(self.name + question)
        return None if found is None else orjson.loads(found)

    def _remember(self, question: bytes, answer: Any) -> None:
        self.remembered.keep(self.name + question, orjson.dumps(answer))

    def _question(self, collection: Collection, id_: int) -> bytes:
        return b"%s %s %d" % (self.name, collection.kind.encode(), id_)


def past_keeper_of(connection: Connection, database: Database) -> PastKeeper | None:
    """Make what gives the remembered records to who reads the past; None for who reads what is now."""
    past = past_of(connection)
    if past is None or not database.kept.is_on:
        return None
    return PastKeeper(name_of(connection, past), database.past_records)


def name_of(connection: Connection, past: Past) -> bytes:
    """Name a state by its version and the hash of its last change.

    That tells it from every other one, also where a database was put back to an earlier state.
    """
    ((instance, head),) = _STATE.rows(connection, seq=past.seq)
    return f"{instance} {past.seq} {head}".encode()


def _named(asked: Any) -> bytes:
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)


def _packed(record: Written) -> bytes:
    return b"\n".join((record.mark.encode(), record.modified.isoformat().encode(), record.json))


def _unpacked(packed: bytes) -> Written:
    mark, modified, json = packed.split(b"\n", 2)
    moment = datetime.fromisoformat(modified.decode())
    return Written(json, orjson.Fragment(json), mark.decode(), moment)


# The hash of the last change in a state; where that is not kept, it is the anchor of the log.
_LAST = select(Change.hash).where(Change.seq == bindparam("seq", type_=BigInteger)).scalar_subquery()
_STATE = Prepared(lambda _dialect: select(Atlas.instance, func.coalesce(_LAST, Atlas.anchor_hash)))
