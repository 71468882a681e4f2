"""What a team uses, who uses a library, what is used for a purpose: each once, with what is said of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Subquery, exists, func, select

from app.models import Claim, Kind, Library, Organization, Purpose, PurposeClaim, Tally, Team
from app.services.claims import claimed_on
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed
from app.services.relations.usages import (
    FIRST_TEAMS,
    PURPOSES,
    TEAMS,
    Listed,
    Owner,
    Statement,
    newest_evidence_of,
    of_day,
    references_of,
    roles_of,
    table_of,
    uses,
)

_PAGE = 50
_TEAM: tuple[Any, ...] = (
    Team.slug,
    Team.name,
    Team.area,
    Team.contact_url,
    Organization.slug.label("organization_slug"),
    Organization.name.label("organization_name"),
)


@dataclass(frozen=True, eq=False)
class _View:
    """What is listed, and with what.

    Attributes:
        owner: the end of the relation that is listed.
        used: which claims count.
        statement: the rows: id, what `head` reads, and the counts.
        sorts: what they are sorted by.
        head: makes the beginning of an item from its row.
        lists: the member that holds references, what they point at, and how many at most.
        counts: members that are counts.
        scope: what a cursor is bound to.
        number: how many items there are, where that is known; None: they have to be counted.
    """

    owner: Owner
    used: Sequence[Condition]
    statement: Statement
    sorts: Sequence[SortKey]
    head: Callable[[Any], Document]
    lists: tuple[str, Listed, int | None]
    counts: Sequence[str]
    scope: Mapping[str, Any]
    number: int | None = None


def page_of_libraries(connection: Connection, team_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the libraries that a team uses, by name.

    Raises:
        NotFound: there is no such team.
    """
    team = find_id(connection, Team, team_slug)
    used = (Claim.team_id == team, *claimed_on(Claim, query["used_on"]))
    counted = _counted(Claim.library_id, used)
    view = _View(
        owner=Claim.library_id,
        used=used,
        statement=_libraries(counted),
        sorts=(SortKey(Library.name_key), SortKey(Library.slug)),
        head=_library,
        lists=("purposes", PURPOSES, None),
        counts=("use_cases",),
        scope={"libraries of": team, **of_day(query)},
    )
    return _page(connection, view, query)


def page_of_teams(connection: Connection, library_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the teams that use a library, by name.

    Raises:
        NotFound: there is no such library.
    """
    library = find_id(connection, Library, library_slug)
    used = (Claim.library_id == library, *claimed_on(Claim, query["used_on"]))
    number, teams = connection.execute(_numbers_of_teams(used)).one()
    is_walked = number * number > _PAGE * (teams or 0)
    view = _View(
        owner=Claim.team_id,
        used=used,
        statement=_walked_teams(used) if is_walked else _teams(_counted(Claim.team_id, used)),
        sorts=(SortKey(Team.name_key), SortKey(Team.slug)),
        head=_team,
        lists=("purposes", PURPOSES, None),
        counts=("use_cases",),
        scope={"teams of": library, **of_day(query)},
        number=number,
    )
    return _page(connection, view, query)


def page_for_purpose(connection: Connection, purpose_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the libraries that are used for a purpose, those of most teams first.

    Raises:
        NotFound: there is no such purpose.
    """
    purpose = find_id(connection, Purpose, purpose_slug)
    used = (PurposeClaim.purpose_id == purpose, *claimed_on(PurposeClaim, query["used_on"]))
    counted = _counted(PurposeClaim.library_id, used)
    view = _View(
        owner=PurposeClaim.library_id,
        used=used,
        statement=_libraries(counted),
        sorts=(
            SortKey(counted.c.team_count, is_descending=True),
            SortKey(Library.name_key),
            SortKey(Library.slug),
        ),
        head=_library,
        lists=("teams", TEAMS, FIRST_TEAMS),
        counts=("team_count", "use_cases"),
        scope={"libraries for": purpose, **of_day(query)},
    )
    return _page(connection, view, query)


def _page(connection: Connection, view: _View, query: Mapping[str, Any]) -> Document:
    known = view.number
    question = Question(
        statement=view.statement,
        count=uses(view.owner, func.count(view.owner.distinct())).where(*view.used),
        sorts=view.sorts,
        scope=view.scope,
        number=None if known is None else lambda _connection: known,
    )
    return listed(connection, question, query, lambda rows: _items(connection, view, rows))


def _items(connection: Connection, view: _View, rows: Sequence[Row[Any]]) -> list[Document]:
    here = (*view.used, view.owner.in_([row.id for row in rows]))
    name, listed, most = view.lists
    lists = references_of(connection, view.owner, here, listed, most)
    roles = roles_of(connection, view.owner, here)
    newest = newest_evidence_of(connection, view.owner, here)
    return [
        {
            **view.head(row),
            name: lists[row.id],
            "roles": roles[row.id],
            **{count: getattr(row, count) for count in view.counts},
            "newest_evidence": newest[row.id],
        }
        for row in rows
    ]


def _counted(owner: Owner, used: Sequence[Condition]) -> Subquery:
    """Count teams and use cases by owner."""
    table = table_of(owner)
    teams = func.count(table.team_id.distinct()).label("team_count")
    use_cases = func.count(table.use_case_id.distinct()).label("use_cases")
    return uses(owner, owner.label("id"), teams, use_cases).where(*used).group_by(owner).subquery()


def _libraries(counted: Subquery) -> Statement:
    columns = (counted.c.id, Library.slug, Library.name, counted.c.team_count, counted.c.use_cases)
    return select(*columns).join(Library, Library.id == counted.c.id)


def _teams(counted: Subquery) -> Statement:
    """Select the teams that were counted: for few of all teams, which are sorted then."""
    joined = select(counted.c.id, *_TEAM, counted.c.use_cases).join(Team, Team.id == counted.c.id)
    return joined.join(Organization, Organization.id == Team.organization_id)


def _walked_teams(used: Sequence[Condition]) -> Statement:
    """Select the same where they are many of all teams: these are walked, and counted for a page alone."""
    own = (*used, Claim.team_id == Team.id)
    number = select(func.count(Claim.use_case_id.distinct())).where(*own).correlate(Team)
    columns = (Team.id.label("id"), *_TEAM, number.scalar_subquery().label("use_cases"))
    joined = select(*columns).join(Organization, Organization.id == Team.organization_id)
    return joined.where(exists().where(*own).correlate(Team))


def _numbers_of_teams(used: Sequence[Condition]) -> Statement:
    """Count the teams whose claims count; beside it, how many teams there are now."""
    teams = select(Tally.records).where(Tally.facet == Kind.TEAM.value, Tally.value == "")
    return uses(Claim.team_id, func.count(Claim.team_id.distinct()), teams.scalar_subquery()).where(*used)


def _library(row: Any) -> Document:
    return {"library": {"slug": row.slug, "name": row.name}}


def _team(row: Any) -> Document:
    return {
        "team": {"slug": row.slug, "name": row.name},
        "organization": {"slug": row.organization_slug, "name": row.organization_name},
        "area": row.area,
        "contact_url": row.contact_url,
    }
