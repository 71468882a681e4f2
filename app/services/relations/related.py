"""Which libraries are used by the same teams as a library, and how much the two sets of teams overlap."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, case, func, select

from app.models import Claim, Library
from app.services.claims import claimed_on
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.filters import filtering
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed
from app.services.relations.usages import Statement, of_day

_PARTS = 10_000  # Jaccard is counted, sorted and paged in ten-thousandths, so that it is exact


def page_of_related(connection: Connection, library_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the libraries that teams use together with a library, the closest first.

    Raises:
        NotFound: there is no such library.
    """
    library = find_id(connection, Library, library_slug)
    on_day = claimed_on(Claim, query["used_on"])
    own = select(Claim.team_id).where(Claim.library_id == library, *on_day).distinct()
    own_teams = connection.scalar(select(func.count()).select_from(own.subquery())) or 0
    together = _together(library, own, on_day)
    measured = _measured(together, own_teams)
    question = Question(
        statement=select(measured),
        count=_number(library, own, on_day),
        sorts=(
            SortKey(measured.c.parts, is_descending=True),
            SortKey(measured.c.teams_together, is_descending=True),
            SortKey(measured.c.name_key),
            SortKey(measured.c.slug),
        ),
        scope={"related to": library, **of_day(query)},
    )
    return listed(connection, question, query, lambda rows: _items(connection, library, on_day, rows))


def _items(
    connection: Connection, library: int, on_day: Sequence[Condition], rows: Sequence[Row[Any]]
) -> list[Document]:
    counts = _use_cases_together(connection, library, on_day, [row.id for row in rows])
    return [
        {
            "library": {"slug": row.slug, "name": row.name},
            "teams_together": row.teams_together,
            "teams_of_other": row.teams_of_other,
            "jaccard": row.parts / _PARTS,
            "use_cases_together": counts.get(row.id, 0),
        }
        for row in rows
    ]


def _number(library: int, own: Statement, on_day: Sequence[Condition]) -> Select[int]:
    """Count the other libraries of the library's teams."""
    used = (Claim.team_id.in_(own), Claim.library_id != library, *on_day)
    return select(func.count(Claim.library_id.distinct())).where(*used)


def _together(library: int, own: Statement, on_day: Sequence[Condition]) -> Subquery:
    """Count by other library its teams, and those that use both."""
    pairs = select(Claim.library_id, Claim.team_id).where(*on_day).distinct().subquery()
    both = func.sum(case((pairs.c.team_id.in_(own), 1), else_=0))
    columns = (pairs.c.library_id.label("id"), func.count().label("teams"), both.label("both"))
    counted = select(*columns).where(pairs.c.library_id != library).group_by(pairs.c.library_id)
    return counted.having(both > 0).subquery()


def _measured(together: Subquery, own_teams: int) -> Subquery:
    """Measure each other library: teams in common, teams of its own, overlap."""
    parts = _parts(together.c.both, own_teams + together.c.teams - together.c.both)
    columns = (Library.id, Library.slug, Library.name, Library.name_key, parts.label("parts"))
    counts = (together.c.both.label("teams_together"), together.c.teams.label("teams_of_other"))
    return select(*columns, *counts).join(together, together.c.id == Library.id).subquery()


def _parts(common: ColumnElement[int], union: ColumnElement[int]) -> ColumnElement[int]:
    """Give common / union in ten-thousandths, rounded; a half goes to the even one."""
    doubled = 2 * _PARTS * common + union
    rounded = doubled // (2 * union)
    return case((doubled % (2 * union) == 0, rounded - rounded % 2), else_=rounded)


def _use_cases_together(
    connection: Connection, library: int, on_day: Sequence[Condition], others: Sequence[int]
) -> Mapping[int, int]:
    """Count by other library the use cases that take both."""
    both = select(Claim.use_case_id).where(Claim.library_id == library)
    used = (Claim.use_case_id.in_(both), filtering(Claim.library_id, others), *on_day)
    number = func.count(Claim.use_case_id.distinct())
    statement = select(Claim.library_id, number).where(*used).group_by(Claim.library_id)
    return {row[0]: row[1] for row in connection.execute(statement)}
