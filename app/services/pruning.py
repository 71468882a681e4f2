"""Pruning: deleting the beginning of the change log; the rest of it keeps all its promises.

The state of the atlas stays. The chain of hashes goes on from an anchor, and
who asks for what is gone is told so, with the oldest version there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from app.db import AtlasSession
from app.models import Atlas, Change, ChangeRecord, ChangeTeam
from app.services import auditing, chain
from app.services.past import prune_versions

_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Plan:
    """What is to go.

    Attributes:
        oldest: the version that will be the oldest one to be asked for.
        changes: how many changes go.
    """

    oldest: int
    changes: int


def plan(connection: Connection, before: int | datetime) -> Plan:
    """Find out what goes with all changes before a `seq` or a moment; the last change always stays.

    Args:
        connection: in a snapshot, or that holds the lock.
        before: the changes from here on are kept.
    """
    earlier = Change.at < before if isinstance(before, datetime) else Change.seq < before
    kept = select(func.min(Change.seq)).where(~earlier).scalar_subquery()
    first, version, anchor = connection.execute(select(kept, Atlas.version, Atlas.anchor_seq)).one()
    oldest = max(anchor, min(first or version, version) - 1)
    return Plan(oldest, oldest - anchor)


def prune(session: AtlasSession, planned: Plan, told: Callable[[int], Any]) -> None:
    """Delete the changes of a plan, and write to the audit log that it was done.

    Args:
        session: that holds the lock.
        planned: made under the same lock.
        told: how many more changes are gone.
    """
    connection = session.connection()
    start = planned.oldest - planned.changes
    chain.anchor(connection, planned.oldest)
    anchor = connection.scalar(select(Atlas.anchor_hash))
    models: tuple[Any, ...] = (ChangeTeam, ChangeRecord, Change)
    for seq in range(start, planned.oldest, _ROWS_AT_ONCE):
        end = min(seq + _ROWS_AT_ONCE, planned.oldest)
        for model in models:
            connection.execute(delete(model).where(model.seq > seq, model.seq <= end))
        told(end - seq)
    prune_versions(connection, planned.oldest)
    auditing.note(
        session,
        "history.prune",
        "change log",
        {"until": planned.oldest, "changes": planned.changes, "hash": anchor},
    )
