"""Records that answer through others: libraries by what they are used for, teams by what they do."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from app.models import Kind, PurposeClaim, Role, Usage, UseCase, UseCasePurpose
from app.services.claims import IS_IN_USE
from app.services.prepared import Prepared, has_given_id, ids_given
from app.services.search import engine, vocabulary
from app.services.search.meaning import How
from app.services.search.question import Asked
from app.services.search.ranking import WHOLE_COVERAGE, Hit, Reason, first
from app.services.search.words import words_of

_MOST_PURPOSES = 3
_MOST_USE_CASES = 5
_MOST_LED_TO = 10
# So many use cases tell what a purpose leads to, the latest ones; a common purpose has very many.
_LATEST = 100
_NONE = 0
_SHARE = 0.35
# What a team makes or uses for a job does the job; what it connects with is only near it.
_ROLES = {Role.BUILDS: 1.0, Role.USES: 0.9, Role.EXTENDS: 0.9, Role.INTEGRATES: 0.4}


def with_others(
    connection: Connection, hits: list[Hit], asked: Asked, entries: int, lowest: float
) -> tuple[list[Hit], Counter[Kind]]:
    """Add what the best purposes and use cases among the hits lead to.

    Args:
        connection: in a snapshot.
        hits: in any order.
        asked: the question; where it asks for teams, these are added, else libraries.
        entries: about how many records there are.
        lowest: score of what may be shown; what cannot reach it is only counted.

    Returns: all hits, in no order; how many more there are of a kind, which would stand behind all that is
        shown.
    """
    purposes = {hit.row.record_id: hit for hit in _best(hits, Kind.PURPOSE, _MOST_PURPOSES)}
    cases = {hit.row.record_id: hit for hit in _best(hits, Kind.USE_CASE, _MOST_USE_CASES)}
    kind = Kind.TEAM if Kind.TEAM in asked.favours else Kind.LIBRARY
    found: dict[int, tuple[float, Hit]] = {}
    for id_, role, origin in _ties(connection, kind, purposes, cases):
        worth = _SHARE * origin.score * _ROLES[role] / asked.favours.get(origin.kind, 1.0)
        if worth > found.get(id_, (0.0,))[0]:
            found[id_] = worth, origin
    favour = asked.favours.get(kind, 1.0)
    own = {hit.row.record_id: hit.score for hit in hits if hit.kind is kind and hit.row.record_id in found}
    # A name tells 1 at most.
    if all(own.get(id_, 0.0) + worth * favour < lowest for id_, (worth, _origin) in found.items()):
        return hits, Counter({kind: len(found) - len(own)})
    return _added(connection, hits, kind, found, favour, entries), Counter()


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
    rows = engine.entries_of(connection, kind, sorted(found))
    telling = _how_telling(connection, [row.label for row in rows], entries)
    for row in rows:
        worth, origin = found[row.record_id]
        hit = by_id.setdefault(row.id, Hit(row, kind, 0.0, origin.coverage, [], 0.0))
        hit.settle()
        hit.score += worth * telling[row.label] * favour
        hit.worth = hit.score
        hit.coverage = max(hit.coverage, origin.coverage)
        hit.reasons.append(Reason(origin.kind, origin.reasons[0].word, origin.row.label, How.EXACT))
    return list(by_id.values())


def _how_telling(connection: Connection, labels: Sequence[str], entries: int) -> dict[str, float]:
    """Say how much a library's name tells, 0 to 1: that Python is used tells less than that Boto3 is."""
    words = {label: words_of(label) for label in labels}
    known = vocabulary.known(connection, {word for held in words.values() for word in held})
    records = {word: found.records for word, found in known.items()}
    rarest = {label: min((records.get(word, 1) for word in held), default=1) for label, held in words.items()}
    return {label: math.log(1 + entries / rare) / math.log(2 + entries) for label, rare in rarest.items()}


def _best(hits: Sequence[Hit], kind: Kind, most: int) -> list[Hit]:
    return first([hit for hit in hits if hit.kind == kind and hit.coverage >= WHOLE_COVERAGE], most)


def _ties(
    connection: Connection, kind: Kind, purposes: dict[int, Hit], cases: dict[int, Hit]
) -> list[tuple[int, Role, Hit]]:
    """Find the records of a kind that purposes and use cases lead to: each with its tie, and to which."""
    if not purposes and not cases:
        return []
    served = [*purposes, *[_NONE] * (_MOST_PURPOSES - len(purposes))]
    given = {f"purpose{place}": id_ for place, id_ in enumerate(served)}
    statement = _TEAMS if kind is Kind.TEAM else _LIBRARIES
    rows = statement.rows(connection, **given, **ids_given(connection.dialect, cases))
    for_purposes = sorted([row for row in rows if row[0]], key=lambda row: (-row[0], *row[1:]))
    in_cases = sorted([row for row in rows if not row[0]], key=lambda row: (row[3], *row[1:]))
    return [(id_, role, purposes[origin]) for _many, id_, role, origin in for_purposes] + [
        (id_, role, cases[origin]) for _many, id_, role, origin in in_cases
    ]


def _latest() -> Any:
    """Select the latest use cases for each of the given purposes: (purpose, use case)."""
    parts: list[Any] = []
    for place in range(_MOST_PURPOSES):
        serves = UseCasePurpose.purpose_id == bindparam(f"purpose{place}", type_=Integer)
        ordered = select(UseCasePurpose.purpose_id, UseCasePurpose.use_case_id).where(serves)
        ordered = ordered.order_by(UseCasePurpose.use_case_id.desc()).limit(_LATEST)
        parts.append(select(*ordered.subquery().columns))
    return union_all(*parts).subquery()


def _libraries(dialect: Dialect) -> Any:
    """Select the libraries that most teams use for given purposes, and those of given use cases."""
    latest = _latest()
    columns = (PurposeClaim.library_id, PurposeClaim.role, PurposeClaim.purpose_id)
    teams = func.count(PurposeClaim.team_id.distinct()).label("many")
    is_same = (PurposeClaim.use_case_id == latest.c.use_case_id) & (
        PurposeClaim.purpose_id == latest.c.purpose_id
    )
    grouped = select(teams, *columns).join_from(latest, PurposeClaim, is_same).group_by(*columns)
    most = grouped.order_by(teams.desc(), *columns).limit(_MOST_LED_TO).subquery()
    used = select(_NO_TEAMS, Usage.library_id, Usage.role, Usage.use_case_id)
    used = used.join(UseCase, UseCase.id == Usage.use_case_id)
    return union_all(select(*most.columns), used.where(has_given_id(dialect, Usage.use_case_id), IS_IN_USE))


def _teams(dialect: Dialect) -> Any:
    """Select the teams that do most for given purposes, and those of given use cases."""
    latest = _latest()
    columns = (UseCase.team_id, latest.c.purpose_id)
    number = func.count().label("many")
    role: ColumnElement[str] = literal_column(f"'{Role.USES.value}'")
    taken = select(number, UseCase.team_id, role.label("role"), latest.c.purpose_id)
    taken = taken.join_from(latest, UseCase, UseCase.id == latest.c.use_case_id).where(IS_IN_USE)
    most = taken.group_by(*columns).order_by(number.desc(), *columns).limit(_MOST_LED_TO).subquery()
    own = select(_NO_TEAMS, UseCase.team_id, role, UseCase.id)
    return union_all(select(*most.columns), own.where(has_given_id(dialect, UseCase.id), IS_IN_USE))


_NO_TEAMS: ColumnElement[int] = literal_column("0")
_LIBRARIES, _TEAMS = Prepared(_libraries), Prepared(_teams)
