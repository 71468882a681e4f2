"""Records of the past as they are written in JSON: read once for each state, which never changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import BigInteger, Connection, bindparam, func, select

from app.db import Database
from app.kept import Written
from app.models import Atlas, Change
from app.remembered import Remembered
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.keeping import write
from app.services.past import Past, past_of
from app.services.prepared import Prepared


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


def _packed(record: Written) -> bytes:
    return b"\n".join((record.mark.encode(), record.modified.isoformat().encode(), record.json))


def _unpacked(packed: bytes) -> Written:
    mark, modified, json = packed.split(b"\n", 2)
    moment = datetime.fromisoformat(modified.decode())
    return Written(json, orjson.Fragment(json), mark.decode(), moment)


# The hash of the last change in a state; where that is not kept, it is the anchor of the log.
_LAST = select(Change.hash).where(Change.seq == bindparam("seq", type_=BigInteger)).scalar_subquery()
_STATE = Prepared(lambda _dialect: select(Atlas.instance, func.coalesce(_LAST, Atlas.anchor_hash)))
