"""Counting facets: how many records of a list have each value of a filter.

The count of a value is the number of records that are in the list and would
be in it too with this value instead of the filter's own ones. So it is the
total of the list with the value added, as long as the filter is not set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Select, SQLColumnExpression, Subquery, func, select, true

from app.models import Kind
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.facets.places import FACETS, Facet
from app.services.facets.tallies import HAVING, PLACES, VALUES, is_counted, key_of, most_had, number_of
from app.services.filters import id_set
from app.services.reading import conditions_of
from app.services.registry import COLLECTIONS

Asked = Mapping[str, Any]

_DENSE = 8  # one of so many records, by the greatest id among them


@dataclass(frozen=True)
class _Listed:
    """The records of a list.

    Attributes:
        total: how many there are.
        ids: of them; None: all records of the kind.
    """

    total: int
    ids: Sequence[int] | None

    @property
    def is_dense(self) -> bool:
        """Say whether it holds so many of all records that going through all is quicker than by the list."""
        return self.ids is not None and len(self.ids) * _DENSE > max(self.ids, default=0)


@dataclass(frozen=True)
class _Sums:
    """What is told beside the most frequent values of a facet.

    Attributes:
        having: records that have any value.
        places: the counts of all values together.
        values: how many there are.
    """

    having: int
    places: int
    values: int


def count(connection: Connection, collection: Collection, query: Mapping[str, Any]) -> Document:
    """Count the records of a list by the values of filters.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: the list's filters; `by`, the facets; `exclude_self`; `limit`, values a facet.

    Returns: `total`, and in `facets` for each its most frequent `values` (by count,
        then name), the `rest` of them, how many records have none (`missing`)
        and how many were looked at (`counted`).
    """
    asked = {name: query[name] for name in collection.filters if query[name] not in (None, [])}
    listed = _list(connection, collection, asked)
    facets = []
    for word in query["by"]:
        is_excluded = query["exclude_self"] and word in asked
        base = {name: value for name, value in asked.items() if name != word}
        counted = _list(connection, collection, base) if is_excluded else listed
        is_whole = counted.ids is None
        if is_whole and collection.kind is Kind.USE_CASE and is_counted(connection):
            facets.append(_tallied(connection, word, counted.total, query["limit"]))
            continue
        # Filters that speak of the same row as the facet are conditions on that row.
        found = _found(connection, FACETS[collection.kind][word], base, counted)
        facets.append(_facet(connection, collection, word, found, counted.total, query["limit"]))
    return {"total": listed.total, "facets": facets}


def _list(connection: Connection, collection: Collection, asked: Asked) -> _Listed:
    """Read the list once; each facet counts among its records."""
    model = collection.model
    if not asked and is_counted(connection):
        return _Listed(number_of(connection, collection.kind), None)
    if not asked:
        return _Listed(connection.scalar(select(func.count()).select_from(model)) or 0, None)
    ids = connection.scalars(select(model.id).where(*conditions_of(connection, collection, asked))).all()
    return _Listed(len(ids), ids)


def _facet(
    connection: Connection,
    collection: Collection,
    word: str,
    found: Select[*tuple[Any, ...]],
    counted: int,
    limit: int,
) -> Document:
    facet = FACETS[collection.kind][word]
    rows = connection.execute(_most_frequent(connection, facet, found, limit)).all()
    different, places = (rows[0].different, int(rows[0].places)) if rows else (0, 0)
    having = places if facet.is_single else connection.scalar(_number_of_records(found)) or 0
    return _document(word, rows, _Sums(having, places, different), counted)


def _tallied(connection: Connection, word: str, counted: int, limit: int) -> Document:
    """Give a facet of all use cases: nothing has to be counted."""
    rows = most_had(word).converted_rows(connection, facet=key_of(word), most=limit)
    sums = (number_of(connection, key_of(word, about)) for about in (HAVING, PLACES, VALUES))
    return _document(word, rows, _Sums(*sums), counted)


def _document(word: str, rows: Sequence[Any], sums: _Sums, counted: int) -> Document:
    shown = [{"value": row[0], "label": row[1], "count": row[2]} for row in rows]
    rest = {
        "values": sums.values - len(shown),
        "count": sums.places - sum(value["count"] for value in shown),
    }
    return {"by": word, "values": shown, "rest": rest, "missing": counted - sums.having, "counted": counted}


def _found(connection: Connection, facet: Facet, asked: Asked, listed: _Listed) -> Select[*tuple[Any, ...]]:
    """Select the value and the record of each place where a record of the list has a value."""
    statement = select(facet.value.label("value"), facet.record.label("record")).select_from(facet.origin)
    statement = statement.where(facet.value.is_not(None))
    rows = facet.rows(connection, asked)
    record: SQLColumnExpression[int] = facet.record
    if listed.ids is None:
        return statement.where(*rows)
    # With an index for both, SQLite would try each row of the one with each of the other.
    if connection.dialect.name == "sqlite" and listed.is_dense:
        record = record + 0
    elif connection.dialect.name == "sqlite":
        rows = [condition.is_(true()) for condition in rows]
    return statement.where(*rows, record.in_(id_set(connection, listed.ids)))


def _most_frequent(
    connection: Connection, facet: Facet, found: Select[*tuple[Any, ...]], limit: int
) -> Select[*tuple[Any, ...]]:
    """Select the values that most records have, each with the number of values and the sum of all counts."""
    counts = _counts(connection, facet, found)
    names: tuple[SQLColumnExpression[Any], ...] = (counts.c.value,) * 3
    origin: FromClause = counts
    if facet.names is not None:
        named = COLLECTIONS[facet.names.record_kind]
        names = (facet.names.slug, named.label, next(iter(named.sorts.values())))
        origin = counts.join(facet.names.__table__, facet.names.id == counts.c.value)
    value, label, key = names
    windows = (
        func.count().over().label("different"),
        func.sum(counts.c.records).over().label("places"),
    )
    statement = select(value.label("value"), label.label("label"), counts.c.records, *windows)
    return statement.select_from(origin).order_by(counts.c.records.desc(), key, value).limit(limit)


def _counts(connection: Connection, facet: Facet, found: Select[*tuple[Any, ...]]) -> Subquery:
    """Count by value the records, each once; the two ways are quick on one database each."""
    is_sqlite = connection.dialect.name == "sqlite"
    places = (found if facet.is_single or is_sqlite else found.distinct()).subquery("places")
    is_each_once = facet.is_single or not is_sqlite
    number = func.count() if is_each_once else func.count(places.c.record.distinct())
    return select(places.c.value, number.label("records")).group_by(places.c.value).subquery("counts")


def _number_of_records(found: Select[*tuple[Any, ...]]) -> Select[int]:
    records = select(found.subquery("places").c.record).distinct().subquery("records")
    return select(func.count()).select_from(records)
