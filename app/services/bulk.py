"""Many rows through one statement: compiled once, and handed to the driver as tuples.

SQLAlchemy's own way to execute a statement for many rows makes a dictionary
of parameters for each, which takes longer than the database takes to write
it. The types of the columns convert the values here all the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Connection, Dialect, Executable, insert

from app.services.driver import execute_many

_NAMED = re.compile(r"%\((\w+)\)s")
# So many rows at a time: a time limit counts for each of these, not for all together.
_CHUNK = 1_000
_REMEMBERED = 10_000

Row = Mapping[str, Any]


class Form:
    """A statement as a database takes it, for rows of certain members."""

    def __init__(self, dialect: Dialect, statement: Executable, *names: str, together: int = 1) -> None:
        """Compile the statement.

        Args:
            dialect: of the database.
            statement: with a bind parameter for each of the names, or an INSERT of them.
            names: members of the rows.
            together: rows that one execution writes; the statement is a plain INSERT then.
        """
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)  # type: ignore[attr-defined]  # all statements have it
        self.sql = _NAMED.sub("%s", str(compiled))
        self.together = together
        head, values, row = self.sql.rpartition(" VALUES ")
        self.sql_together = head + values + ", ".join([row] * together)
        order = compiled.positiontup or _NAMED.findall(str(compiled))
        self.of_row = _getter(order)
        places = [names.index(name) for name in order]
        self.of_values = None if places == list(range(len(names))) else _getter(places)
        self.converters = [
            (place, converter)
            for place, name in enumerate(order)
            if (converter := _converter(compiled.binds[name].type, dialect))
        ]


class Rows:
    """Rows on their way through a statement."""

    def __init__(self, form: Form) -> None:
        """Begin with none."""
        self._form = form
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: Row) -> None:
        """Add a row, by its members."""
        self._add(self._form.of_row(row))

    def add_values(self, *values: Any) -> None:
        """Add a row, its values in the order of the names."""
        self._add(self._form.of_values(values) if self._form.of_values else values)

    def write(self, connection: Connection) -> None:
        """Send the rows to the database, in their order."""
        rows, together = self._rows, self._form.together
        if together > 1:
            whole = len(rows) - len(rows) % together
            groups = (rows[start : start + together] for start in range(0, whole, together))
            _send(connection, self._form.sql_together, [tuple(chain.from_iterable(some)) for some in groups])
            rows = rows[whole:]
        _send(connection, self._form.sql, rows)

    def _add(self, values: Any) -> None:
        converted = list(values)
        for place, convert in self._form.converters:
            converted[place] = convert(converted[place])
        self._rows.append(tuple(converted))


def inserting(dialect: Dialect, model: Any, *, together: int = 1) -> Form:
    """Make the form of an INSERT of whole rows."""
    names = (column.name for column in model.__table__.columns)
    return Form(dialect, insert(model), *names, together=together)


def _send(connection: Connection, sql: str, rows: list[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        execute_many(connection, sql, rows[start : start + _CHUNK])


def _getter(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Make what gets several values at once; itemgetter gives a single one without a tuple around it."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: (values[keys[0]],)


def _converter(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    converter: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    if converter is None or isinstance(type_, JSON):
        return converter
    return lru_cache(_REMEMBERED)(converter)  # moments, days and words come again and again
