"""What is exported: every record, as PUT takes it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from app.services.collections import Collection
from app.services.dumping import Document
from app.services.reading import flat_records
from app.services.registry import COLLECTIONS

# The kinds, each with its records, which can be gone through once.
Records = Iterable[tuple[Collection, Iterable[Document]]]


def records_of(connection: Connection) -> Iterator[tuple[Collection, Iterator[Document]]]:
    """Give every kind, behind those that it points at, with its records by slug; read as they are taken."""
    for collection in COLLECTIONS.values():
        yield collection, flat_records(connection, collection)
