"""Teams: what they are read from, and what they can be asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists

from app.models import Alias, Kind, Organization, Team, UseCase
from app.schemas.records import TeamSchema
from app.services.claims import claims
from app.services.collections import Collection, Condition, Part, Pointer, columns_of, sorts_of
from app.services.filters import among, of_records, pointing_at


def team_claims(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the one use case of the team that has the library and the purpose."""
    return claims(connection, libraries=asked.get("uses"), purposes=asked.get("purpose"))


def _has_claim(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return exists().where(UseCase.team_id == Team.id, *team_claims(connection, asked))


TEAMS = Collection(
    kind=Kind.TEAM,
    path="teams",
    model=Team,
    schema=TeamSchema,
    origin=Team.__table__.join(Organization.__table__),
    columns={
        **columns_of(Team, "name", "area", "description", "contact_url"),
        "organization": Pointer(Kind.ORGANIZATION, Organization.id, Organization.slug, Organization.name),
    },
    parts={
        "aliases": Part(
            owner=Alias.team_id,
            origin=Alias.__table__,
            columns={"name": Alias.name},
            order=(Alias.name,),
            condition=Alias.is_slug.is_(False),
        )
    },
    expands={"organization": ("organization", Kind.ORGANIZATION)},
    filters={
        **of_records(Team),
        "organization": pointing_at("organization", Team.organization_id, Organization),
        "area": among("area", Team.area),
        "uses": _has_claim,
        "purpose": _has_claim,
    },
    sorts=sorts_of(Team, "name", Team.name_key),
    label=Team.name,
)
