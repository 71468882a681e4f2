"""Facets: for each filter that is counted, where its values stand.

`FACETS` names them by collection. What counts them is in counting.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause
from sqlalchemy.orm import InstrumentedAttribute

from app.models import (
    Claim,
    Evidence,
    Kind,
    Library,
    LibraryTopic,
    Organization,
    Purpose,
    PurposeClaim,
    Record,
    Source,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.services.collections import Condition
from app.services.libraries import library_claims, library_purpose_claims
from app.services.purposes import purpose_claims, purpose_use_cases
from app.services.teams import team_claims, team_use_cases
from app.services.use_cases import evidence_rows, usage_rows

Rows = Callable[[Connection, Mapping[str, Any]], Sequence[Condition]]


def _every_row(_connection: Connection, _asked: Mapping[str, Any]) -> Sequence[Condition]:
    return ()


@dataclass(frozen=True, eq=False)
class Facet:
    """Where the values of a filter stand.

    Attributes:
        value: column with what the filter takes, or with the id of the record that it names.
        record: column with the id of the record that is counted; where it is the
            record's own primary key, a record has one value at most.
        origin: what both are read from.
        names: table of the records that are the values; None: the values are plain words.
        rows: makes the conditions on a row of the origin, from the filters that speak of the same row.
    """

    value: InstrumentedAttribute[Any]
    record: InstrumentedAttribute[int]
    origin: FromClause
    names: type[Record] | None = None
    rows: Rows = _every_row

    @property
    def is_single(self) -> bool:
        """Say whether a record has one value at most."""
        return self.record.key == "id"


_USE_CASE = UseCase.__table__
_LIBRARY = Library.__table__
_TEAM = Team.__table__
_USAGE = Usage.__table__
_CLAIM = Claim.__table__
_PURPOSE_CLAIM = PurposeClaim.__table__
_SERVICE = UseCasePurpose.__table__.join(_USE_CASE)
_TOPIC = LibraryTopic.__table__
_TEAM_OF_USE_CASE = _USE_CASE.join(_TEAM)
_LIBRARY_OF_USAGE = _USAGE.join(_LIBRARY)
_TOPIC_OF_USAGE = _USAGE.join(_TOPIC, _TOPIC.c.library_id == _USAGE.c.library_id)

_USE_CASES = {
    "team": Facet(UseCase.team_id, UseCase.id, _USE_CASE, Team),
    "organization": Facet(Team.organization_id, UseCase.id, _TEAM_OF_USE_CASE, Organization),
    "area": Facet(Team.area, UseCase.id, _TEAM_OF_USE_CASE),
    "stance": Facet(UseCase.stance, UseCase.id, _USE_CASE),
    "status": Facet(UseCase.status, UseCase.id, _USE_CASE),
    "library": Facet(Usage.library_id, Usage.use_case_id, _USAGE, Library, usage_rows),
    "role": Facet(Usage.role, Usage.use_case_id, _USAGE, rows=usage_rows),
    "topic": Facet(LibraryTopic.topic, Usage.use_case_id, _TOPIC_OF_USAGE, rows=usage_rows),
    "lifecycle": Facet(Library.lifecycle, Usage.use_case_id, _LIBRARY_OF_USAGE, rows=usage_rows),
    "purpose": Facet(
        UseCasePurpose.purpose_id, UseCasePurpose.use_case_id, UseCasePurpose.__table__, Purpose
    ),
    "source": Facet(Evidence.source_id, Evidence.use_case_id, Evidence.__table__, Source, evidence_rows),
    "evidence_kind": Facet(Evidence.kind, Evidence.use_case_id, Evidence.__table__, rows=evidence_rows),
}
_LIBRARIES = {
    "kind": Facet(Library.kind, Library.id, _LIBRARY),
    "origin": Facet(Library.origin, Library.id, _LIBRARY),
    "topic": Facet(LibraryTopic.topic, LibraryTopic.library_id, _TOPIC),
    "lifecycle": Facet(Library.lifecycle, Library.id, _LIBRARY),
    "maker": Facet(Library.maker_id, Library.id, _LIBRARY, Organization),
    "license": Facet(Library.license, Library.id, _LIBRARY),
    "language": Facet(Library.language, Library.id, _LIBRARY),
    "purpose": Facet(
        PurposeClaim.purpose_id, PurposeClaim.library_id, _PURPOSE_CLAIM, Purpose, library_purpose_claims
    ),
    "used_by": Facet(Claim.team_id, Claim.library_id, _CLAIM, Team, library_claims),
}
_TEAMS = {
    "organization": Facet(Team.organization_id, Team.id, _TEAM, Organization),
    "area": Facet(Team.area, Team.id, _TEAM),
    "uses": Facet(Claim.library_id, Claim.team_id, _CLAIM, Library, team_claims),
    "purpose": Facet(UseCasePurpose.purpose_id, UseCase.team_id, _SERVICE, Purpose, team_use_cases),
}
_PURPOSES = {
    "team": Facet(UseCase.team_id, UseCasePurpose.purpose_id, _SERVICE, Team, purpose_use_cases),
    "library": Facet(
        PurposeClaim.library_id, PurposeClaim.purpose_id, _PURPOSE_CLAIM, Library, purpose_claims
    ),
}
_ORGANIZATIONS = {"area": Facet(Team.area, Team.organization_id, _TEAM)}
_SOURCES = {
    "kind": Facet(Source.kind, Source.id, Source.__table__),
    "publisher": Facet(Source.publisher, Source.id, Source.__table__),
}

FACETS: dict[Kind, dict[str, Facet]] = {
    Kind.ORGANIZATION: _ORGANIZATIONS,
    Kind.TEAM: _TEAMS,
    Kind.LIBRARY: _LIBRARIES,
    Kind.PURPOSE: _PURPOSES,
    Kind.USE_CASE: _USE_CASES,
    Kind.SOURCE: _SOURCES,
}
