"""For which purposes libraries are used, and what else is used for the same ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, func, select

from app.models import Library, Purpose, PurposeClaim, Team
from app.services.claims import claimed_on, taking
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.relations.usages import FIRST_TEAMS

MOST_PURPOSES = 100
MOST_ALTERNATIVES = 10

_TEAMS = func.count(PurposeClaim.team_id.distinct())


def purposes_of(
    connection: Connection, libraries: Sequence[int], day: date | None
) -> tuple[list[Document], int]:
    """Give the purposes of libraries, those of most teams first, with what others use for them.

    A use case that takes one of the libraries offers no alternative: what
    stands beside them there goes with them.

    Args:
        connection: in a snapshot.
        libraries: ids.
        day: only what is true on it counts; None: all that is claimed.

    Returns: `{purpose, team_count, alternatives}`, at most 100; and how many there are.
    """
    served = select(PurposeClaim.purpose_id.label("id"), _TEAMS.label("team_count"))
    on_day = claimed_on(PurposeClaim, day)
    counted = (
        served.where(PurposeClaim.library_id.in_(libraries), *on_day)
        .group_by(PurposeClaim.purpose_id)
        .subquery()
    )
    total = func.count().over().label("total")
    columns = (Purpose.id, Purpose.slug, Purpose.name, counted.c.team_count, total)
    joined = select(*columns).join(counted, counted.c.id == Purpose.id)
    ordered = joined.order_by(counted.c.team_count.desc(), Purpose.name_key, Purpose.slug)
    rows = connection.execute(ordered.limit(MOST_PURPOSES)).all()
    others = _alternatives(connection, [row.id for row in rows], libraries, on_day)
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
    connection: Connection, purposes: Sequence[int], libraries: Sequence[int], on_day: Sequence[Condition]
) -> Mapping[int, list[Document]]:
    """Give by purpose the other libraries that are used for it, those of most teams first."""
    apart = and_(PurposeClaim.use_case_id.not_in(taking(libraries)), *on_day)
    best = _best(PurposeClaim.purpose_id.in_(purposes), apart)
    others: dict[int, dict[int, Document]] = defaultdict(dict)
    for row in connection.execute(_with_teams(best, apart)):
        alternative = {
            "library": {"slug": row.slug, "name": row.name},
            "teams": [],
            "team_count": row.team_count,
        }
        found = others[row.purpose_id].setdefault(row.id, alternative)
        found["teams"].append({"slug": row.team_slug, "name": row.team_name})
    return defaultdict(list, {purpose: list(found.values()) for purpose, found in others.items()})


def _best(asked: Condition, apart: Condition) -> CTE:
    """Select by purpose the libraries of most teams."""
    pair = (PurposeClaim.purpose_id, PurposeClaim.library_id)
    counted = select(*pair, _TEAMS.label("team_count")).where(asked, apart).group_by(*pair).subquery()
    # Names decide between a few only; all of them would be read for the last places otherwise.
    rank = func.rank().over(partition_by=counted.c.purpose_id, order_by=counted.c.team_count.desc())
    near = select(counted, rank.label("rank")).subquery()
    place = _place([near.c.purpose_id], near.c.team_count.desc(), Library.name_key)
    columns = (Library.id, Library.slug, Library.name, near.c.purpose_id, near.c.team_count, place)
    joined = select(*columns).join(near, near.c.library_id == Library.id)
    ranked = joined.where(near.c.rank <= MOST_ALTERNATIVES).subquery()
    return select(ranked).where(ranked.c.place <= MOST_ALTERNATIVES).cte("best")


def _with_teams(best: CTE, apart: Condition) -> Select[*tuple[Any, ...]]:
    """Select the libraries with their first teams by name: a row for each team."""
    is_same = and_(PurposeClaim.purpose_id == best.c.purpose_id, PurposeClaim.library_id == best.c.id)
    users = (
        select(*best.c, PurposeClaim.team_id).join(PurposeClaim, is_same).where(apart).distinct().subquery()
    )
    place = _place((users.c.purpose_id, users.c.id), Team.name_key, Team.slug).label("team_place")
    named = (Team.slug.label("team_slug"), Team.name.label("team_name"), place)
    ranked = select(*users.c, *named).join(Team, Team.id == users.c.team_id).subquery()
    first = select(ranked).where(ranked.c.team_place <= FIRST_TEAMS)
    return first.order_by(ranked.c.purpose_id, ranked.c.place, ranked.c.team_place)


def _place(partition: Sequence[Any], *order: Any) -> ColumnElement[int]:
    return func.row_number().over(partition_by=partition, order_by=order).label("place")
