"""Claims that contradict one another: a team uses a library, and does not use it, at one time."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Connection, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.models import Claim, Library, Stance, Status, Team, Usage, UseCase
from app.services.claims import is_true_on
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.lookup import ids_named
from app.services.paging import Question, SortKey, listed
from app.services.reading import documents
from app.services.relations.usages import of_day
from app.services.use_cases import USE_CASES

Statement = Select[*tuple[Any, ...]]

_Denial = aliased(UseCase, name="denial")


def page_of_conflicts(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Give a page of contradictions, by team and library.

    Args:
        connection: in a snapshot.
        query: filters `team` and `library` by any name, the day `used_on`, and the page.
    """
    pairs = _pairs(connection, query).subquery()
    statement = select(
        pairs.c.use_case_id,
        pairs.c.denial_id,
        Team.slug.label("team"),
        Team.name.label("team_name"),
        Library.slug.label("library"),
        Library.name.label("library_name"),
    )
    question = Question(
        statement=statement.join(Team, Team.id == pairs.c.team_id).join(
            Library, Library.id == pairs.c.library_id
        ),
        count=select(func.count()).select_from(pairs),
        sorts=[
            SortKey(column) for column in (Team.slug, Library.slug, pairs.c.use_case_id, pairs.c.denial_id)
        ],
        scope={"of": "conflicts", "team": query["team"], "library": query["library"], **of_day(query)},
    )
    return listed(connection, question, query, lambda rows: _items(connection, rows))


def _pairs(connection: Connection, query: Mapping[str, Any]) -> Statement:
    """Select what contradicts one another, each pair of claims once for each library.

    It begins with the denials, which are few and read from indexes alone; what is claimed stands in
    `claim`, retired ones left out.
    """
    denied = _denied(connection, query)
    columns = (Claim.team_id, Claim.library_id, Claim.use_case_id, denied.c.id.label("denial_id"))
    is_of_both = and_(Claim.library_id == denied.c.library_id, Claim.team_id == denied.c.team_id)
    statement = select(*columns).select_from(denied).join(Claim, is_of_both)
    statement = statement.join(UseCase, UseCase.id == Claim.use_case_id)
    statement = statement.join(_Denial, _Denial.id == denied.c.id)
    day = query["used_on"]
    told = _overlap() if day is None else (is_true_on(UseCase, day), is_true_on(_Denial, day))
    return statement.where(*told).distinct()


def _denied(connection: Connection, query: Mapping[str, Any]) -> CTE:
    """Select what teams are said not to use; made once, or SQLite would walk through it for each claim."""
    conditions: list[Condition] = [UseCase.stance == Stance.DOES_NOT_USE, UseCase.status != Status.RETIRED]
    if query["team"]:
        conditions.append(UseCase.team_id.in_(ids_named(connection, Team, query["team"])))
    if query["library"]:
        conditions.append(Usage.library_id.in_(ids_named(connection, Library, query["library"])))
    statement = select(UseCase.id, UseCase.team_id, Usage.library_id).join(Usage).where(*conditions)
    return statement.cte("denied").prefix_with("MATERIALIZED")


def _overlap() -> tuple[Condition, Condition]:
    """Make the conditions that both are true on some day; what has no beginning or end is always true."""
    return _is_not_after(UseCase.since, _Denial.until), _is_not_after(_Denial.since, UseCase.until)


def _is_not_after(since: Any, until: Any) -> Condition:
    return or_(since.is_(None), until.is_(None), since <= until)


def _items(connection: Connection, rows: Sequence[Row[Any]]) -> list[Document]:
    """Put the claims into the pairs: a fixed number of statements, however many pairs."""
    ids = {id_ for row in rows for id_ in (row.use_case_id, row.denial_id)}
    claims = documents(connection, USE_CASES, ids)
    return [
        {
            "team": {"slug": row.team, "name": row.team_name},
            "library": {"slug": row.library, "name": row.library_name},
            "uses": claims[row.use_case_id],
            "does_not_use": claims[row.denial_id],
        }
        for row in rows
    ]
