"""The limit of imports: the rows that one wrote, and plain executemany of the very same ones.

Every table that holds rows is looked at, so that one which imports come to fill
is in the limit too; a test writes the rows into a copy and compares everything.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Table, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.db import Base, Database
from app.models import SearchEntry, Tally
from app.services.bulk import Form
from app.services.search import engine

Clock = Any

# What tells new rows from those that were there: the first of these columns that a table has.
_GROWING = ("from_seq", "seq", "id", "use_case_id", "library_id")
# Rows of these are counted on, or are few: they are compared whole.
_COMPARED = ("search_word", Tally.__tablename__, "atlas")


@dataclass(frozen=True)
class Written:
    """Rows of one table, ready for the driver.

    Attributes:
        table: its name.
        sql: the statement that writes one.
        rows: their values.
    """

    table: str
    sql: str
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Before:
    """What an atlas held before an import: the highest of what grows, and the rows of what does not."""

    highest: Mapping[str, int]
    rows: Mapping[str, frozenset[Any]]


def look(connection: Connection) -> Before:
    """Note what an atlas holds."""
    highest, rows = {}, {}
    for table in Base.metadata.sorted_tables:
        column = _growing(table)
        if column is None:
            rows[table.name] = frozenset(map(tuple, connection.execute(select(table))))
        else:
            highest[table.name] = connection.scalar(select(func.max(column))) or 0
    return Before(highest, rows)


def written_since(connection: Connection, before: Before) -> list[Written]:
    """Give the rows that an import wrote, in an order in which they can be written."""
    return [*_written_since(connection, before)]


def executemany(database: Database, written: Sequence[Written], clock: Clock = time.monotonic) -> float:
    """Write rows by the driver alone, in one transaction with the service's own settings.

    Returns: seconds by the clock.
    """
    with database.writer.connect() as connection:
        transaction = connection.begin()
        cursor = connection.connection.cursor()
        at = clock()
        for one in written:
            cursor.executemany(one.sql, one.rows)
        transaction.commit()
        seconds: float = clock() - at
    return seconds


def _written_since(connection: Connection, before: Before) -> Iterator[Written]:
    dialect = connection.dialect
    for table in Base.metadata.sorted_tables:
        column = _growing(table)
        if column is None:
            there = before.rows[table.name]
            rows = [row for row in connection.execute(select(table)) if tuple(row) not in there]
        else:
            new = select(table).where(column > _last(before, table, column)).order_by(column)
            rows = list(connection.execute(new))
        if rows:
            yield _for_driver(table.name, _form(dialect, table, is_new=column is not None), rows)
    entries = select(SearchEntry.id, SearchEntry.terms).order_by(SearchEntry.id)
    terms = list(connection.execute(entries.where(SearchEntry.id > before.highest["search_entry"])))
    yield _for_driver("search_index", engine.adding(dialect), terms)


def _growing(table: Table) -> Any:
    """Find the column whose highest value tells new rows from old ones."""
    names = () if table.name in _COMPARED else _GROWING
    return next((table.columns[name] for name in names if name in table.columns), None)


def _last(before: Before, table: Table, column: Any) -> int:
    """Give the highest value that was there; of records' parts also records that had none count."""
    owner = next((key.column.table.name for key in column.foreign_keys), table.name)
    return before.highest[owner]


def _form(dialect: Dialect, table: Table, *, is_new: bool) -> Form:
    """Make the statement that writes a row: a new one, or over the one of its key."""
    names = [column.name for column in table.columns]
    if is_new:
        return Form(dialect, insert(table), *names)
    make = sqlite_insert if dialect.name == "sqlite" else postgresql_insert
    new = make(table)
    keys = [column.name for column in table.primary_key]
    others = {name: new.excluded[name] for name in names if name not in keys}
    return Form(dialect, new.on_conflict_do_update(index_elements=keys, set_=others), *names)


def _for_driver(table: str, form: Form, rows: Sequence[Any]) -> Written:
    """Bring rows to what the driver takes."""
    ready = []
    for row in rows:
        values = list(form.of_values(row) if form.of_values else row)
        for place, convert in form.converters:
            values[place] = convert(values[place])
        ready.append(tuple(values))
    return Written(table, form.sql, ready)
