"""What a team has to look at: its use cases that want attention, each with the reasons.

What is retired wants none. What is over by its `until` wants none either,
unless somebody disputes it: nobody has to keep it fresh. Only what claims use
has to say what for, and stands on libraries that have ended.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.models import (
    Check,
    Evidence,
    Library,
    Lifecycle,
    Stance,
    Status,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.schemas.worklist import Reason
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.freshness import horizon_of, today_of
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed

_ENDED = (Lifecycle.DEPRECATED, Lifecycle.ARCHIVED)
_LOST = (Check.ALTERED, Check.GONE)
_Successor = aliased(Library, name="successor")


def page_of_worklist(connection: Connection, slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the use cases of a team that want attention, those longest unsaid first.

    Args:
        connection: in a snapshot.
        slug: of the team.
        query: `stale`, the days; `reason`, any of these (none: any at all); and the page.

    Returns: as `paging.listed`, and in `counts` how many there are by reason, or None without a total.

    Raises:
        NotFound: there is no such team.
    """
    team = find_id(connection, Team, slug)
    reasons = _reasons(connection, query["stale"])
    own = (UseCase.team_id == team, UseCase.status != Status.RETIRED)
    chosen = or_(*(reasons[reason] for reason in query["reason"] or reasons))
    total, counts = _counted(connection, own, reasons, chosen) if query["total"] else (0, None)
    columns = (UseCase.id, UseCase.slug, UseCase.title, UseCase.status, UseCase.status_note, UseCase.fresh_at)
    flags = (condition.label(reason) for reason, condition in reasons.items())
    question = Question(
        statement=select(*columns, *flags).where(*own, chosen),
        count=select(func.count()).select_from(UseCase).where(*own, chosen),
        sorts=(SortKey(UseCase.fresh_at), SortKey(UseCase.slug)),
        scope={"worklist of": team, "stale": query["stale"], "reason": query["reason"]},
        number=lambda _connection: total,
    )
    page = listed(connection, question, query, lambda rows: _items(connection, rows))
    return {**page, "counts": counts}


def _reasons(connection: Connection, days: int) -> dict[Reason, Condition]:
    """Make the conditions on a use case, by reason."""
    is_on = or_(UseCase.until.is_(None), UseCase.until >= today_of(connection))
    is_used = and_(is_on, UseCase.stance == Stance.USES)
    own_evidence = exists().where(Evidence.use_case_id == UseCase.id)
    ended = exists().where(Usage.use_case_id == UseCase.id, Usage.library_id == Library.id)
    return {
        Reason.STALE: and_(is_on, UseCase.fresh_at < horizon_of(connection, days)),
        Reason.DISPUTED: UseCase.status == Status.DISPUTED,
        Reason.UNCHECKED: and_(is_on, own_evidence.where(Evidence.check == Check.UNCHECKED)),
        Reason.LOST_EVIDENCE: and_(is_on, own_evidence.where(Evidence.check.in_(_LOST))),
        Reason.WITHOUT_PURPOSE: and_(is_used, ~exists().where(UseCasePurpose.use_case_id == UseCase.id)),
        Reason.DEPRECATED_LIBRARY: and_(is_used, ended.where(Library.lifecycle.in_(_ENDED))),
    }


def _counted(
    connection: Connection, own: Sequence[Condition], reasons: Mapping[Reason, Condition], chosen: Condition
) -> tuple[int, Document]:
    """Count the use cases that are chosen, and those of each reason, in one statement."""
    numbers = [func.count().filter(condition) for condition in (chosen, *reasons.values())]
    total, *counts = connection.execute(select(*numbers).select_from(UseCase).where(*own)).one()
    return total, dict(zip(reasons, counts, strict=True))


def _items(connection: Connection, rows: Sequence[Row[Any]]) -> list[Document]:
    """Complete a page: a fixed number of statements, however many use cases."""
    evidence = _evidence_of(connection, [row.id for row in rows])
    libraries = _ended_libraries_of(connection, [row.id for row in rows if row.deprecated_library])
    return [
        {
            "use_case": {"slug": row.slug, "title": row.title},
            "reasons": [reason for reason in Reason if getattr(row, reason)],
            **{name: getattr(row, name) for name in ("status", "status_note", "fresh_at")},
            "evidence": evidence[row.id],
            "ended_libraries": libraries[row.id],
        }
        for row in rows
    ]


def _evidence_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, Document]:
    """Count the evidence of use cases by what the last look at it found."""
    owner = Evidence.use_case_id
    statement = (
        select(owner, Evidence.check, func.count()).where(owner.in_(ids)).group_by(owner, Evidence.check)
    )
    counts: dict[int, Document] = {id_: dict.fromkeys(Check, 0) for id_ in ids}
    for id_, check, count in connection.execute(statement):
        counts[id_][check] = count
    return counts


def _ended_libraries_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, list[Document]]:
    """Give the libraries of use cases that have ended, each once, by slug."""
    columns = (Usage.use_case_id, Library.slug, Library.name, Library.lifecycle)
    successor = (_Successor.slug.label("successor_slug"), _Successor.name.label("successor_name"))
    statement = select(*columns, *successor).join(Library, Library.id == Usage.library_id)
    statement = statement.outerjoin(_Successor, _Successor.id == Library.replaced_by_id)
    statement = statement.where(Usage.use_case_id.in_(ids), Library.lifecycle.in_(_ENDED)).distinct()
    libraries: dict[int, list[Document]] = defaultdict(list)
    for row in connection.execute(statement.order_by(Usage.use_case_id, Library.slug)):
        successor_of_it = {"slug": row.successor_slug, "name": row.successor_name}
        libraries[row.use_case_id].append(
            {
                "library": {"slug": row.slug, "name": row.name},
                "lifecycle": row.lifecycle,
                "replaced_by": successor_of_it if row.successor_slug else None,
            }
        )
    return libraries
