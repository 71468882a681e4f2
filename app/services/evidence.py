"""The evidence of a use case, piece by piece."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from app.db import AtlasSession
from app.errors import Conflict, NotFound
from app.models import POSITION_MAXIMUM, Action, Evidence, UseCase
from app.services.assigning import add_evidence
from app.services.dumping import Document, part_dumper
from app.services.holding import check_hold
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed
from app.services.use_cases import USE_CASES
from app.services.writing import Condition, check_condition

_PART = USE_CASES.parts["evidence"]


def page_of_evidence(connection: Connection, slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the evidence of a use case, oldest first.

    Raises:
        NotFound: there is no such use case.
    """
    use_case_id = find_id(connection, UseCase, slug)
    dumper = part_dumper(_PART)
    question = Question(
        statement=select(Evidence.id, *dumper.columns)
        .select_from(_PART.origin)
        .where(_PART.owner == use_case_id),
        count=select(func.count()).select_from(Evidence).where(_PART.owner == use_case_id),
        sorts=(SortKey(Evidence.id),),
        scope={"evidence of": use_case_id},
    )
    return listed(connection, question, query, lambda rows: [dumper.dump(row) for row in rows])


def get_evidence(connection: Connection, slug: str, id_: int) -> Document:
    """Give a piece of evidence.

    Raises:
        NotFound: there is no such use case, or no such evidence of it.
    """
    use_case_id = find_id(connection, UseCase, slug)
    dumper = part_dumper(_PART)
    own = select(Evidence.id, *dumper.columns).select_from(_PART.origin).where(_PART.owner == use_case_id)
    # No database can even be asked for a number that its column cannot hold.
    row = connection.execute(own.where(Evidence.id == id_)).first() if id_ <= POSITION_MAXIMUM else None
    if row is None:
        raise _no_such_evidence()
    found: Document = dumper.dump(row)
    return found


def add(session: AtlasSession, slug: str, values: Mapping[str, Any], condition: Condition) -> Document:
    """Add a piece of evidence to a use case.

    Args:
        session: that holds the lock.
        slug: of the use case.
        values: loaded.
        condition: what the client says it knows of the use case.

    Raises:
        Conflict: it points at no source, or is there already.
        Forbidden: the token is held to other teams.
        NotFound: there is no such use case.
        Stale: the use case was changed since.
    """
    use_case = _find_for_change(session, slug, condition)
    row = add_evidence(session, use_case, values)
    session.flush()  # the answer shows what was stored
    return get_evidence(session.connection(), use_case.slug, row.id)


def remove(session: AtlasSession, slug: str, id_: int, condition: Condition) -> None:
    """Remove a piece of evidence; never the last one.

    Args:
        session: that holds the lock.
        slug: of the use case.
        id_: of the evidence.
        condition: what the client says it knows of the use case.

    Raises:
        Conflict: it is the last one.
        Forbidden: the token is held to other teams.
        NotFound: there is no such use case, or no such evidence of it.
        Stale: the use case was changed since.
    """
    use_case = _find_for_change(session, slug, condition)
    rows = {row.id: row for row in use_case.evidence}
    if id_ not in rows:
        raise _no_such_evidence()
    if len(rows) == 1:
        raise Conflict(
            "A use case keeps at least one piece of evidence. Add another one first, or delete the use case."
        )
    use_case.evidence.remove(rows[id_])


def _find_for_change(session: AtlasSession, slug: str, condition: Condition) -> UseCase:
    """Find the use case whose evidence changes; If-Match speaks of it, but is not demanded here."""
    use_case = session.get_one(UseCase, find_id(session.connection(), UseCase, slug))
    check_hold(session, use_case, Action.UPDATE)
    check_condition(session, USE_CASES, use_case, replace(condition, is_demanded=False))
    return use_case


def _no_such_evidence() -> NotFound:
    return NotFound("This use case has no evidence of that id.")
