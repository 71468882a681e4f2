"""Made-up rows into a database: table by table, then the log, versions, search and the atlas's version."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.db import AtlasSession, Author, Base
from app.models import (
    Action,
    Alias,
    Atlas,
    Change,
    Evidence,
    Library,
    LibraryTopic,
    Organization,
    Purpose,
    Source,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.services.chain import head, link
from app.services.claims import derive
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.facets.listing import relist
from app.services.facets.tallies import recount
from app.services.flattening import flatten
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.services.search import engine
from app.services.search.indexing import index
from app.services.versions import write_versions
from bench.atlas import SHARED, made_up
from bench.world import Row, Size

Progress = Callable[[int], Any]

# How often each record is told of: when it is in its table, and when it is in the log and search.
STEPS = 2

_CHUNK = 2_000
_KEYED = (Organization, Team, Library, Purpose, Source, UseCase, Evidence, Alias)


def fill(session: AtlasSession, size: Size, seed: int, progress: Progress) -> None:
    """Fill an atlas in which nothing was ever written.

    Args:
        session: that holds the lock.
        size: how many records.
        seed: the same one makes the same rows.
        progress: told how many records were written; each is told of `STEPS` times.
    """
    connection = session.connection()
    atlas = made_up(size, seed)
    for model, _name in SHARED:
        _insert(connection, model, atlas.rows[model.record_kind])
        progress(len(atlas.rows[model.record_kind]))
    _insert(connection, LibraryTopic, atlas.topics)
    _insert(connection, Alias, atlas.aliases)
    for batch in atlas.batches:
        _insert(connection, UseCase, batch.use_cases)
        _insert(connection, UseCasePurpose, batch.purposes)
        _insert(connection, Usage, batch.usages)
        _insert(connection, Evidence, batch.evidence)
        derive(connection, [row["id"] for row in batch.use_cases], ())
        progress(len(batch.use_cases))
    _set_sequences(connection)
    _tell(connection, session, progress)
    recount(connection)
    relist(connection)
    engine.tidy(connection)


def _insert(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(model), rows)


def _tell(connection: Connection, session: AtlasSession, progress: Progress) -> None:
    """Write that every record was created, let search know, and move the version of the atlas on."""
    written, previous = 0, head(connection)
    for kind, collection in COLLECTIONS.items():
        ids = connection.scalars(select(collection.model.id).order_by(collection.model.id)).all()
        for some in _chunks(ids):
            found = documents(connection, collection, some)
            rows = [
                _change(session.info["author"], collection, seq, found[id_])
                for seq, id_ in enumerate(some, written + 1)
            ]
            for row in rows:
                previous = row["hash"] = link(previous, list(row.values()))
            connection.execute(insert(Change), rows)
            seqs = {id_: row["seq"] for id_, row in zip(some, rows, strict=True)}
            write_versions(connection, {}, {kind: seqs})
            index(connection, kind, found)
            written += len(rows)
            progress(len(rows))
    connection.execute(update(Atlas).values(version=Atlas.version + written))


def _change(author: Author, collection: Collection, seq: int, document: Document) -> Row:
    return {
        "seq": seq,
        "at": document["created_at"],
        "actor": author.name,
        "request_id": author.request_id,
        "action": Action.CREATE,
        "kind": collection.kind,
        "slug": document["slug"],
        "revision": document["revision"],
        "before": None,
        "after": flatten(collection.schema, document),
    }


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL go on counting behind the ids that were given."""
    if connection.dialect.name != "postgresql":
        return
    for model in _KEYED:
        last = select(func.max(model.id)).scalar_subquery()
        name = func.pg_get_serial_sequence(model.__tablename__, "id")
        connection.execute(select(func.setval(name, last)))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
