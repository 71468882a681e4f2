"""Tallies: how many records there are, and how many use cases have each value of a facet.

They are kept in the writing transaction, so that no question has to count what
grows. What a use case has is read before it changes and after (having.py); the
difference goes into the table `tally`. Beside each facet of use cases stand
three sums: how many have any value, how often any is had, and how many values
there are. See decision 0031.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Dialect,
    FromClause,
    Integer,
    SQLColumnExpression,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy import union_all as union

from app.models import Kind, Tally, Usage, UseCase
from app.services.facets.having import Had, all_had
from app.services.facets.places import FACETS
from app.services.past import past_of
from app.services.prepared import Prepared
from app.services.registry import COLLECTIONS

# How much is added to which facet and value.
Counts = Counter[tuple[str, str]]

HAVING, PLACES, VALUES = "having", "places", "values"
_ADD = {
    "sqlite": """
        INSERT INTO tally (facet, value, records)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:added) WHERE true
        ON CONFLICT (facet, value) DO UPDATE SET records = records + excluded.records
        RETURNING facet, value, records
    """,
    "postgresql": """
        INSERT INTO tally (facet, value, records)
        SELECT item ->> 0, item ->> 1, (item ->> 2)::integer
        FROM jsonb_array_elements(CAST(:added AS jsonb)) AS item
        ON CONFLICT (facet, value) DO UPDATE SET records = tally.records + excluded.records
        RETURNING facet, value, records
    """,
}


def is_counted(connection: Connection) -> bool:
    """Say whether the tallies are of the state that a connection reads; they tell nothing of the past."""
    return past_of(connection) is None


def key_of(word: str, about: str = "") -> str:
    """Give what a facet of use cases is called in the table, or one of its sums."""
    return f"{Kind.USE_CASE}.{word}" + (about and f" {about}")


def number_of(connection: Connection, facet: str, value: str = "") -> int:
    """Give how many there are: of a kind (`team`), or with a value of a facet (`use_case.status`)."""
    rows = _NUMBER.rows(connection, facet=facet, value=value)
    return int(rows[0][0]) if rows else 0


@cache
def most_had(word: str) -> Prepared:
    """Prepare the values of a facet that most use cases have, each with its label and their number."""
    names = FACETS[Kind.USE_CASE][word].names
    columns: tuple[SQLColumnExpression[Any], ...] = (Tally.value,) * 3
    origin: FromClause = Tally.__table__
    if names is not None:
        named = COLLECTIONS[names.record_kind]
        columns = names.slug, named.label, next(iter(named.sorts.values()))
        origin = Tally.__table__.join(names.__table__, names.id == cast(Tally.value, Integer))
    value, label, key = columns
    found = select(value, label.label("label"), Tally.records).select_from(origin)
    found = found.where(Tally.facet == bindparam("facet"))
    ordered = found.order_by(Tally.records.desc(), key, value).limit(bindparam("most", type_=Integer))
    return Prepared(lambda _dialect: ordered)


def numbers_of(connection: Connection, facet: str, value: str) -> tuple[int, int]:
    """Give how many use cases have a value of a facet, and how many there are; one statement."""
    rows = _NUMBERS.rows(connection, facet=facet, value=value, kind=Kind.USE_CASE.value)
    found = {row[0]: row[1] for row in rows}
    return found.get(facet, 0), found.get(Kind.USE_CASE.value, 0)


def counts_of(had: Iterable[Had]) -> Counts:
    """Count what use cases count for: each once for each value that it has."""
    counts: Counts = Counter()
    for use_case in had:
        counts.update([(_KEYS[word], value) for word, value in use_case.values])
        counts.update([(_PLACES[word], "") for word, _value in use_case.values])
        counts.update([(_HAVING[word], "") for word in {word for word, _value in use_case.values}])
    return counts


def add(connection: Connection, before: Counts, after: Counts, records: Mapping[Kind, int]) -> None:
    """Bring the tallies from what was to what is.

    Args:
        connection: of the writing transaction.
        before: what the use cases that were written counted for.
        after: what they count for.
        records: how many more records there are of each kind.
    """
    added: Counts = Counter(after)
    added.subtract(before)
    added.update({(kind.value, ""): number for kind, number in records.items()})
    became = _add(connection, added)
    values: Counts = Counter()
    for facet, value, number in became:
        if value and number == added[facet, value]:
            values[f"{facet} {VALUES}", ""] += 1
        elif value and number == 0:
            values[f"{facet} {VALUES}", ""] -= 1
    _add(connection, values)
    gone = [{"f": facet, "v": value} for facet, value, number in became if value and number == 0]
    if gone:
        nothing = delete(Tally).where(Tally.facet == bindparam("f"), Tally.value == bindparam("v"))
        connection.execute(nothing, gone)


def around(connection: Connection, teams: Sequence[int], libraries: Sequence[int]) -> list[int]:
    """Find the use cases that count for something else when these teams and libraries change."""
    found: list[int] = []
    if teams:
        found += connection.scalars(select(UseCase.id).where(UseCase.team_id.in_(teams))).all()
    if libraries:
        taken = select(Usage.use_case_id).where(Usage.library_id.in_(libraries)).distinct()
        found += connection.scalars(taken).all()
    return found


def recount(connection: Connection) -> None:
    """Make the tallies anew from the records."""
    connection.execute(delete(Tally))
    columns = ["facet", "value", "records"]
    for kind, collection in COLLECTIONS.items():
        there = select(literal(kind.value), literal(""), func.count()).select_from(collection.model)
        connection.execute(insert(Tally).from_select(columns, there))
    for word, facet in FACETS[Kind.USE_CASE].items():
        had = all_had(facet).distinct().subquery()
        counted = select(literal(key_of(word)), had.c.value, func.count()).group_by(had.c.value)
        connection.execute(insert(Tally).from_select(columns, counted))
        sums = {
            HAVING: select(func.count(had.c.record.distinct())),
            PLACES: select(func.count()).select_from(had),
            VALUES: select(func.count(had.c.value.distinct())),
        }
        for about, number in sums.items():
            row = number.add_columns(literal(key_of(word, about)), literal(""))
            made = row.subquery()
            names = list(made.c)
            connection.execute(insert(Tally).from_select(columns, select(names[1], names[2], names[0])))


def _numbers(_dialect: Dialect) -> Any:
    """Select how many use cases have a value, and how many there are."""
    number = select(Tally.facet, Tally.records)
    has_value = Tally.facet == bindparam("facet"), Tally.value == bindparam("value")
    return union(number.where(*has_value), number.where(Tally.facet == bindparam("kind"), Tally.value == ""))


def _add(connection: Connection, added: Counts) -> Sequence[Any]:
    rows = [(facet, value, number) for (facet, value), number in sorted(added.items()) if number]
    if not rows:
        return []
    return _ADDED.rows(connection, added=orjson.dumps(rows).decode())


_NUMBER = Prepared(
    lambda _dialect: select(Tally.records).where(
        Tally.facet == bindparam("facet"), Tally.value == bindparam("value")
    )
)
_NUMBERS = Prepared(_numbers)
_ADDED = Prepared(lambda dialect: text(_ADD[dialect.name]).bindparams(bindparam("added", type_=Text)))
_KEYS = {word: key_of(word) for word in FACETS[Kind.USE_CASE]}
_PLACES = {word: key_of(word, PLACES) for word in _KEYS}
_HAVING = {word: key_of(word, HAVING) for word in _KEYS}
