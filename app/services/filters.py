"""What the conditions of lists are made of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    Connection,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    true,
)

from app.models import Record
from app.services.collections import Condition, Filter
from app.services.lookup import ids_named
from app.text import contains_pattern, fold

_MOST_WORDS = 20


def among(name: str, column: SQLColumnExpression[Any]) -> Filter:
    """Filter by a column's own values."""
    return lambda _connection, asked: column.in_(asked[name])


def pointing_at(name: str, column: SQLColumnExpression[Any], model: type[Record]) -> Filter:
    """Filter by records that are named in any way, through a column that points at them."""
    return lambda connection, asked: column.in_(ids_named(connection, model, asked[name]))


def of_records(model: type[Record], holds: Callable[[str], Condition] | None = None) -> dict[str, Filter]:
    """Give the filters that every kind of record has.

    Args:
        model: its table.
        holds: makes the condition for a LIKE pattern; the default looks at the record's own text.
    """
    own = holds or (lambda pattern: text_holds(model, pattern))
    return {
        "q": lambda _connection, asked: and_(true(), *map(own, patterns_of(asked["q"]))),
        "created_after": _compare("created_after", lambda moment: model.created_at > moment),
        "created_before": _compare("created_before", lambda moment: model.created_at < moment),
        "updated_after": _compare("updated_after", lambda moment: model.updated_at > moment),
        "updated_before": _compare("updated_before", lambda moment: model.updated_at < moment),
    }


def text_holds(model: type[Record], pattern: str) -> Condition:
    """Make the condition that a record's own text holds a pattern."""
    return model.search_text.like(pattern, escape="\\")


def id_set(connection: Connection, ids: Sequence[int]) -> Select[int]:
    """Select from a set of ids, of any size: one parameter holds them all."""
    text = orjson.dumps(ids).decode()
    if connection.dialect.name == "sqlite":
        held = func.json_each(text).table_valued("value")
        return select(held.c.value)
    # Written out here: the driver takes ten times as long to write an array.
    array = cast(literal(f"{{{text[1:-1]}}}", Text), ARRAY(Integer))
    return select(func.unnest(array).column_valued())


def filtering(column: SQLColumnExpression[int], ids: Collection[int] | Select[int]) -> Condition:
    """Make the condition that a column has one of these ids, which no index serves.

    Where an index has two columns with many values each, SQLite would try
    every pair of them; so one of the two conditions has to be like this.
    """
    return (column + 0).in_(ids)


def patterns_of(question: str) -> list[str]:
    """Split a question into the patterns that must all occur; at most 20 count."""
    return [contains_pattern(word) for word in fold(question).split()[:_MOST_WORDS]]


def _compare(name: str, make: Callable[[datetime], Condition]) -> Filter:
    def condition(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
        return make(asked[name])

    return condition
