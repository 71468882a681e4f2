"""The evidence of a use case, piece by piece."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from app.db import AtlasSession
from app.errors import Conflict, NotFound
from app.models import Action, Evidence, UseCase
from app.services.assigning import add_evidence
from app.services.dumping import Document, part_dumper
from app.services.holding import check_hold
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, turn_page
from app.services.use_cases import USE_CASES

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
    turned = turn_page(connection, question, query)
    items = [dumper.dump(row) for row in turned.rows]
    return {"items": items, "next": turned.next, "total": turned.total, "limit": query["limit"]}


def add(session: AtlasSession, slug: str, values: Mapping[str, Any]) -> Document:
    """Add a piece of evidence; one that is there already is given back.

    Raises:
        Conflict: it points at no source.
        Forbidden: the token is held to other teams.
        NotFound: there is no such use case.
    """
    use_case = session.get_one(UseCase, find_id(session.connection(), UseCase, slug))
    check_hold(session, use_case, Action.UPDATE)
    row = add_evidence(session, use_case, values)
    session.flush()  # the answer shows what was stored
    dumper = part_dumper(_PART)
    statement = select(Evidence.id, *dumper.columns).select_from(_PART.origin)
    return dumper.dump(session.execute(statement.where(Evidence.id == row.id)).one())


def remove(session: AtlasSession, slug: str, id_: int) -> None:
    """Remove a piece of evidence; never the last one.

    Raises:
        Conflict: it is the last one.
        Forbidden: the token is held to other teams.
        NotFound: there is no such use case, or no such evidence of it.
    """
    use_case = session.get_one(UseCase, find_id(session.connection(), UseCase, slug))
    check_hold(session, use_case, Action.UPDATE)
    rows = {row.id: row for row in use_case.evidence}
    if id_ not in rows:
        raise NotFound("This use case has no evidence of that id.")
    if len(rows) == 1:
        raise Conflict(
            "A use case keeps at least one piece of evidence. Add another one first, or delete the use case."
        )
    use_case.evidence.remove(rows[id_])
