"""Lives: from where to where in the change log a record was, through all of its slugs.

A slug may come again, and on SQLite an id too, but never within one life.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, false, func, or_, select

from app.errors import Gone
from app.models import Action, Atlas, Change, ChangeRecord, Kind
from app.services.collections import Condition
from app.services.past import past_of
from app.text import SLUG_LENGTH, SLUG_PATTERN

_SLUG = re.compile(SLUG_PATTERN)


class Life(NamedTuple):
    """A record, from its first change that is kept to its last one.

    Attributes:
        record_id: its id then.
        first: `seq` of its first change; 0 where that is not kept.
        last: `seq` of its last change.
        is_over: whether that deleted it.
    """

    record_id: int
    first: int
    last: int
    is_over: bool


def lives_of(connection: Connection, kind: Kind, slugs: Iterable[str]) -> list[Life]:
    """Find the records that ever had one of some slugs, oldest first: one statement.

    Args:
        connection: in a snapshot.
        kind: of the records.
        slugs: that they have, or had for a while.
    """
    known = [slug for slug in slugs if is_slug(slug)]
    here = select(ChangeRecord.record_id).join(Change, Change.seq == ChangeRecord.seq)
    ids = here.where(Change.kind == kind, Change.slug.in_(known))
    births = func.sum(case((Change.action == Action.CREATE, 1), else_=0))
    rows = (
        select(
            ChangeRecord.record_id,
            ChangeRecord.seq,
            case((Change.slug.in_(known), 1), else_=0).label("has_slug"),
            case((Change.action == Action.DELETE, 1), else_=0).label("is_end"),
            births.over(partition_by=ChangeRecord.record_id, order_by=ChangeRecord.seq).label("life"),
        )
        .join(Change, Change.seq == ChangeRecord.seq)
        .where(ChangeRecord.kind == kind, ChangeRecord.record_id.in_(ids))
        .subquery()
    )
    # What is kept of a life may begin with changes of other records that concern it.
    first = case((rows.c.life == 0, 0), else_=func.min(rows.c.seq))
    members = (rows.c.record_id, first, func.max(rows.c.seq), func.max(rows.c.is_end))
    lives = select(*members).group_by(rows.c.record_id, rows.c.life)
    found = connection.execute(lives.having(func.max(rows.c.has_slug) == 1).order_by(first))
    return [Life(id_, first, last, bool(is_over)) for id_, first, last, is_over in found]


def within(kind: Kind, lives: list[Life]) -> Condition:
    """Make the condition that a change, joined with its `ChangeRecord`, is of one of these lives."""
    spans = [
        and_(
            ChangeRecord.kind == kind,
            ChangeRecord.record_id == life.record_id,
            ChangeRecord.seq.between(life.first, life.last),
        )
        for life in lives
    ]
    return or_(false(), *spans)


def check_not_gone(connection: Connection, kind: Kind, slug: str) -> None:
    """Check that no record that is gone, in the state that the connection shows, had this slug.

    Raises:
        Gone: one had; its history tells the rest.
    """
    was, past = (
        select(Change.seq).where(Change.kind == kind, Change.slug == slug).limit(1),
        past_of(connection),
    )
    if past is not None:
        was = was.where(Change.seq <= past.seq)
    if is_slug(slug) and connection.scalar(was) is not None:
        detail = f"This {kind.replace('_', ' ')} is gone. Its history tells when, and what it was."
        raise Gone(detail, members={"history": (kind, slug)})


def check_kept(connection: Connection, seq: int) -> None:
    """Check that all changes behind one are kept.

    Raises:
        Gone: some were pruned.
    """
    oldest = connection.scalar(select(Atlas.anchor_seq)) or 0
    if seq < oldest:
        detail = f"The log was pruned; the oldest version that can be asked for is {oldest}."
        raise Gone(detail, "history_pruned", members={"oldest": oldest})


def is_slug(text: str) -> bool:
    """Say whether a text may be a slug; PostgreSQL cannot even be asked for every other one."""
    return len(text) <= SLUG_LENGTH and _SLUG.fullmatch(text) is not None
