"""Libraries: what they are read from, and what they can be asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists, not_, select
from sqlalchemy.orm import aliased

from app.models import Alias, Claim, Kind, Library, LibraryTopic, Organization, PurposeClaim, Source, Usage
from app.schemas.records import LibrarySchema
from app.services.claims import claimed
from app.services.collections import Collection, Condition, Part, Pointer, columns_of, sorts_of
from app.services.filters import among, of_records, pointing_at

_Successor = aliased(Library, name="successor")
_LifecycleSource = aliased(Source, name="lifecycle_source")
_SuccessorSource = aliased(Source, name="successor_source")


def library_claims(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the claim that somebody uses the library for the purpose."""
    return claimed(connection, Claim, teams=asked.get("used_by"), purposes=asked.get("purpose"))


def library_purpose_claims(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the claim that the team uses the library for some purpose."""
    return claimed(connection, PurposeClaim, teams=asked.get("used_by"), purposes=asked.get("purpose"))


def _is_claimed(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    if "purpose" in asked:
        conditions = library_purpose_claims(connection, asked)
        return Library.id.in_(select(PurposeClaim.library_id).where(*conditions))
    return Library.id.in_(select(Claim.library_id).where(*library_claims(connection, asked)))


def _is_unused(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
    is_taken = exists().where(Usage.library_id == Library.id)
    return not_(is_taken) if asked["unused"] else is_taken


def _has_topic(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return Library.id.in_(select(LibraryTopic.library_id).where(LibraryTopic.topic.in_(asked["topic"])))


LIBRARIES = Collection(
    kind=Kind.LIBRARY,
    path="libraries",
    model=Library,
    schema=LibrarySchema,
    origin=Library.__table__.outerjoin(Organization, Organization.id == Library.maker_id)
    .outerjoin(_LifecycleSource, _LifecycleSource.id == Library.lifecycle_source_id)
    .outerjoin(_Successor, _Successor.id == Library.replaced_by_id)
    .outerjoin(_SuccessorSource, _SuccessorSource.id == Library.replaced_by_source_id),
    columns={
        **columns_of(
            Library,
            "name",
            "kind",
            "origin",
            "summary",
            "homepage_url",
            "repository_url",
            "documentation_url",
        ),
        **columns_of(Library, "purl", "license", "language", "lifecycle", "lifecycle_on", "lifecycle_note"),
        "maker": Pointer(Kind.ORGANIZATION, Organization.id, Organization.slug, Organization.name),
        "lifecycle_source": Pointer(
            Kind.SOURCE, _LifecycleSource.id, _LifecycleSource.slug, _LifecycleSource.title
        ),
        "replaced_by": Pointer(Kind.LIBRARY, _Successor.id, _Successor.slug, _Successor.name),
        "replaced_by_source": Pointer(
            Kind.SOURCE, _SuccessorSource.id, _SuccessorSource.slug, _SuccessorSource.title
        ),
    },
    parts={
        "topics": Part(
            owner=LibraryTopic.library_id,
            origin=LibraryTopic.__table__,
            columns={"topic": LibraryTopic.topic},
            order=(LibraryTopic.topic,),
        ),
        "aliases": Part(
            owner=Alias.library_id,
            origin=Alias.__table__,
            columns={"name": Alias.name},
            order=(Alias.name,),
            condition=Alias.is_slug.is_(False),
        ),
    },
    expands={"maker": ("maker", Kind.ORGANIZATION), "replaced_by": ("replaced_by", Kind.LIBRARY)},
    filters={
        **of_records(Library),
        "kind": among("kind", Library.kind),
        "origin": among("origin", Library.origin),
        "topic": _has_topic,
        "lifecycle": among("lifecycle", Library.lifecycle),
        "maker": pointing_at("maker", Library.maker_id, Organization),
        "license": among("license", Library.license),
        "language": among("language", Library.language),
        "purpose": _is_claimed,
        "used_by": _is_claimed,
        "unused": _is_unused,
    },
    sorts=sorts_of(Library, "name", Library.name_key),
    label=Library.name,
)
