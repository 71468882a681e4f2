"""The chain of the change log: each row carries a hash of itself and of the row before it.

    hash = SHA-256(hash of the row before || the row in its canonical form)

The canonical form is JSON with its keys in order, so that a row says the same
on both databases, as it is written and as it is read back. The first row
stands on the anchor: what comes before it was pruned, or never was. See
decision 0023.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from app.models import SHA256_LENGTH, Atlas, Change
from app.services.prepared import Prepared

NO_HASH = "0" * SHA256_LENGTH
# What the hash of a row is made of; the hash itself stands behind them.
LINKED = (
    Change.seq,
    Change.at,
    Change.actor,
    Change.request_id,
    Change.action,
    Change.kind,
    Change.slug,
    Change.revision,
    Change.before,
    Change.after,
)


def link(previous: str, values: Sequence[Any]) -> str:
    """Give the hash of a row.

    Args:
        previous: hash of the row before it.
        values: the row, in the order of `LINKED`.
    """
    row = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous.encode() + row).hexdigest()


def head(connection: Connection) -> str:
    """Give the hash of the last change; where there is none, of the anchor."""
    ((last,),) = _HEAD.rows(connection)
    return str(last)


# The hash of the last change, beside the row of the atlas.
LAST = func.coalesce(
    select(Change.hash).where(Change.seq == Atlas.version).correlate(Atlas).scalar_subquery(),
    Atlas.anchor_hash,
)
_HEAD = Prepared(lambda _dialect: select(LAST).select_from(Atlas))


def anchor(connection: Connection, seq: int) -> None:
    """Let the chain begin behind a row of the log, so that it and all before it may be deleted.

    Args:
        connection: that holds the lock.
        seq: of a row that is there.
    """
    given = select(Change.hash).where(Change.seq == seq).scalar_subquery()
    connection.execute(update(Atlas).values(anchor_seq=seq, anchor_hash=given))
