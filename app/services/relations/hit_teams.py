"""The teams that are hit if a library goes: its users, and the users of what is built on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Connection, Integer, Row, column, func, select, values

from app.models import Claim, Organization, Team
from app.services.claims import claimed_on
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.filters import filtering
from app.services.relations.building import Built
from app.services.relations.usages import (
    LIBRARIES,
    PURPOSES,
    USE_CASES,
    Lists,
    Statement,
    newest_evidence_of,
    references_of,
    roles_of,
)

MOST_TEAMS = 1_000
MOST_REFERENCES = 100


@dataclass(frozen=True)
class HitTeams:
    """The teams that are hit in one way.

    Attributes:
        items: at most 1,000.
        total: how many there are.
        is_cut: a limit left something out.
    """

    items: list[Document]
    total: int
    is_cut: bool


def direct_users(connection: Connection, library: int, day: date | None) -> HitTeams:
    """Give the users of a library, by name; on a day, if one is given."""
    used = (Claim.library_id == library, *claimed_on(Claim, day))
    users = select(Claim.team_id.label("id")).where(*used).distinct().subquery()
    statement = _heads().join(users, users.c.id == Team.id).order_by(Team.name_key, Team.slug)
    rows = connection.execute(statement.limit(MOST_TEAMS)).all()
    return _complete(connection, rows, used)


def indirect_users(connection: Connection, found: Sequence[Built], day: date | None) -> HitTeams:
    """Give the users of what is built on a library, those whose tool is nearest first, each once.

    Args:
        connection: in a snapshot.
        found: what is built on it, in the order that decides which tool of a team is the nearest.
        day: only what is true on it counts; None: all that is claimed.
    """
    if not found:
        return HitTeams([], 0, is_cut=False)
    on_day = claimed_on(Claim, day)
    reached = _ranked(found)
    nearest = func.min(reached.c.rank).label("rank")
    ranked = select(Claim.team_id.label("id"), nearest).join(reached, reached.c.id == Claim.library_id)
    ranked = ranked.where(*on_day)
    users = ranked.group_by(Claim.team_id).subquery()
    statement = _heads(users.c.rank).join(users, users.c.id == Team.id)
    ordered = statement.order_by(users.c.rank, Team.name_key, Team.slug)
    rows = connection.execute(ordered.limit(MOST_TEAMS)).all()
    used = (Claim.library_id.in_([built.id for built in found]), *on_day)
    hit = _complete(connection, rows, used)
    here = (*used, filtering(Claim.team_id, [row.id for row in rows]))
    libraries = references_of(connection, Claim.team_id, here, LIBRARIES, MOST_REFERENCES + 1)
    is_cut = cut(libraries)
    for row, item in zip(rows, hit.items, strict=True):
        tool = found[row.rank]
        item |= {"through": tool.path, "depth": tool.depth, "libraries": libraries[row.id]}
    return HitTeams(hit.items, hit.total, is_cut=hit.is_cut or is_cut)


def cut(lists: Lists) -> bool:
    """Hold each list to 100 references, and say whether one was longer."""
    long = [items for items in lists.values() if len(items) > MOST_REFERENCES]
    for items in long:
        del items[MOST_REFERENCES:]
    return bool(long)


def _ranked(found: Sequence[Built]) -> CTE:
    """Give the libraries to the database with their places."""
    table = values(column("id", Integer), column("rank", Integer), name="reached")
    return table.data([(built.id, rank) for rank, built in enumerate(found)]).cte("reached")


def _heads(*columns: Any) -> Statement:
    """Begin a statement on teams; each row says too how many there are in all."""
    organization = (
        Organization.slug.label("organization_slug"),
        Organization.name.label("organization_name"),
    )
    head = (Team.id, Team.slug, Team.name, Team.contact_url, *organization)
    total = func.count().over().label("total")
    return select(*head, *columns, total).join(Organization, Organization.id == Team.organization_id)


def _complete(connection: Connection, rows: Sequence[Row[Any]], used: Sequence[Condition]) -> HitTeams:
    owner = Claim.team_id
    here = (*used, filtering(owner, [row.id for row in rows]))
    use_cases = references_of(connection, owner, here, USE_CASES, MOST_REFERENCES + 1)
    purposes = references_of(connection, owner, here, PURPOSES, MOST_REFERENCES + 1)
    roles = roles_of(connection, owner, here)
    newest = newest_evidence_of(connection, owner, here)
    are_cut = [cut(use_cases), cut(purposes)]
    items = [
        {
            "team": {"slug": row.slug, "name": row.name},
            "organization": {"slug": row.organization_slug, "name": row.organization_name},
            "contact_url": row.contact_url,
            "use_cases": use_cases[row.id],
            "purposes": purposes[row.id],
            "roles": roles[row.id],
            "newest_evidence": newest[row.id],
        }
        for row in rows
    ]
    total = rows[0].total if rows else 0
    return HitTeams(items, total, is_cut=any(are_cut) or total > MOST_TEAMS)
