"""The change feed: the log in the order of commits, behind a change that the reader has seen.

One writer at a time takes its `seq` and commits before the next one begins, so
that who reads behind a `seq` misses nothing and gets nothing twice; see
decision 0009.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, exists, false, func, or_, select, tuple_, union

from app.models import Alias, Change, ChangeRecord, ChangeTeam, Kind, Team
from app.services.collections import Condition
from app.services.differences import revived
from app.services.dumping import Document
from app.services.lives import check_kept, is_slug, lives_of
from app.services.lookup import target_column
from app.services.paging import BATCH
from app.services.standing import version_of

_RENAMED = func.coalesce(*(target_column(kind) for kind in Kind))
_OLD_SLUG = Change.before["slug"].as_string()
_COLUMNS = (
    *(Change.seq, Change.at, Change.actor, Change.request_id, Change.action, Change.kind),
    *(Change.slug, Change.revision, _OLD_SLUG.label("old_slug")),
)
Query = Mapping[str, Any]


def feed(connection: Connection, query: Query) -> Document:
    """Give the changes behind one, oldest first.

    Args:
        connection: in a snapshot.
        query: `since`, `limit` (None: all), `kind`, `slug`, `team`, `expand`.

    Returns: `items`; `next`, the parameters to go on with, also at the end; `latest`, the
        version of the atlas. All of the changes are an iterator that reads as it goes.

    Raises:
        Gone: changes behind this one were pruned.
    """
    check_kept(connection, query["since"])
    conditions, latest = _conditions(connection, query), version_of(connection)[1]
    end = max(query["since"], latest)
    if query["limit"] is None:
        return {"items": _all(connection, conditions, query), "next": {"since": end}, "latest": latest}
    rows = _rows(connection, conditions, query, query["since"], query["limit"] + 1)
    shown = rows[: query["limit"]]
    following = shown[-1]["seq"] if len(rows) > len(shown) else end
    return {"items": [_item(row, query) for row in shown], "next": {"since": following}, "latest": latest}


def has_news(connection: Connection, query: Query) -> bool:
    """Say whether there is a change behind the one that the reader has seen.

    Raises: as `feed`.
    """
    return bool(feed(connection, {**query, "limit": 1, "expand": []})["items"])


def _all(connection: Connection, conditions: Iterable[Condition], query: Query) -> Iterator[Document]:
    seq = query["since"]
    while rows := _rows(connection, conditions, query, seq, BATCH):
        yield from (_item(row, query) for row in rows)
        seq = rows[-1]["seq"]


def _rows(
    connection: Connection, conditions: Iterable[Condition], query: Query, since: int, limit: int
) -> list[RowMapping]:
    expanded = [getattr(Change, side) for side in query["expand"]]
    statement: Select[Any] = select(*_COLUMNS, *expanded).where(Change.seq > since, *conditions)
    return list(connection.execute(statement.order_by(Change.seq).limit(limit)).mappings())


def _conditions(connection: Connection, query: Query) -> list[Condition]:
    conditions: list[Condition] = []
    if query["kind"]:
        conditions.append(Change.kind.in_(query["kind"]))
    if query["slug"]:
        conditions.append(_has_slug(query["slug"], query["kind"] or list(Kind)))
    if query["team"]:
        conditions.append(_concerns(connection, query["team"], query["since"]))
    return conditions


def _has_slug(slugs: list[str], kinds: list[Kind]) -> Condition:
    """Make the condition that a record had one of some slugs before a change, or behind it.

    The records that ever had one are found by an index, then their changes: by what is kept of the log, and
    by old slugs, since a pruned log may begin with the change that renamed a record.
    """
    told = select(ChangeRecord.kind, ChangeRecord.record_id).join(Change, Change.seq == ChangeRecord.seq)
    told = told.where(Change.kind.in_(kinds), Change.slug.in_(slugs))
    renamed = select(Alias.kind, _RENAMED).where(Alias.kind.in_(kinds), Alias.key.in_(slugs))
    record = tuple_(ChangeRecord.kind, ChangeRecord.record_id)
    of_records = select(ChangeRecord.seq).where(record.in_(union(told, renamed)))
    return and_(Change.seq.in_(of_records), or_(Change.slug.in_(slugs), _OLD_SLUG.in_(slugs)))


def _concerns(connection: Connection, slugs: list[str], since: int) -> Condition:
    """Make the condition that a change is of some teams or of their use cases, now or then."""
    spans = [
        and_(
            ChangeTeam.team_id == life.record_id,
            ChangeTeam.seq >= life.first,
            *([ChangeTeam.seq <= life.last] if life.is_over else []),
        )
        for life in lives_of(connection, Kind.TEAM, slugs)
    ]
    spans.append(ChangeTeam.team_id.in_(_without_own_changes(slugs)))
    return Change.seq.in_(select(ChangeTeam.seq).where(ChangeTeam.seq > since, or_(false(), *spans)))


def _without_own_changes(slugs: list[str]) -> Select[int]:
    """Select the teams of some slugs of whose own changes none is kept."""
    own = exists().where(ChangeRecord.kind == Kind.TEAM, ChangeRecord.record_id == Team.id)
    return select(Team.id).where(Team.slug.in_(filter(is_slug, slugs)), ~own)


def _item(row: RowMapping, query: Query) -> Document:
    item = {"before": None, "after": None, **row}
    item["old_slug"] = item["old_slug"] if item["old_slug"] != item["slug"] else None
    return {name: revived(value) if name in query["expand"] else value for name, value in item.items()}
