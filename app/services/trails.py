"""Trails: which record, and which team, each change of the log is about.

They stand beside the log, so that what is asked of it by record or by team is
served by an index; the log itself says the same in its documents. See
decision 0032.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from app.models import ChangeRecord, ChangeTeam, Kind, Team

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
    records = [{"seq": trail.seq, "kind": trail.kind, "record_id": trail.record_id} for trail in trails]
    for start in range(0, len(records), _CHUNK):
        connection.execute(insert(ChangeRecord), records[start : start + _CHUNK])
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
    rows = [{"team_id": team, "seq": seq} for team, seq in pairs]
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(ChangeTeam), rows[start : start + _CHUNK])
