"""Walking the chains of both logs: whatever was changed, deleted, moved or cut off shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, select

from app.models import Atlas, Audit, Change
from app.services import auditing, chain

_ROWS_AT_ONCE = 1_000
_IS_CHANGED = "not as it was written, or not where it was"


@dataclass(frozen=True)
class Break:
    """A place where a log is not what it was.

    Attributes:
        log: `change` or `audit`.
        seq: of the first row that it concerns.
        text: what is wrong there.
    """

    log: str
    seq: int
    text: str


@dataclass(frozen=True)
class Chain:
    """A log as its chain should be.

    Attributes:
        log: `change` or `audit`.
        linked: what the hash of a row is made of; the first one is its `seq`.
        hash: of a row.
        start: `seq` before the first row.
        anchor: hash that the first row stands on.
        end: `seq` of the last row.
        heads: hashes that were noted elsewhere, by `seq`.
    """

    log: str
    linked: tuple[Any, ...]
    hash: Any
    start: int
    anchor: str
    end: int
    heads: Mapping[int, str] = field(default_factory=dict)

    def rows(self, behind: int) -> Select[Any]:
        """Make the statement for the rows behind one, in their order."""
        seq = self.linked[0]
        return select(*self.linked, self.hash).where(seq > behind).order_by(seq)


def chains_of(connection: Connection, heads: Mapping[int, str] | None = None) -> list[Chain]:
    """Give the chains of an atlas.

    Args:
        connection: in a snapshot.
        heads: hashes of changes that were noted elsewhere, by `seq`.
    """
    row = connection.execute(select(Atlas)).one()
    return [
        Chain("change", chain.LINKED, Change.hash, row.anchor_seq, row.anchor_hash, row.version, heads or {}),
        Chain("audit", auditing.LINKED, Audit.hash, 0, chain.NO_HASH, row.audit_seq),
    ]


def heads_of(connection: Connection) -> dict[str, Any]:
    """Give the last `seq` and hash of the audit log, and the hash of the last change."""
    last = select(Audit.hash).where(Audit.seq == Atlas.audit_seq).scalar_subquery()
    row = connection.execute(select(Atlas.audit_seq, last.label("hash"))).one()
    audit = {"seq": row.audit_seq, "head": row.hash or chain.NO_HASH}
    return {"head": chain.head(connection), "audit": audit}


def breaks_of(connection: Connection, log: Chain, told: Callable[[int], Any]) -> Iterator[Break]:
    """Walk a log from its anchor to its head, and give each place where it breaks.

    Args:
        connection: in a snapshot.
        log: to walk.
        told: how many more rows were looked at.
    """
    previous, due = log.anchor, log.start + 1
    for *values, hash_ in _rows(connection, log, told):
        seq = values[0]
        if seq != due:
            yield Break(log.log, due, f"{_span(due, seq - 1)} missing")
        elif hash_ is None or chain.link(previous, values) != hash_:
            yield Break(log.log, seq, f"{_span(seq, seq)} {_IS_CHANGED}")
        elif log.heads.get(seq, hash_) != hash_:
            yield Break(log.log, seq, f"{_span(seq, seq)} not the head that was noted")
        previous, due = hash_ or "", seq + 1
    if due <= log.end:
        yield Break(log.log, due, f"{_span(due, log.end)} missing")
    elif due > log.end + 1:
        yield Break(log.log, log.end + 1, f"{_span(log.end + 1, due - 1)} more than were written")
    for seq in sorted(log.heads):
        if seq > max(log.end, due - 1):
            yield Break(log.log, seq, f"{_span(seq, seq)} missing, which a noted head tells of")


def _rows(connection: Connection, log: Chain, told: Callable[[int], Any]) -> Iterator[list[Any]]:
    """Read all rows, a thousand at a time; one that cannot be read has no hash."""
    behind = log.start
    while True:
        try:
            rows = [list(row) for row in connection.execute(log.rows(behind).limit(_ROWS_AT_ONCE))]
        except (ValueError, LookupError):
            rows = _one_by_one(connection, log, behind)
        if not rows:
            return
        yield from rows
        told(len(rows))
        behind = rows[-1][0]


def _one_by_one(connection: Connection, log: Chain, behind: int) -> list[list[Any]]:
    """Read rows of which one holds what no column of its type can hold."""
    seq = log.linked[0]
    rows = []
    for place in connection.scalars(select(seq).where(seq > behind).order_by(seq).limit(_ROWS_AT_ONCE)):
        try:
            rows.append(list(connection.execute(log.rows(place - 1).limit(1)).one()))
        except (ValueError, LookupError):
            rows.append([place, *[None] * len(log.linked)])
    return rows


def _span(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"
