"""For which purposes libraries are used, and what else is used for the same ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from app.models import Library, Purpose, Team, Usage, UseCase, UseCasePurpose
from app.services.claims import IN_USE
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.relations.usages import FIRST_TEAMS, Statement, uses

MOST_PURPOSES = 100
MOST_ALTERNATIVES = 10

_TEAMS = func.count(UseCase.team_id.distinct())

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
    taken = (Usage.library_id.in_(libraries), *IN_USE)
    total = func.count().over().label("total")
    columns = (Purpose.id, Purpose.slug, Purpose.name, _TEAMS.label("team_count"), total)
    grouped = _serving(uses(*columns)).join(Purpose, Purpose.id == UseCasePurpose.purpose_id)
    ordered = (
        grouped.where(*taken).group_by(Purpose.id).order_by(_TEAMS.desc(), Purpose.name_key, Purpose.slug)
    )
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
    taking = select(Usage.use_case_id).where(Usage.library_id.in_(libraries))
    apart = (UseCasePurpose.purpose_id.in_(purposes), UseCase.id.not_in(taking), *IN_USE)
    place = _place([UseCasePurpose.purpose_id], _TEAMS.desc(), Library.name_key)
    columns = (Library.id, Library.slug, Library.name, _TEAMS.label("team_count"), place)
    joined = _serving(uses(UseCasePurpose.purpose_id, *columns)).join(Library, Library.id == Usage.library_id)
    ranked = joined.where(*apart).group_by(UseCasePurpose.purpose_id, Library.id).subquery()
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
    pair = (UseCasePurpose.purpose_id, Usage.library_id)
    place = _place(pair, Team.name_key, Team.slug)
    joined = _serving(uses(*pair, Team.slug, Team.name, place)).join(Team, Team.id == UseCase.team_id)
    # The sum keeps SQLite from trying every library of the pairs on every use case.
    wanted = tuple_(UseCasePurpose.purpose_id, Usage.library_id + 0).in_(pairs)
    ranked = joined.where(*apart, wanted).group_by(*pair, Team.id).subquery()
    first = select(ranked).where(ranked.c.place <= FIRST_TEAMS).order_by(ranked.c.place)
    teams: dict[Pair, list[Document]] = defaultdict(list)
    for row in connection.execute(first):
        teams[row.purpose_id, row.library_id].append({"slug": row.slug, "name": row.name})
    return teams


def _serving(statement: Statement) -> Statement:
    return statement.join(UseCasePurpose, UseCasePurpose.use_case_id == UseCase.id)


def _place(partition: Sequence[Any], *order: Any) -> ColumnElement[int]:
    return func.row_number().over(partition_by=partition, order_by=order).label("place")
