"""What a collection is: the one description that lists, items, filters and the change log work from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, SQLColumnExpression

from app.models import Kind, Record
from app.schemas.records import Schema

Condition = ColumnElement[bool]
Filter = Callable[[Connection, Mapping[str, Any]], Condition]


@dataclass(frozen=True, eq=False)
class Pointer:
    """How a reference is read from the row: the columns of the record that is pointed at.

    Attributes:
        kind: of the record that is pointed at.
        id: its primary key; the reference is null where this is.
        slug: its slug.
        label: its name or title.
    """

    kind: Kind
    id: SQLColumnExpression[Any]
    slug: SQLColumnExpression[Any]
    label: SQLColumnExpression[Any]


Column = SQLColumnExpression[Any] | Pointer


@dataclass(frozen=True, eq=False)
class Part:
    """How a list inside a record is read, for many records in one statement.

    Attributes:
        owner: column with the id of the record that an item belongs to.
        origin: what the items are read from.
        columns: where each member of an item comes from; a single one makes plain values.
        order: of the items.
        schema: shape of an item; None where the items are plain values or references.
        condition: which rows count.
    """

    owner: SQLColumnExpression[Any]
    origin: FromClause
    columns: Mapping[str, Column]
    order: tuple[SQLColumnExpression[Any], ...]
    schema: type[Schema] | None = None
    condition: Condition | None = None


@dataclass(frozen=True, eq=False)
class Collection:
    """One kind of record: where it is read from, and what it can be asked.

    Attributes:
        kind: of its records.
        path: last part of its URL.
        model: its table.
        schema: its shape on the wire.
        origin: its table, joined with what its references need.
        columns: where each member of the record comes from.
        parts: the lists inside a record.
        filters: what makes the condition for a query parameter, by its name, from all that is asked.
        sorts: column for each word of `sort=`; the first is the default.
        label: column with its name or title.
        expands: for each word of `expand=`, where its references stand (`usages.library`), and their kind.
    """

    kind: Kind
    path: str
    model: type[Record]
    schema: type[Schema]
    origin: FromClause
    columns: Mapping[str, Column]
    filters: Mapping[str, Filter]
    sorts: Mapping[str, SQLColumnExpression[Any]]
    label: SQLColumnExpression[str]
    parts: Mapping[str, Part] = field(default_factory=dict)
    expands: Mapping[str, tuple[str, Kind]] = field(default_factory=dict)


def columns_of(model: type[Record], *names: str) -> dict[str, Column]:
    """Give the columns that are called like the members that they make, and those that every record has."""
    return {name: getattr(model, name) for name in ("slug", *names, "revision", "created_at", "updated_at")}


def sorts_of(
    model: type[Record], word: str, key: SQLColumnExpression[Any]
) -> dict[str, SQLColumnExpression[Any]]:
    """Give what a list is sorted by: its name or title first, then what every record has."""
    return {word: key, "slug": model.slug, "created_at": model.created_at, "updated_at": model.updated_at}
