"""Pages by keyset: the place in a list is the sort values of the last item seen.

Or a list as a whole: the ids first, in their order, then the records in
batches, so that no statement takes long and memory stays the same; see
decision 0018.

A cursor is opaque. It carries those values and a digest of them together with
the question (filters, sort), so that a cursor of another question, or a
damaged one, is refused; see decision 0007.
"""

import base64
import binascii
import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from app.errors import Flaw, Invalid
from app.models import Record
from app.services.collections import Condition
from app.services.past import past_of
from app.services.prepared import Prepared, Statement

BATCH = 1_000
_IDS_AT_ONCE = 10_000
_DIGEST_LENGTH = 12
# Parameters of the statement for a page.
_MOST = "most"
_PLACE = "place_{}"


@dataclass(frozen=True)
class SortKey:
    """A column to sort by, and whether it runs down."""

    column: SQLColumnExpression[Any]
    is_descending: bool = False


@dataclass(frozen=True)
class Question:
    """What a page is a part of.

    Attributes:
        statement: the rows, in no order yet.
        count: how many rows there are.
        sorts: what they are sorted by; the last key is unique.
        scope: what a cursor is bound to: filters, sort, and whose list it is.
        has_ids_alone: the rows hold nothing but the id, and what they are sorted by.
        prepared: the first page and the following ones, made by `first_rows` of the same statement; None:
            the statement has values of its own.
        number: gives how many rows there are where that is kept; None: they have to be counted.
        values: parameters that all of these take beside those of the page.
    """

    statement: Statement
    count: Select[int]
    sorts: Sequence[SortKey]
    scope: Mapping[str, Any]
    has_ids_alone: bool = False
    prepared: Callable[[bool], Prepared] | None = None
    number: Callable[[Connection], int] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A part of a list.

    Attributes:
        rows: at most `limit`.
        next: cursor of the next page, or None.
        total: of all rows, or None when it was not asked for.
    """

    rows: Sequence[Any]
    next: str | None
    total: int | None


Complete = Callable[[Sequence[Any]], list[dict[str, Any]]]


@cache
def all_of(model: type[Record]) -> tuple[Statement, Select[int]]:
    """Make the statements for the ids of all records of a table, in no order, and for their number."""
    return select(model.id), select(func.count()).select_from(model)


def listed(
    connection: Connection, question: Question, query: Mapping[str, Any], complete: Complete
) -> dict[str, Any]:
    """Give a page of a list, or, where `limit` is None, all of it.

    Args:
        connection: in a snapshot, which lasts until the last item is taken.
        question: what to list; the first column is the id.
        query: `limit`, `cursor` and `total` of the query string.
        complete: makes items of rows.

    Returns: `items`, the cursor `next` (or None), `total` (or None), `limit`. The items of a whole list are
        an iterator that reads as it goes.

    Raises:
        Invalid: the cursor is damaged, or of another question.
    """
    if query["limit"] is None:
        items = (item for rows in _batches(connection, question) for item in complete(rows))
        return {"items": items, "next": None, "total": None, "limit": None}
    turned = turn_page(connection, question, query)
    return {
        "items": complete(turned.rows),
        "next": turned.next,
        "total": turned.total,
        "limit": query["limit"],
    }


def turn_page(connection: Connection, question: Question, query: Mapping[str, Any]) -> Page:
    """Read one page: a statement for the count when it is wanted, and one for the rows where there are any.

    Args:
        connection: in a snapshot.
        question: what to page through.
        query: `limit`, `cursor` and `total` of the query string.

    Raises:
        Invalid: the cursor is damaged, or of another question.
    """
    total = _count(connection, question) if query["total"] else None
    limit = query["limit"]
    past = past_of(connection)
    scope = question.scope if past is None else {**question.scope, "as_of": past.seq}
    values = {_MOST: limit + 1}
    if query["cursor"]:
        place = open_cursor(scope, query["cursor"])
        values.update({_PLACE.format(number): value for number, value in enumerate(place)})
    # Where nothing is, a planner that expects much would look through all for the first of them.
    rows = [] if total == 0 else _first_rows(connection, question, values)
    last = rows[limit - 1][-len(question.sorts) :] if len(rows) > limit else None
    return Page(rows[:limit], seal_cursor(scope, last) if last else None, total)


def _count(connection: Connection, question: Question) -> int:
    if question.number is not None:
        return question.number(connection)
    return connection.scalar(question.count, question.values) or 0


def first_rows(statement: Statement, sorts: Sequence[SortKey], *, is_continued: bool) -> Statement:
    """Make the statement for a page: in order, behind the place of a cursor, and no more than so many.

    Args:
        statement: the rows, in no order yet.
        sorts: what they are sorted by.
        is_continued: whether there is a cursor.
    """
    statement = statement.add_columns(*(key.column for key in sorts))
    if is_continued:
        statement = statement.where(_after(sorts))
    return _in_order(statement, sorts).limit(bindparam(_MOST, type_=Integer))


def pages_of(ids: Statement, sorts: Sequence[SortKey]) -> Callable[[bool], Prepared]:
    """Prepare the first page of a list and the following ones, each when it is first asked for."""

    @cache
    def page(is_continued: bool) -> Prepared:  # noqa: FBT001  # the one thing that tells them apart
        return Prepared(lambda _dialect: first_rows(ids, sorts, is_continued=is_continued))

    return page


def _first_rows(connection: Connection, question: Question, values: dict[str, Any]) -> Sequence[Any]:
    is_continued = len(values) > 1
    if question.prepared is not None:
        return question.prepared(is_continued).converted_rows(connection, **question.values, **values)
    statement = first_rows(question.statement, question.sorts, is_continued=is_continued)
    return connection.execute(statement, {**question.values, **values}).all()


def _batches(connection: Connection, question: Question) -> Iterator[Sequence[Any]]:
    """Read all rows: a statement for the ids, 8 bytes each, then one for every 1,000 rows."""
    id_ = question.statement.selected_columns[0]
    statement = question.statement.with_only_columns(id_, maintain_column_froms=True)
    in_order = _in_order(statement, question.sorts)
    found = connection.execute(in_order, question.values, execution_options={"yield_per": _IDS_AT_ONCE})
    ids = array("q")
    for part in found.scalars().partitions():
        ids.extend(part)
    # One parameter: SQLAlchemy would look at each of a thousand.
    here: BindParameter[Any] = bindparam("here", expanding=True)
    statement = question.statement.where(id_.in_(here))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH].tolist()
        if question.has_ids_alone:
            yield [(id_,) for id_ in some]
            continue
        rows = {
            row[0]: row for row in connection.execute(statement, {**question.values, here.key: some}).all()
        }
        yield [rows[id_] for id_ in some]


def _in_order(statement: Statement, sorts: Sequence[SortKey]) -> Statement:
    return statement.order_by(*(key.column.desc() if key.is_descending else key.column for key in sorts))


def _after(sorts: Sequence[SortKey]) -> Condition:
    """Make the condition for what comes behind a place in the list."""
    columns: list[Any] = [key.column for key in sorts]
    values = [bindparam(_PLACE.format(place), type_=column.type) for place, column in enumerate(columns)]
    directions = {key.is_descending for key in sorts}
    if len(directions) == 1:
        place = tuple_(*columns)
        return place < tuple_(*values) if directions.pop() else place > tuple_(*values)
    steps = []
    for depth, key in enumerate(sorts):
        same = [earlier.column == value for earlier, value in zip(sorts[:depth], values, strict=False)]
        beyond = key.column < values[depth] if key.is_descending else key.column > values[depth]
        steps.append(and_(*same, beyond))
    return or_(*steps)


def seal_cursor(scope: Mapping[str, Any], values: Sequence[Any]) -> str:
    """Make the cursor for a place: its values, bound to a question."""
    payload = orjson.dumps([{"at": value} if isinstance(value, datetime) else value for value in values])
    return _encode(_digest(scope, payload) + payload)


def open_cursor(scope: Mapping[str, Any], cursor: str) -> list[Any]:
    """Read the values of a cursor.

    Raises:
        Invalid: it is damaged, or of another question.
    """
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        digest, payload = sealed[:_DIGEST_LENGTH], sealed[_DIGEST_LENGTH:]
        if digest == _digest(scope, payload) and cursor == _encode(sealed):
            return [_revive(value) for value in orjson.loads(payload)]
    except (binascii.Error, ValueError):
        pass
    detail = "The cursor is of another question. Follow `next` as it is given, or begin without a cursor."
    raise Invalid(detail, flaws=[Flaw(detail, "cursor", parameter="cursor")])


def _encode(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _digest(scope: Mapping[str, Any], payload: bytes) -> bytes:
    question = orjson.dumps(scope, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(question + b"\0" + payload).digest()[:_DIGEST_LENGTH]


def _revive(value: Any) -> Any:
    """Give back the type of a sort value: only moments are told apart, by their mark."""
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
