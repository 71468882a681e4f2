"""Which libraries are used by the same teams as a library, and how much the two sets of teams overlap."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, case, func, select

from app.models import Library, Usage, UseCase
from app.services.claims import IN_USE
from app.services.dumping import Document
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed
from app.services.relations.usages import uses

_PARTS = 10_000  # Jaccard is counted, sorted and paged in ten-thousandths, so that it is exact


def page_of_related(connection: Connection, library_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the libraries that teams use together with a library, the closest first.

    Raises:
        NotFound: there is no such library.
    """
    library = find_id(connection, Library, library_slug)
    own = uses(UseCase.team_id).where(Usage.library_id == library, *IN_USE).distinct()
    own_teams = connection.scalar(select(func.count()).select_from(own.subquery())) or 0
    together = _together(library, own)
    measured = _measured(together, own_teams)
    question = Question(
        statement=select(measured),
        count=select(func.count()).select_from(together),
        sorts=(
            SortKey(measured.c.parts, is_descending=True),
            SortKey(measured.c.teams_together, is_descending=True),
            SortKey(measured.c.name_key),
            SortKey(measured.c.slug),
        ),
        scope={"related to": library},
    )
    return listed(connection, question, query, lambda rows: _items(connection, library, rows))


def _items(connection: Connection, library: int, rows: Sequence[Row[Any]]) -> list[Document]:
    counts = _use_cases_together(connection, library, [row.id for row in rows])
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


def _together(library: int, own: Select[*tuple[Any, ...]]) -> Subquery:
    """Count by other library the teams that use both."""
    teams = func.count(UseCase.team_id.distinct()).label("teams")
    used = (Usage.library_id != library, UseCase.team_id.in_(own), *IN_USE)
    return uses(Usage.library_id.label("id"), teams).where(*used).group_by(Usage.library_id).subquery()


def _measured(together: Subquery, own_teams: int) -> Subquery:
    """Measure each other library: teams in common, teams of its own, overlap."""
    teams = func.count(UseCase.team_id.distinct()).label("teams")
    others = uses(Usage.library_id.label("id"), teams).where(
        Usage.library_id.in_(select(together.c.id)), *IN_USE
    )
    other = others.group_by(Usage.library_id).subquery()
    parts = _parts(together.c.teams, own_teams + other.c.teams - together.c.teams)
    columns = (Library.id, Library.slug, Library.name, Library.name_key, parts.label("parts"))
    counts = (together.c.teams.label("teams_together"), other.c.teams.label("teams_of_other"))
    joined = select(*columns, *counts).select_from(together).join(other, other.c.id == together.c.id)
    return joined.join(Library, Library.id == together.c.id).subquery()


def _parts(common: ColumnElement[int], union: ColumnElement[int]) -> ColumnElement[int]:
    """Give common / union in ten-thousandths, rounded; a half goes to the even one."""
    doubled = 2 * _PARTS * common + union
    rounded = doubled // (2 * union)
    return case((doubled % (2 * union) == 0, rounded - rounded % 2), else_=rounded)


def _use_cases_together(connection: Connection, library: int, others: Sequence[int]) -> Mapping[int, int]:
    """Count by other library the use cases that take both."""
    both = select(Usage.use_case_id).where(Usage.library_id == library)
    number = func.count(UseCase.id.distinct())
    used = (UseCase.id.in_(both), Usage.library_id.in_(others), *IN_USE)
    statement = uses(Usage.library_id, number).where(*used).group_by(Usage.library_id)
    return {row[0]: row[1] for row in connection.execute(statement)}
