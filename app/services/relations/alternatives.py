"""For which purposes libraries are used, and what else is used for the same ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from app.models import Library, Purpose, PurposeClaim, Team
from app.services.claims import taking
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.relations.usages import FIRST_TEAMS

MOST_PURPOSES = 100
MOST_ALTERNATIVES = 10

_TEAMS = func.count(PurposeClaim.team_id.distinct())

Pair = tuple[int, int]


def purposes_of(connection: Connection, libraries: Sequence[int]) -> tuple[list[Document], int]:
    """Give the purposes of libraries, those of most teams first, with what others use for them.

    A use case that takes one of the libraries offers no alternative: what
    stands beside them there goes with them.

    Args:
        connection: in a snapshot.
        libraries: ids.

    Returns: `{purpose, team_count, alternatives}`, at most 100; and how many there are.
    """
    served = select(PurposeClaim.purpose_id.label("id"), _TEAMS.label("team_count"))
    taken = PurposeClaim.library_id.in_(libraries)
    counted = served.where(taken).group_by(PurposeClaim.purpose_id).subquery()
    total = func.count().over().label("total")
    columns = (Purpose.id, Purpose.slug, Purpose.name, counted.c.team_count, total)
    joined = select(*columns).join(counted, counted.c.id == Purpose.id)
    ordered = joined.order_by(counted.c.team_count.desc(), Purpose.name_key, Purpose.slug)
    rows = connection.execute(ordered.limit(MOST_PURPOSES)).all()
    others = _alternatives(connection, [row.id for row in rows], libraries)
    purposes = [
        {
            "purpose": {"slug": row.slug, "name": row.name},
            "team_count": row.team_count,
            "alternatives": others[row.id],
        }
        for row in rows
    ]
    return purposes, rows[0].total if rows else 0


def _alternatives(
    connection: Connection, purposes: Sequence[int], libraries: Sequence[int]
) -> Mapping[int, list[Document]]:
    """Give by purpose the other libraries that are used for it, those of most teams first."""
    apart = (
        PurposeClaim.purpose_id.in_(purposes),
        PurposeClaim.use_case_id.not_in(taking(libraries)),
    )
    pair = (PurposeClaim.purpose_id, PurposeClaim.library_id)
    counted = select(*pair, _TEAMS.label("team_count")).where(*apart).group_by(*pair).subquery()
    # Names decide between a few only; all of them would be read for the last places otherwise.
    rank = func.rank().over(partition_by=counted.c.purpose_id, order_by=counted.c.team_count.desc())
    near = select(counted, rank.label("rank")).subquery()
    place = _place([near.c.purpose_id], near.c.team_count.desc(), Library.name_key)
    columns = (Library.id, Library.slug, Library.name, near.c.purpose_id, near.c.team_count, place)
    joined = select(*columns).join(near, near.c.library_id == Library.id)
    ranked = joined.where(near.c.rank <= MOST_ALTERNATIVES).subquery()
    best = (
        select(ranked)
        .where(ranked.c.place <= MOST_ALTERNATIVES)
        .order_by(ranked.c.purpose_id, ranked.c.place)
    )
    rows = connection.execute(best).all()
    teams = _first_teams(connection, [(row.purpose_id, row.id) for row in rows], apart)
    others: dict[int, list[Document]] = defaultdict(list)
    for row in rows:
        others[row.purpose_id].append(
            {
                "library": {"slug": row.slug, "name": row.name},
                "teams": teams[row.purpose_id, row.id],
                "team_count": row.team_count,
            }
        )
    return others


def _first_teams(
    connection: Connection, pairs: Sequence[Pair], apart: Sequence[Condition]
) -> Mapping[Pair, list[Document]]:
    """Give by purpose and library the first teams by name."""
    pair = (PurposeClaim.purpose_id, PurposeClaim.library_id)
    users = select(*pair, PurposeClaim.team_id).where(*apart, tuple_(*pair).in_(pairs)).distinct().subquery()
    place = _place((users.c.purpose_id, users.c.library_id), Team.name_key, Team.slug)
    columns = (users.c.purpose_id, users.c.library_id, Team.slug, Team.name, place)
    ranked = select(*columns).join(Team, Team.id == users.c.team_id).subquery()
    first = select(ranked).where(ranked.c.place <= FIRST_TEAMS).order_by(ranked.c.place)
    teams: dict[Pair, list[Document]] = defaultdict(list)
    for row in connection.execute(first):
        teams[row.purpose_id, row.library_id].append({"slug": row.slug, "name": row.name})
    return teams


def _place(partition: Sequence[Any], *order: Any) -> ColumnElement[int]:
    return func.row_number().over(partition_by=partition, order_by=order).label("place")
