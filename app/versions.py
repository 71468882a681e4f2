"""The versions of rows: what each row said, and in which states of the atlas.

Beside each table that records are read from stands one of its versions
(`team_version`): the same columns, and two that say where a version counts,
from the change `from_seq` on and before the change `to_seq`. What counts now
stands there too, open at its end.

For who looks back there are views, called like the tables, of the state at one
`seq`: SQLite has them on the connections that may look back, PostgreSQL in a
schema of their own. They are all made from the models, so that nothing that
reads has to know of them. See decision 0024.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Dialect,
    Enum,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    cast,
    event,
    func,
    quoted_name,
    select,
)
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.sql.ddl import CreateSchema, CreateView, DropSchema

from app.db import Base, PastPool
from app.models import (
    OF_NOW,
    Alias,
    Claim,
    Evidence,
    Kind,
    LibraryTopic,
    PurposeClaim,
    Record,
    Usage,
    UseCasePurpose,
)

# Where a version that counts now ends.
OPEN = 2**63 - 1
# Where an SQLite connection keeps the `seq` that it looks back to, and the function that gives it.
AS_OF = "as_of_seq"
# The same on PostgreSQL.
AS_OF_SETTING = "atlas.as_of"

_LONGEST_NAME = 63  # that PostgreSQL keeps

# Whose parts the rows are that have no kind of their own.
_OWNERS: dict[type[Base], tuple[Kind, ...]] = {
    LibraryTopic: (Kind.LIBRARY,),
    UseCasePurpose: (Kind.USE_CASE,),
    Usage: (Kind.USE_CASE,),
    Claim: (Kind.USE_CASE,),
    PurposeClaim: (Kind.USE_CASE,),
    Evidence: (Kind.USE_CASE,),
    Alias: tuple(Kind),
}


@dataclass(frozen=True, eq=False)
class Versioned:
    """A table and that of its versions.

    Attributes:
        table: what the rows say now.
        versions: what they said.
        owners: for each kind, the column with the id of the record that a row belongs to.
    """

    table: Table
    versions: Table
    owners: dict[Kind, str]


def _versioned(model: type[Base], owners: dict[Kind, str]) -> Versioned:
    table: Any = model.__table__
    name = f"{table.name}_version"
    columns = [
        Column(column.name, _plain(column), nullable=column.nullable, server_default=column.server_default)
        for column in table.columns
    ]
    ends = [Column(name, BigInteger, nullable=False) for name in ("from_seq", "to_seq")]
    key = PrimaryKeyConstraint(*_ending([column.name for column in table.primary_key], owners))
    versions = Table(
        name,
        Base.metadata,
        *(*columns, *ends, key),
        CheckConstraint("from_seq < to_seq", "order"),
        *(Index(_name(name, names), *_ending(names, owners), "from_seq") for names in _indexed(table)),
        *_counted(name, model),
        sqlite_with_rowid="id" in table.columns,
    )
    return Versioned(table, versions, owners)


def _counted(versions: str, model: type[Base]) -> Iterator[Index]:
    """Make the index by which the records of a state are counted, as narrow as can be."""
    if issubclass(model, Record):
        yield Index(_name(versions, ("from_seq", "to_seq")), "from_seq", "to_seq")


def _name(versions: str, names: Sequence[str]) -> str:
    """Name an index after what rows are found by."""
    full = "_".join(["ix", versions, *names])
    return full if len(full) <= _LONGEST_NAME else full.replace("_id", "")


def _plain(column: Column[Any]) -> Any:
    """Give the type of a column; which words it holds was checked where they were written."""
    return String(column.type.length) if isinstance(column.type, Enum) else column.type


def _ending(names: Sequence[str], owners: dict[Kind, str]) -> tuple[str, ...]:
    """Put the end of a version behind a key; by owner it comes next, to find what is open."""
    place = 1 if names[0] in owners.values() else len(names)
    return (*names[:place], "to_seq", *names[place:])


def _indexed(table: Table) -> Iterator[tuple[str, ...]]:
    """Give by which columns rows are found; what begins a longer one needs none of its own."""
    unique = [thing.columns for thing in table.constraints if isinstance(thing, UniqueConstraint)]
    keys = [*unique, *(index.columns for index in table.indexes if OF_NOW not in index.info)]
    found = {tuple(column.name for column in key) for key in keys}
    for names in sorted(found):
        if not any(names == other[: len(names)] for other in found - {names}):
            yield names


VERSIONED: list[Versioned] = [
    *(_versioned(model, {model.record_kind: "id"}) for model in Record.__subclasses__()),
    *(_versioned(part, {kind: f"{kind}_id" for kind in kinds}) for part, kinds in _OWNERS.items()),
]


def past_schema(schema: str) -> str:
    """Name the schema of PostgreSQL that holds the views for the tables of another one."""
    return f"{schema}_as_of"


def views(dialect: Dialect, schema: str | None = None) -> Iterator[str]:
    """Give the statements that make the views of the past.

    Args:
        dialect: of the database.
        schema: where they stand; None: on this connection alone, before the tables.
    """
    is_sqlite = dialect.name == "sqlite"
    seq = getattr(func, AS_OF)() if is_sqlite else cast(func.current_setting(AS_OF_SETTING), BigInteger)
    place = None if schema is None else quoted_name(schema, quote=True)
    for one in VERSIONED:
        state = select(*(one.versions.c[column.name] for column in one.table.columns))
        alive = state.where(one.versions.c.from_seq <= seq, one.versions.c.to_seq > seq)
        view = CreateView(alive, one.table.name, schema=place, temporary=schema is None)
        yield str(view.compile(dialect=dialect))


@event.listens_for(PastPool, "connect")
def put_views(connection: Any, record: Any) -> None:
    """Put the views before the tables of a connection; until it looks back they show what is open."""
    connection.create_function(AS_OF, 0, lambda: record.info.get(AS_OF, OPEN - 1), deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = OFF")
    for statement in views(SQLiteDialect()):
        cursor.execute(statement)
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


@event.listens_for(PastPool, "checkin")
def look_ahead(_connection: Any, record: Any) -> None:
    """Let a connection that is given back show what is open."""
    record.info.pop(AS_OF, None)


def show_past(connection: Connection) -> None:
    """Make the schema of views on PostgreSQL anew; they have to follow the tables."""
    schema = hide_past(connection)
    connection.execute(CreateSchema(schema))
    for statement in views(connection.dialect, schema):
        connection.exec_driver_sql(statement)


def hide_past(connection: Connection) -> str:
    """Drop the schema of views on PostgreSQL, if it is there, and give its name."""
    schema = past_schema(connection.execute(select(func.current_schema())).scalar_one())
    connection.execute(DropSchema(schema, cascade=True, if_exists=True))
    return schema
