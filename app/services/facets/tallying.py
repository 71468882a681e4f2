"""Keeping tallies and lists of use cases in step with what is written, by a session or an import."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, inspect

from app.db import AtlasSession
from app.models import Kind, Library, Record, Team, UseCase
from app.services.facets.having import Had, had_by
from app.services.facets.listing import move
from app.services.facets.tallies import Counts, add, around, counts_of

_BEFORE = "what use cases had"
_NEW = "records that there were not before"
# What a use case counts for by way of its team and its libraries.
WAYS: Mapping[Kind, frozenset[str]] = {
    Kind.TEAM: frozenset({"organization", "area"}),
    Kind.LIBRARY: frozenset({"lifecycle", "topics"}),
}
_ATTRIBUTES = {"topics": "topic_rows"}


def note_before(session: AtlasSession, touched: Iterable[Record]) -> None:
    """Note what use cases have that are about to change, each once; before the flush."""
    records = list(touched)
    before: dict[int, Had] = session.info.setdefault(_BEFORE, {})
    new: set[Record] = session.info.setdefault(_NEW, set())
    new.update(record for record in records if record in session.new)
    use_cases = {record.id for record in records if isinstance(record, UseCase)}
    teams = [record.id for record in records if isinstance(record, Team) and _moves(record)]
    libraries = [record.id for record in records if isinstance(record, Library) and _moves(record)]
    use_cases.update(around(session.connection(), teams, libraries))
    use_cases -= {record.id for record in new if isinstance(record, UseCase)}
    for had in had_by(session.connection(), use_cases - before.keys()):
        before |= had


def settle(session: AtlasSession, use_cases: Iterable[int], records: Mapping[Kind, int]) -> None:
    """Bring tallies and lists to what was written.

    Args:
        session: that wrote.
        use_cases: ids of those that were written and are there.
        records: how many more there are of each kind.
    """
    before: dict[int, Had] = session.info.pop(_BEFORE, {})
    session.info.pop(_NEW, None)
    bring(session.connection(), before, before.keys() | set(use_cases), records)


def bring(
    connection: Connection, before: Mapping[int, Had], use_cases: Iterable[int], records: Mapping[Kind, int]
) -> None:
    """Bring tallies and lists from what was to what is.

    Args:
        connection: of the writing transaction.
        before: what use cases had that were changed or deleted, by id.
        use_cases: ids of all that were written.
        records: how many more records there are of each kind.
    """
    counts: Counts = Counter()
    gone = dict(before)
    for had in had_by(connection, use_cases):
        counts.update(counts_of(had.values()))
        move(connection, {id_: gone.pop(id_) for id_ in had if id_ in gone}, had)
    move(connection, gone, {})
    add(connection, counts_of(before.values()), counts, records)


def _moves(record: Any) -> bool:
    """Say whether a stored record changes so that its use cases count for something else."""
    state = inspect(record)
    names = (_ATTRIBUTES.get(name, name) for name in WAYS[record.record_kind])
    return state.persistent and any(state.attrs[name].history.has_changes() for name in names)
