"""What a team claims until now, as far as a file touches it."""

from collections.abc import Collection, Iterable, Iterator

import orjson
from sqlalchemy import Connection, select

from app.models import Evidence, Kind, Library, Record, Role, Source, Stance, Status, Team, Usage, UseCase
from app.services.dumping import Document
from app.services.flattening import flatten, writable
from app.services.importing.shelves import chunks
from app.services.reading import documents
from app.services.registry import COLLECTIONS


def claims_of(
    connection: Connection, team: str, libraries: Collection[str], source: str
) -> dict[str, Document]:
    """Read the use cases in which a team uses certain libraries, or that stand on a source.

    Args:
        connection: in a snapshot.
        team: slug.
        libraries: slugs.
        source: slug.

    Returns: by slug, in the shape that PUT takes; without those that are retired
        or say what is not used.
    """
    own = select(UseCase.id).join(Team).where(Team.slug == team, UseCase.stance == Stance.USES)
    own = own.where(UseCase.status != Status.RETIRED)
    ids = set(connection.scalars(own.join(Evidence).join(Source).where(Source.slug == source)))
    used = own.join(Usage).join(Library).where(Usage.role != Role.BUILDS)
    for chunk in chunks(libraries):
        ids.update(connection.scalars(used.where(Library.slug.in_(chunk))))
    return dict(sorted(_records(connection, UseCase, ids)))


def records_of(connection: Connection, model: type[Record], slugs: Iterable[str]) -> dict[str, Document]:
    """Read records in the shape that PUT takes, by their slugs; those that are not there are left out."""
    ids: set[int] = set()
    for chunk in chunks(slugs):
        ids.update(connection.scalars(select(model.id).where(model.slug.in_(chunk))))
    return dict(_records(connection, model, ids))


def names_of(connection: Connection, libraries: Collection[str]) -> dict[str, str]:
    """Give the names of libraries, by slug."""
    found = {}
    for chunk in chunks(libraries):
        rows = connection.execute(select(Library.slug, Library.name).where(Library.slug.in_(chunk)))
        found.update({row.slug: row.name for row in rows})
    return found


def _records(
    connection: Connection, model: type[Record], ids: Iterable[int]
) -> Iterator[tuple[str, Document]]:
    kind: Kind = model.record_kind
    collection = COLLECTIONS[kind]
    for chunk in chunks(ids):
        for document in documents(connection, collection, chunk).values():
            flat = writable(collection.schema, flatten(collection.schema, document))
            yield document["slug"], orjson.loads(orjson.dumps(flat))  # dates as they are written
