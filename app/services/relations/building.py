"""What is built on a library, to any depth.

In one use case the libraries that the team builds stand on those that it uses
or extends. The search goes level by level, one statement each, and meets each
library once: on the shortest path, so that cycles end it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.orm import aliased

from app.models import Claim, Library, Role
from app.services.claims import claimed_on
from app.services.dumping import Document
from app.services.relations.usages import Statement

MOST_BUILT = 500
DEEPEST = 50

_Base = aliased(Claim, name="base")
_BaseLibrary = aliased(Library, name="base_library")
_Product = aliased(Claim, name="product")


@dataclass(frozen=True)
class Built:
    """A library that was reached.

    Attributes:
        id: its primary key.
        name_key: its folded name, unique among libraries.
        path: references from the library that everything stands on to this one, both included.
    """

    id: int
    name_key: str
    path: tuple[Document, ...]

    @property
    def depth(self) -> int:
        """Give how many steps it is away."""
        return len(self.path) - 1


def start(connection: Connection, library: int) -> Built:
    """Give the library that a search starts from."""
    row = connection.execute(
        select(Library.slug, Library.name, Library.name_key).where(Library.id == library)
    ).one()
    return Built(library, row.name_key, ({"slug": row.slug, "name": row.name},))


def built_on(
    connection: Connection, root: Built, depth: int | None = None, day: date | None = None
) -> tuple[list[Built], bool]:
    """Find what is built on a library: at most 500, at most 50 steps away.

    Args:
        connection: in a snapshot.
        root: where to start.
        depth: most steps that are wanted; None: all.
        day: only what is true on it counts; None: all that is claimed.

    Returns: what was found, nearest first, then by name; and whether a limit cut it off. Of several
        shortest paths the one whose libraries are first by name, seen from the end.
    """
    found: list[Built] = []
    level = {root.name_key: root}
    is_cut = False
    steps = 0
    while level and not is_cut and steps != depth:
        steps += 1
        room = MOST_BUILT - len(found) if steps <= DEEPEST else 0
        seen = [root.id, *(built.id for built in found)]
        rows = _next(connection, [built.id for built in level.values()], seen, day, room + 1)
        is_cut = len(rows) > room
        level = {row.name_key: _reach(row, level) for row in rows[:room]}
        found += level.values()
    return found, is_cut


def _next(
    connection: Connection, level: Collection[int], seen: Collection[int], day: date | None, limit: int
) -> Sequence[Row[Any]]:
    """Read what is built on the libraries of a level, each with the first of them by name."""
    columns = (Library.id, Library.slug, Library.name, Library.name_key)
    statement: Statement = (
        select(*columns, func.min(_BaseLibrary.name_key).label("base"))
        .select_from(_Base)
        .join(_Product, _Product.use_case_id == _Base.use_case_id)
        .join(Library, Library.id == _Product.library_id)
        .join(_BaseLibrary, _BaseLibrary.id == _Base.library_id)
        .where(_Base.library_id.in_(level), _Base.role.in_((Role.USES, Role.EXTENDS)))
        .where(_Product.role == Role.BUILDS, _Product.library_id.not_in(seen))
        .where(*claimed_on(_Base, day))
        .group_by(*columns)
        .order_by(Library.name_key)
        .limit(limit)
    )
    return connection.execute(statement).all()


def _reach(row: Row[Any], level: Mapping[str, Built]) -> Built:
    return Built(row.id, row.name_key, (*level[row.base].path, {"slug": row.slug, "name": row.name}))
