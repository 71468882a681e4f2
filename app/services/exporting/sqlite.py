"""The export as an SQLite database that explains itself: plain tables, foreign keys, and views.

A kind is a table, its slug the primary key. A list within a record is a table
of its own (`library_topics`, `use_case_usages`), in which `position` keeps the
order. The views answer who uses what; Datasette and DB Browser open the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import marshmallow as ma
import orjson

from app.db import sqlite_file
from app.models import Kind
from app.schemas.records import shape_of
from app.services.collections import Collection, Column, Pointer
from app.services.dumping import Document
from app.services.exporting.records import Records
from app.services.registry import COLLECTIONS

_VIEWS = Path(__file__).with_name("views.sql")
_ROWS_AT_ONCE = 1_000
# Nobody reads the file before it is whole. 32 MB of pages keep the indexes at hand.
_FAST = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000; BEGIN"


@dataclass(frozen=True)
class Table:
    """A table: its name, and the declaration of each column by name."""

    name: str
    columns: Mapping[str, str]
    key: str

    def create(self) -> str:
        """Give the statement that makes it."""
        columns = [f'"{name}" {declared}' for name, declared in self.columns.items()]
        return f'CREATE TABLE "{self.name}" ({", ".join([*columns, f"PRIMARY KEY ({self.key})"])})'

    def insert(self) -> str:
        """Give the statement that adds a row."""
        places = ", ".join("?" * len(self.columns))
        return f'INSERT INTO "{self.name}" VALUES ({places})'  # noqa: S608  # our own names


def write_sqlite(records: Records, path: Path) -> None:
    """Write a database; the file at the path is empty."""
    with closing(sqlite_file(path)) as database:
        database.executescript(_FAST)
        for collection, items in records:
            tables = tables_of(collection)
            # Indexes first: made last they would be sorted in memory, whatever their size.
            for statement in [table.create() for table in tables] + list(_indexes(tables)):
                database.execute(statement)
            _fill(database, collection, tables, items)
        database.execute("COMMIT")
        database.executescript(_VIEWS.read_text("utf-8"))


def tables_of(collection: Collection) -> list[Table]:
    """Give the tables of a kind: its own first, then one for each list in its records."""
    fields = _written(collection.schema)
    columns = {
        name: _declaration(field, collection.columns.get(name))
        for name, field in fields.items()
        if not isinstance(field, ma.fields.List)
    }
    return [
        Table(_name(collection.kind), columns, "slug"),
        *(_list_table(collection, name, fields[name]) for name in _lists(collection)),
    ]


def _list_table(collection: Collection, name: str, field: Any) -> Table:
    owner = collection.kind.value
    columns = {
        owner: f'TEXT NOT NULL REFERENCES "{_name(collection.kind)}" (slug)',
        "position": "INTEGER NOT NULL",
        **_members(collection, name, field),
    }
    return Table(f"{owner}_{name}", columns, f"{owner}, position")


def _members(collection: Collection, name: str, field: ma.fields.List[Any]) -> dict[str, str]:
    """Give the columns for the items of a list: the members of an object, or a single one."""
    part = collection.parts.get(name)
    if part is None:
        return {name.removesuffix("s"): "TEXT NOT NULL"}
    inner = _written(part.schema) if part.schema else dict.fromkeys(part.columns, field.inner)
    return {member: _declaration(each, part.columns.get(member)) for member, each in inner.items()}


def _declaration(field: ma.fields.Field[Any], column: Column | None) -> str:
    kind = "INTEGER" if isinstance(field, ma.fields.Integer) else "TEXT"
    presence = "" if field.allow_none else " NOT NULL"
    target = f' REFERENCES "{_name(column.kind)}" (slug)' if isinstance(column, Pointer) else ""
    return kind + presence + target


def _fill(database: Any, collection: Collection, tables: list[Table], items: Iterable[Document]) -> None:
    inserts = [table.insert() for table in tables]
    taken = iter(items)
    while batch := list(islice(taken, _ROWS_AT_ONCE)):
        for name, insert in zip([None, *_lists(collection)], inserts, strict=True):
            rows = _list_rows(batch, name) if name else _rows(batch)
            database.executemany(insert, rows)


def _rows(batch: Iterable[Document]) -> Iterator[list[Any]]:
    for item in batch:
        yield [value for value in item.values() if not isinstance(value, list)]


def _list_rows(batch: Iterable[Document], name: str) -> Iterator[list[Any]]:
    for item in batch:
        for position, member in enumerate(item[name], 1):
            values = member.values() if isinstance(member, dict) else [member]
            yield [item["slug"], position, *map(_plain, values)]


def _plain(value: Any) -> Any:
    """Write a list within a list as JSON, as Datasette shows it."""
    return orjson.dumps(value).decode() if isinstance(value, list) else value


def _lists(collection: Collection) -> list[str]:
    return [name for name, field in _written(collection.schema).items() if isinstance(field, ma.fields.List)]


def _written(schema: type[ma.Schema]) -> dict[str, ma.fields.Field[Any]]:
    return {name: field for name, field in shape_of(schema).fields.items() if not field.dump_only}


def _indexes(tables: Iterable[Table]) -> Iterator[str]:
    """Give an index for every column that points at another table."""
    for table in tables:
        for name, declared in table.columns.items():
            if "REFERENCES" in declared and not table.key.startswith(name):
                yield f'CREATE INDEX "{table.name}_{name}" ON "{table.name}" ("{name}")'


def _name(kind: Kind) -> str:
    return COLLECTIONS[kind].path.replace("-", "_")
