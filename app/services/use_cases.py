"""Use cases: what they are read from, and what they can be asked (`FILTERS`)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import (
    Evidence,
    Kind,
    Library,
    LibraryTopic,
    Organization,
    Purpose,
    Source,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.schemas.records import EvidenceSchema, UsageSchema, UseCaseSchema, shape_of
from app.services.claims import is_true_on
from app.services.collections import Collection, Condition, Filter, Part, Pointer, columns_of, sorts_of
from app.services.filters import among, filtering, of_records, pointing_at, text_holds
from app.services.freshness import horizon_of
from app.services.lookup import ids_named
from app.text import contains_pattern

_SHORT_PATTERN = len(contains_pattern("ab"))


def usage_rows(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on one and the same usage: `library=flask&role=builds` is who builds Flask."""
    conditions: list[Condition] = []
    if "library" in asked:
        conditions.append(Usage.library_id.in_(ids_named(connection, Library, asked["library"])))
    if "role" in asked:
        conditions.append(Usage.role.in_(asked["role"]))
    if "topic" in asked:
        filed = select(LibraryTopic.library_id).where(LibraryTopic.topic.in_(asked["topic"]))
        conditions.append(Usage.library_id.in_(filed))
    if "lifecycle" in asked:
        conditions.append(
            Usage.library_id.in_(select(Library.id).where(Library.lifecycle.in_(asked["lifecycle"])))
        )
    return conditions


def evidence_rows(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on one and the same piece of evidence."""
    conditions: list[Condition] = []
    if "source" in asked:
        conditions.append(Evidence.source_id.in_(ids_named(connection, Source, asked["source"])))
    if "evidence_kind" in asked:
        conditions.append(Evidence.kind.in_(asked["evidence_kind"]))
    return conditions


def _has_usage(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    # Not EXISTS: SQLite would look for each library of a topic in each use case.
    return UseCase.id.in_(select(Usage.use_case_id).where(*usage_rows(connection, asked)))


def _has_evidence(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return UseCase.id.in_(select(Evidence.use_case_id).where(*evidence_rows(connection, asked)))


def _has_purpose(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    ids = ids_named(connection, Purpose, asked["purpose"])
    return UseCase.id.in_(select(UseCasePurpose.use_case_id).where(UseCasePurpose.purpose_id.in_(ids)))


def _is_of_organization(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    ids = ids_named(connection, Organization, asked["organization"])
    return UseCase.team_id.in_(select(Team.id).where(Team.organization_id.in_(ids)))


def _is_of_area(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return UseCase.team_id.in_(select(Team.id).where(Team.area.in_(asked["area"])))


def _is_true_on(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return is_true_on(UseCase, asked["used_on"])


def _is_stale(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return UseCase.fresh_at < horizon_of(connection, asked["stale"])


def _holds(pattern: str) -> Condition:
    """Look through the use case itself and the names around it: team, libraries, purposes."""
    teams = select(Team.id).where(text_holds(Team, pattern))
    libraries = select(Library.id).where(text_holds(Library, pattern))
    purposes = select(Purpose.id).where(text_holds(Purpose, pattern))
    around = (
        UseCase.team_id.in_(teams),
        _points_at(Usage.use_case_id, Usage.library_id, libraries, pattern),
        _points_at(UseCasePurpose.use_case_id, UseCasePurpose.purpose_id, purposes, pattern),
    )
    return or_(text_holds(UseCase, pattern), *around)


def _points_at(
    owner: InstrumentedAttribute[int], column: InstrumentedAttribute[int], ids: Select[int], pattern: str
) -> Condition:
    """Make the condition that a use case points at any of these records.

    What few records hold is looked up once. What nearly all hold, as they do a
    letter or two, is looked for only around the use cases that lack it.
    """
    if len(pattern) <= _SHORT_PATTERN:
        return exists().where(owner == UseCase.id, filtering(column, ids))
    return UseCase.id.in_(select(owner).where(column.in_(ids)))


FILTERS: dict[str, Filter] = {
    **of_records(UseCase, _holds),
    "team": pointing_at("team", UseCase.team_id, Team),
    "organization": _is_of_organization,
    "area": _is_of_area,
    "library": _has_usage,
    "role": _has_usage,
    "topic": _has_usage,
    "lifecycle": _has_usage,
    "purpose": _has_purpose,
    "stance": among("stance", UseCase.stance),
    "status": among("status", UseCase.status),
    "source": _has_evidence,
    "evidence_kind": _has_evidence,
    "used_on": _is_true_on,
    "stale": _is_stale,
}

_PLAIN_MEMBERS_OF_EVIDENCE = [name for name in shape_of(EvidenceSchema).fields if name != "source"]

_PARTS = {
    "purposes": Part(
        owner=UseCasePurpose.use_case_id,
        origin=UseCasePurpose.__table__.join(Purpose.__table__),
        columns={"purpose": Pointer(Kind.PURPOSE, Purpose.id, Purpose.slug, Purpose.name)},
        order=(Purpose.slug,),
    ),
    "usages": Part(
        owner=Usage.use_case_id,
        origin=Usage.__table__.join(Library.__table__),
        columns={
            "library": Pointer(Kind.LIBRARY, Library.id, Library.slug, Library.name),
            "role": Usage.role,
            "version_range": Usage.version_range,
            "scope": Usage.scope,
        },
        order=(Library.slug, Usage.role),
        schema=UsageSchema,
    ),
    "evidence": Part(
        owner=Evidence.use_case_id,
        origin=Evidence.__table__.join(Source.__table__),
        columns={
            **{name: getattr(Evidence, name) for name in _PLAIN_MEMBERS_OF_EVIDENCE},
            "source": Pointer(Kind.SOURCE, Source.id, Source.slug, Source.title),
        },
        order=(Evidence.id,),
        schema=EvidenceSchema,
    ),
}

USE_CASES = Collection(
    kind=Kind.USE_CASE,
    path="use-cases",
    model=UseCase,
    schema=UseCaseSchema,
    origin=UseCase.__table__.join(Team.__table__),
    columns={
        **columns_of(
            UseCase,
            "title",
            "description",
            "stance",
            "since",
            "until",
            "status",
            "confirmed_at",
            "confirmed_by",
            "disputed_at",
            "disputed_by",
            "status_note",
            "fresh_at",
        ),
        "team": Pointer(Kind.TEAM, Team.id, Team.slug, Team.name),
    },
    parts=_PARTS,
    expands={
        "team": ("team", Kind.TEAM),
        "libraries": ("usages.library", Kind.LIBRARY),
        "purposes": ("purposes", Kind.PURPOSE),
        "evidence": ("evidence.source", Kind.SOURCE),
    },
    filters=FILTERS,
    sorts=sorts_of(UseCase, "title", UseCase.title_key),
    label=UseCase.title,
)
