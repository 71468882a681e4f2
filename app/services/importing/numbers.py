"""The ids that rows will get, known before they are written.

A plan names its ids before the lock is taken. It holds as long as the atlas is
at the version and the ids that it was made for, which is looked up again under
the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Dialect, String, bindparam, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import REGCLASS

from app.models import Alias, Atlas, Evidence, SearchEntry
from app.services.chain import LAST
from app.services.prepared import Prepared
from app.services.registry import COLLECTIONS

_MODELS: list[Any] = [collection.model for collection in COLLECTIONS.values()]
_NUMBERED = {model.__tablename__: model for model in [*_MODELS, Evidence, Alias, SearchEntry]}
# SQLite's memory of ids that are never given again.
_SEQUENCE = table("sqlite_sequence", column("name"), column("seq"))


@dataclass(frozen=True)
class Stamp:
    """What a plan is made for.

    Attributes:
        version: of the atlas.
        head: hash of the last change.
        last: the highest id that was given, by table.
    """

    version: int
    head: str
    last: Mapping[str, int]


class Numbers:
    """Hands out ids."""

    def __init__(self, stamp: Stamp) -> None:
        """Begin behind the highest one."""
        self.stamp = stamp
        self.last = dict(stamp.last)

    def next(self, name: str) -> int:
        """Give the next id of a table."""
        self.last[name] += 1
        return self.last[name]

    def settle(self, connection: Connection) -> None:
        """Let PostgreSQL go on counting behind the ids that were given here; SQLite does by itself."""
        if connection.dialect.name == "postgresql":
            for name, last in self.last.items():
                if last > self.stamp.last[name]:
                    _SETTLED.run(connection, name=name, last=last)


def read_stamp(connection: Connection) -> Stamp:
    """Read which version the atlas has, how its log ends, and which ids were given."""
    ((version, head, *last),) = _STAMP.rows(connection)
    return Stamp(version, head, {name: number or 0 for name, number in zip(_NUMBERED, last, strict=True)})


def _stamp(dialect: Dialect) -> Any:
    last = _last_of_sqlite if dialect.name == "sqlite" else _last_of_postgresql
    return select(Atlas.version, LAST, *(last(name, model).label(name) for name, model in _NUMBERED.items()))


def _last_of_sqlite(name: str, model: Any) -> Any:
    highest = select(func.max(model.id)).scalar_subquery()
    if not model.__table__.dialect_options["sqlite"]["autoincrement"]:
        return highest
    remembered = select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == name).scalar_subquery()
    return func.coalesce(remembered, highest)


def _last_of_postgresql(name: str, _model: Any) -> Any:
    return func.pg_sequence_last_value(cast(func.pg_get_serial_sequence(name, "id"), REGCLASS))


_STAMP = Prepared(_stamp)
_SETTLED = Prepared(
    lambda _dialect: select(
        func.setval(
            func.pg_get_serial_sequence(bindparam("name", type_=String), "id"),
            bindparam("last", type_=BigInteger),
        )
    )
)
