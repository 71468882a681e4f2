"""What differs between two states of the atlas, from the change log alone: record by record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, and_, case, func, not_, select
from sqlalchemy.orm import aliased

from app.errors import Flaw, Invalid
from app.models import Action, Change, ChangeRecord
from app.services.differences import differences, revived
from app.services.dumping import Document
from app.services.lives import check_kept
from app.services.paging import BATCH, Question, SortKey, turn_page
from app.services.past import find_past
from app.services.standing import version_of

_FIRST, _LAST = aliased(Change), aliased(Change)
_BACKWARDS = "`from` must not lie behind `to`."


def diff(connection: Connection, query: Mapping[str, Any], now: datetime) -> Document:
    """Give the records that differ between two states, in the order of their last changes.

    Args:
        connection: in a snapshot.
        query: `from_` and `to` (a `seq` or a moment; None: now), `kind`, and `limit`, `cursor`, `total`.
        now: what lies behind it is still to come.

    Returns: as `paging.listed`, with the versions `from` and `to`. A record that came and went in between is
        not among them.

    Raises:
        Gone: one of the states lies before what is kept.
        Invalid: one of the states is still to come, or they stand the wrong way round.
    """
    start, end = _bounds(connection, query, now)
    pairs = _pairs(start, end, query["kind"])
    found = {"from": start, "to": end, "limit": query["limit"]}
    if query["limit"] is None:
        items = _all(connection, pairs.order_by(_LAST.seq))
        return {**found, "items": items, "next": None, "total": None}
    count = select(func.count()).select_from(pairs.subquery())
    scope = {"of": "diff", "from": start, "to": end, "kind": query["kind"]}
    page = turn_page(connection, Question(pairs, count, [SortKey(_LAST.seq)], scope), query)
    # The next page is of the same two states, whatever is written in between.
    following = page.next and {"from": start, "to": end, "cursor": page.next}
    return {**found, "items": _items(connection, page.rows), "next": following, "total": page.total}


def _bounds(connection: Connection, query: Mapping[str, Any], now: datetime) -> tuple[int, int]:
    """Find the versions of the two states."""
    latest = version_of(connection)[1]
    bounds = {"from": query["from_"], "to": latest if query["to"] is None else query["to"]}
    start, end = (find_past(connection, asked, now, name).seq for name, asked in bounds.items())
    check_kept(connection, start)
    if start > end:
        raise Invalid(_BACKWARDS, flaws=[Flaw(_BACKWARDS, parameter="from")])
    return start, end


def _pairs(start: int, end: int, kinds: Sequence[str]) -> Select[Any]:
    """Select the first and the last change of each record between two states.

    An id may come again for another record (on SQLite): the creations part them.
    """
    births = func.sum(case((Change.action == Action.CREATE, 1), else_=0))
    record = (ChangeRecord.kind, ChangeRecord.record_id)
    life = births.over(partition_by=record, order_by=ChangeRecord.seq)
    joined = select(*record, ChangeRecord.seq, life.label("life")).join(
        Change, Change.seq == ChangeRecord.seq
    )
    rows = joined.where(Change.seq > start, Change.seq <= end)
    lived = (rows.where(Change.kind.in_(kinds)) if kinds else rows).subquery()
    ends = select(func.min(lived.c.seq).label("first"), func.max(lived.c.seq).label("last"))
    spans = ends.group_by(lived.c.kind, lived.c.record_id, lived.c.life).subquery()
    pairs: Any = select(_LAST.seq.label("last"), _FIRST.seq.label("first")).select_from(spans)
    pairs = pairs.join(_FIRST, _FIRST.seq == spans.c.first).join(_LAST, _LAST.seq == spans.c.last)
    came_and_went = and_(_FIRST.action == Action.CREATE, _LAST.action == Action.DELETE)
    return cast("Select[Any]", pairs.where(not_(came_and_went)))


def _all(connection: Connection, pairs: Select[Any]) -> Iterator[Document]:
    rows = connection.execute(pairs).all()
    for start in range(0, len(rows), BATCH):
        yield from _items(connection, rows[start : start + BATCH])


def _items(connection: Connection, pairs: Iterable[Row[Any]]) -> list[Document]:
    """Read what the records were and became: two statements, however many records."""
    kept = list(pairs)
    firsts = select(Change.seq, Change.before).where(Change.seq.in_([pair.first for pair in kept]))
    before = {row.seq: row.before for row in connection.execute(firsts)}
    columns = (Change.seq, Change.kind, Change.slug, Change.after)
    lasts = select(*columns).where(Change.seq.in_([pair.last for pair in kept]))
    last = {row.seq: row for row in connection.execute(lasts)}
    return [_item(before[pair.first], last[pair.last]) for pair in kept]


def _item(before: Document | None, last: Row[Any]) -> Document:
    old = before and before["slug"]
    return {
        "seq": last.seq,
        "kind": last.kind,
        "slug": last.slug,
        "difference": "added" if before is None else "removed" if last.after is None else "changed",
        "old_slug": old if old != last.slug else None,
        "changed": differences(revived(before), revived(last.after)),
    }
