"""Batches: many records of one kind, read at once, in the order that is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, select, union_all

from app.models import LIST_LENGTH, Alias
from app.schemas.batches import BatchSchema
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.lookup import target_column
from app.services.reading import documents
from app.services.writing import load
from app.text import name_key


def read(
    connection: Connection, collection: Collection, body: Mapping[str, Any], query: Mapping[str, Any]
) -> Document:
    """Give the records of some slugs.

    Args:
        connection: in a snapshot.
        collection: which records.
        body: `slugs`, at most 200; old slugs and aliases lead to the record too.
        query: the shape of the records.

    Returns: `items`, one for each slug, None where there is no such record; `limit`.

    Raises:
        Invalid: the body is not right.
    """
    slugs: list[str] = load(BatchSchema, body)["slugs"]
    ids = _ids_of(connection, collection, slugs)
    found = documents(connection, collection, sorted(set(ids.values())), query)
    return {"items": [found.get(ids.get(slug, 0)) for slug in slugs], "limit": LIST_LENGTH}


def _ids_of(connection: Connection, collection: Collection, slugs: Sequence[str]) -> dict[str, int]:
    """Find the ids of records by slug, else by old slug or alias; one statement."""
    model = collection.model
    keys = {slug: name_key(slug) for slug in slugs}
    target = target_column(model.record_kind)
    by_slug = select(model.slug.label("key"), model.id).where(model.slug.in_(keys.values()))
    by_alias = select(Alias.key, target).where(Alias.kind == model.record_kind, Alias.key.in_(keys.values()))
    both: Executable = union_all(by_slug, by_alias)  # no slug is an alias of another record
    found = {row.key: row.id for row in connection.execute(both)}
    return {slug: found[key] for slug, key in keys.items() if key in found}
