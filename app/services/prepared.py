"""Statements that are compiled once for each database, for what nearly every request reads or writes.

SQLAlchemy looks at the whole of a statement each time it is executed, and makes
an object of each row. For a page that takes several times as long as the
database takes, so here the text is kept and rows are plain tuples.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    Connection,
    Dialect,
    Enum,
    Executable,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from app.services.collections import Condition
from app.services.driver import execute, fetch

Statement = Select[*tuple[Any, ...]]
Converter = Callable[[Any], Any]
Values = dict[str, Any]

_IDS = "ids"
_TEXTS = "texts"


@dataclass(frozen=True)
class Form:
    """A statement as a database takes it.

    Attributes:
        sql: its text.
        order: names of its parameters, in order; None: it takes them by name.
        fixed: parameters that are always the same.
        into: what turns a parameter into what the driver takes, where something must.
        out_of: what turns a column, by its place, into a value; words stay text.
    """

    sql: str
    order: Sequence[str] | None
    fixed: Values
    into: dict[str, Converter]
    out_of: dict[int, Converter]

    def rows(self, connection: Connection, values: Values) -> Sequence[Any]:
        """Read the rows, as the driver gives them."""
        return fetch(connection, self.sql, self._given(values))

    def run(self, connection: Connection, values: Values) -> None:
        """Write what gives no rows."""
        execute(connection, self.sql, self._given(values))

    def _given(self, values: Values) -> Any:
        values = {**self.fixed, **values}
        for name, convert in self.into.items():
            values[name] = convert(values[name])
        return values if self.order is None else tuple([values[name] for name in self.order])


class Prepared:
    """A statement that only differs in its parameters from one time to the next."""

    def __init__(self, make: Callable[[Dialect], Executable]) -> None:
        """Remember how to make the statement for a database; it is made when it is first needed."""
        self._make = make
        self._forms: dict[str, Form] = {}

    def form(self, dialect: Dialect) -> Form:
        """Give the statement as a database takes it."""
        found = self._forms.get(dialect.name)
        if found is None:
            found = self._forms[dialect.name] = _compiled(dialect, self._make(dialect))
        return found

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Read the rows, as the driver gives them."""
        return self.form(connection.dialect).rows(connection, values)

    def run(self, connection: Connection, **values: Any) -> None:
        """Write what gives no rows."""
        self.form(connection.dialect).run(connection, values)

    def converted_rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Read the rows, each a tuple of values."""
        form = self.form(connection.dialect)
        rows = form.rows(connection, values)
        if not form.out_of:
            return rows
        as_it_is: Converter = lambda value: value  # noqa: E731  # said once
        ways = [form.out_of.get(place, as_it_is) for place in range(len(rows[0]) if rows else 0)]
        return [tuple([way(value) for way, value in zip(ways, row, strict=True)]) for row in rows]


def has_given_id(dialect: Dialect, column: SQLColumnExpression[int]) -> Condition:
    """Make the condition that a column has one of the ids that are given each time; see `ids_given`.

    It is for few rows of many, found by an index.
    """
    if dialect.name == "sqlite":
        return column.in_(_given(dialect))
    # Without a SELECT of its own, PostgreSQL would make the ids of the text again for each row it looks at.
    return column == any_(func.array(_given(dialect).scalar_subquery()))


def is_among_given(dialect: Dialect, column: SQLColumnExpression[int]) -> Condition:
    """Make the same condition for many ids, whose rows may be most of a table: they are joined."""
    return column.in_(_given(dialect))


def _given(dialect: Dialect) -> Select[Any]:
    """Select the ids that are given."""
    if dialect.name == "sqlite":
        return _members(_IDS)
    return select(func.unnest(cast(bindparam(_IDS, type_=Text), ARRAY(Integer))))


def _members(name: str) -> Select[Any]:
    """Select the members of the JSON list that a parameter gives to SQLite."""
    return select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value)


def ids_given(dialect: Dialect, ids: Iterable[int]) -> Values:
    """Make the parameter that gives any number of ids: a text, which the driver hands over as it is."""
    text = orjson.dumps(list(ids)).decode()
    return {_IDS: text if dialect.name == "sqlite" else f"{{{text[1:-1]}}}"}


def has_given_text(dialect: Dialect, column: SQLColumnExpression[str], name: str = _TEXTS) -> Condition:
    """Make the condition that a column has one of the texts that are given each time; see `texts_given`."""
    if dialect.name == "sqlite":
        return column.in_(_members(name))
    return column == any_(bindparam(name, type_=ARRAY(Text)))


def texts_given(dialect: Dialect, texts: Iterable[str], name: str = _TEXTS) -> Values:
    """Make the parameter that gives any number of texts."""
    held = list(texts)
    return {name: orjson.dumps(held).decode() if dialect.name == "sqlite" else held}


def _compiled(dialect: Dialect, statement: Executable) -> Form:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # all statements have it
    bound = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    columns = [column.type.dialect_impl(dialect) for column in getattr(statement, "selected_columns", ())]
    into = {name: type_.bind_processor(dialect) for name, type_ in bound.items()}
    out_of = {
        place: type_.result_processor(dialect, None)
        for place, type_ in enumerate(columns)
        if not isinstance(type_, Enum)
    }
    return Form(
        str(compiled),
        compiled.positiontup,
        {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        {name: convert for name, convert in into.items() if convert},
        {place: convert for place, convert in out_of.items() if convert},
    )
