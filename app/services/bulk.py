"""Many rows through one statement: compiled once, and handed to the driver as tuples.

SQLAlchemy's own way to execute a statement for many rows makes a dictionary
of parameters for each, which takes longer than the database takes to write
it. The types of the columns convert the values here all the same.
"""

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Executable

_NAMED = re.compile(r"%\((\w+)\)s")
# So many rows at a time: a time limit counts for each of these, not for all together.
_CHUNK = 1_000

Row = Mapping[str, Any]


class Rows:
    """Rows on their way through a statement.

    Attributes:
        rows: what the driver is given, one tuple for each.
    """

    def __init__(self, dialect: Dialect, statement: Executable, *names: str) -> None:
        """Compile the statement.

        Args:
            dialect: of the database.
            statement: an INSERT, or one with a bind parameter for each of the names.
            names: members of the rows.
        """
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]  # all statements have it
        self._sql = _NAMED.sub("%s", str(compiled))
        order = compiled.positiontup or _NAMED.findall(str(compiled))
        self._values = itemgetter(*order)
        self._convert = [
            (place, converter)
            for place, name in enumerate(order)
            if (converter := _converter(compiled.binds[name].type, dialect))
        ]
        self.rows: list[tuple[Any, ...]] = []

    def add(self, row: Row) -> None:
        """Add a row."""
        values = list(self._values(row))
        for place, convert in self._convert:
            values[place] = convert(values[place])
        self.rows.append(tuple(values))

    def write(self, connection: Connection) -> None:
        """Send the rows to the database, in their order."""
        for start in range(0, len(self.rows), _CHUNK):
            connection.exec_driver_sql(self._sql, self.rows[start : start + _CHUNK])


def _converter(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    converter: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return converter
