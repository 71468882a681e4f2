"""Trails: which record, and which team, each change of the log is about.

They stand beside the log, so that what is asked of it by record or by team is
served by an index; the log itself says the same in its documents. See
decision 0032.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Dialect, select

from app.models import ChangeRecord, ChangeTeam, Kind, Team
from app.services.bulk import Form, Rows, inserting

_CHUNK = 1_000


class Trail(NamedTuple):
    """What a change is about.

    Attributes:
        seq: of the change.
        kind: of the record.
        record_id: of the record.
        teams: ids of the teams that it concerns.
    """

    seq: int
    kind: Kind
    record_id: int
    teams: frozenset[int]


def write_trails(connection: Connection, trails: Sequence[Trail]) -> None:
    """Write what changes are about."""
    rows = Rows(_of_records(connection.dialect))
    for trail in trails:
        rows.add_values(trail.seq, trail.kind, trail.record_id)
    rows.write(connection)
    _write_teams(connection, ((team, trail.seq) for trail in trails for team in trail.teams))


def write_left_teams(connection: Connection, left: Mapping[str, Iterable[int]]) -> None:
    """Write which teams use cases have left.

    Args:
        connection: that holds the lock.
        left: the `seq` of the changes, by slug of the team.
    """
    slugs = list(left)
    for start in range(0, len(slugs), _CHUNK):
        known = select(Team.id, Team.slug).where(Team.slug.in_(slugs[start : start + _CHUNK]))
        teams = connection.execute(known).all()
        _write_teams(connection, ((id_, seq) for id_, slug in teams for seq in left[slug]))


def _write_teams(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    rows = Rows(_of_teams(connection.dialect))
    for team, seq in pairs:
        rows.add_values(team, seq)
    rows.write(connection)


@lru_cache(maxsize=4)
def _of_records(dialect: Dialect) -> Form:
    return inserting(dialect, ChangeRecord)


@lru_cache(maxsize=4)
def _of_teams(dialect: Dialect) -> Form:
    return inserting(dialect, ChangeTeam)
