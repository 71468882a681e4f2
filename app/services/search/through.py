"""Records that answer through others: libraries by what they are used for, teams by what they do."""

import math
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from app.models import (
    Kind,
    PurposeClaim,
    Role,
    SearchEntry,
    SearchWord,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.services.claims import IN_USE
from app.services.search.meaning import How
from app.services.search.question import Asked
from app.services.search.ranking import WHOLE_COVERAGE, Hit, Reason
from app.services.search.words import words_of

_MOST_PURPOSES = 3
_MOST_USE_CASES = 5
_MOST_LED_TO = 10
_SHARE = 0.35
# What a team makes or uses for a job does the job; what it connects with is only near it.
_ROLES = {Role.BUILDS: 1.0, Role.USES: 0.9, Role.EXTENDS: 0.9, Role.INTEGRATES: 0.4}


def with_others(connection: Connection, hits: Sequence[Hit], asked: Asked, entries: int) -> list[Hit]:
    """Add what the best purposes and use cases among the hits lead to.

    Args:
        connection: in a snapshot.
        hits: ranked.
        asked: the question; where it asks for teams, these are added, else libraries.
        entries: about how many records there are.

    Returns: all hits, ranked anew.
    """
    purposes = {hit.row.record_id: hit for hit in _best(hits, Kind.PURPOSE, _MOST_PURPOSES)}
    cases = {hit.row.record_id: hit for hit in _best(hits, Kind.USE_CASE, _MOST_USE_CASES)}
    kind = Kind.TEAM if Kind.TEAM in asked.favours else Kind.LIBRARY
    if kind is Kind.TEAM:
        ties = [*_working_for(connection, purposes), *_working_in(connection, cases)]
    else:
        ties = [*_used_for(connection, purposes), *_used_in(connection, cases)]
    found: dict[int, tuple[float, Hit]] = {}
    for id_, role, origin in ties:
        worth = _SHARE * origin.score * _ROLES[role] / asked.favours.get(origin.row.kind, 1.0)
        if worth > found.get(id_, (0.0,))[0]:
            found[id_] = worth, origin
    return _added(connection, hits, kind, found, asked.favours.get(kind, 1.0), entries)


def _added(
    connection: Connection,
    hits: Sequence[Hit],
    kind: Kind,
    found: Mapping[int, tuple[float, Hit]],
    favour: float,
    entries: int,
) -> list[Hit]:
    """Add records of a kind to the hits, or to what they are worth where they are hits anyway."""
    by_id = {hit.row.id: hit for hit in hits}
    wanted = (SearchEntry.kind == kind, SearchEntry.record_id.in_(found))
    rows = connection.execute(select(SearchEntry.__table__).where(*wanted)).all() if found else []
    telling = _how_telling(connection, [row.label for row in rows], entries) if rows else {}
    for row in rows:
        worth, origin = found[row.record_id]
        hit = by_id.setdefault(row.id, Hit(row, 0.0, origin.coverage))
        hit.score += worth * telling[row.label] * favour
        hit.coverage = max(hit.coverage, origin.coverage)
        hit.reasons.append(Reason(origin.row.kind, origin.reasons[0].word, origin.row.label, How.EXACT))
    return sorted(by_id.values(), key=lambda hit: hit.order)


def _how_telling(connection: Connection, labels: Sequence[str], entries: int) -> dict[str, float]:
    """Say how much a library's name tells, 0 to 1: that Python is used tells less than that Boto3 is."""
    words = {label: words_of(label) for label in labels}
    wanted = sorted({word for held in words.values() for word in held})
    statement = select(SearchWord.word, SearchWord.records).where(SearchWord.word.in_(wanted))
    records = {row.word: row.records for row in connection.execute(statement)}
    rarest = {label: min((records.get(word, 1) for word in held), default=1) for label, held in words.items()}
    return {label: math.log(1 + entries / rare) / math.log(2 + entries) for label, rare in rarest.items()}


def _best(hits: Sequence[Hit], kind: Kind, most: int) -> list[Hit]:
    whole = [hit for hit in hits if hit.row.kind == kind and hit.coverage >= WHOLE_COVERAGE]
    return whole[:most]


def _used_for(connection: Connection, purposes: dict[int, Hit]) -> list[tuple[int, Role, Hit]]:
    """Find the libraries that most teams use for each purpose."""
    if not purposes:
        return []
    columns = (PurposeClaim.purpose_id, PurposeClaim.library_id, PurposeClaim.role)
    teams = func.count(PurposeClaim.team_id.distinct())
    grouped = select(*columns, teams).where(PurposeClaim.purpose_id.in_(purposes)).group_by(*columns)
    ordered = grouped.order_by(teams.desc(), *columns[1:], columns[0])
    rows = connection.execute(ordered.limit(_MOST_LED_TO)).all()
    return [(row.library_id, row.role, purposes[row.purpose_id]) for row in rows]


def _used_in(connection: Connection, cases: dict[int, Hit]) -> list[tuple[int, Role, Hit]]:
    """Find the libraries of use cases."""
    if not cases:
        return []
    used = select(Usage.use_case_id, Usage.library_id, Usage.role).join(
        UseCase, UseCase.id == Usage.use_case_id
    )
    statement = used.where(Usage.use_case_id.in_(cases), *IN_USE)
    rows = connection.execute(statement.order_by(Usage.use_case_id, Usage.library_id, Usage.role)).all()
    return [(row.library_id, row.role, cases[row.use_case_id]) for row in rows]


def _working_for(connection: Connection, purposes: dict[int, Hit]) -> list[tuple[int, Role, Hit]]:
    """Find the teams that do most for each purpose."""
    if not purposes:
        return []
    serves = UseCasePurpose.use_case_id == UseCase.id
    columns = (UseCasePurpose.purpose_id, UseCase.team_id)
    taken = select(*columns).join(UseCase, serves).where(UseCasePurpose.purpose_id.in_(purposes), *IN_USE)
    ordered = taken.group_by(*columns).order_by(func.count().desc(), UseCase.team_id, columns[0])
    rows = connection.execute(ordered.limit(_MOST_LED_TO)).all()
    return [(row.team_id, Role.USES, purposes[row.purpose_id]) for row in rows]


def _working_in(connection: Connection, cases: dict[int, Hit]) -> list[tuple[int, Role, Hit]]:
    """Find the teams of use cases."""
    if not cases:
        return []
    statement = select(UseCase.id, UseCase.team_id).where(UseCase.id.in_(cases), *IN_USE)
    rows = connection.execute(statement.order_by(UseCase.id)).all()
    return [(row.team_id, Role.USES, cases[row.id]) for row in rows]
