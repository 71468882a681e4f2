"""Keeping the tallies in step with a session that writes; called by the change log."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import inspect

from app.db import AtlasSession
from app.models import Kind, Library, Record, Team, UseCase
from app.services.facets.tallies import Counts, add, around, counts_of

_BEFORE = "what use cases counted for"
_COUNTED = "use cases that are counted already"
# What a use case counts for by way of its team and its libraries.
WAYS: Mapping[Kind, frozenset[str]] = {
    Kind.TEAM: frozenset({"organization", "area"}),
    Kind.LIBRARY: frozenset({"lifecycle", "topics"}),
}
_ATTRIBUTES = {"topics": "topic_rows"}


def note_before(session: AtlasSession, touched: Iterable[Record]) -> None:
    """Count what use cases count for that are about to change, each once; before the flush."""
    records = list(touched)
    counted: set[int] = session.info.setdefault(_COUNTED, set())
    use_cases = {record.id for record in records if isinstance(record, UseCase)} - {None}
    teams = [record.id for record in records if isinstance(record, Team) and _moves(record)]
    libraries = [record.id for record in records if isinstance(record, Library) and _moves(record)]
    use_cases.update(around(session.connection(), teams, libraries))
    before: Counts = session.info.setdefault(_BEFORE, Counter())
    before.update(counts_of(session.connection(), use_cases - counted))
    counted |= use_cases


def settle(session: AtlasSession, use_cases: Iterable[int], records: Mapping[Kind, int]) -> None:
    """Bring the tallies to what was written.

    Args:
        session: that wrote.
        use_cases: ids of those that were written and are there.
        records: how many more there are of each kind.
    """
    connection = session.connection()
    changed = session.info.pop(_COUNTED, set()).union(use_cases)
    before: Counts = session.info.pop(_BEFORE, Counter())
    add(connection, before, counts_of(connection, changed), records)


def _moves(record: Any) -> bool:
    """Say whether a stored record changes so that its use cases count for something else."""
    state = inspect(record)
    names = (_ATTRIBUTES.get(name, name) for name in WAYS[record.record_kind])
    return state.persistent and any(state.attrs[name].history.has_changes() for name in names)
