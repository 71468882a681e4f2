"""Teams: what they are read from, and what they can be asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.models import Alias, Claim, Kind, Organization, PurposeClaim, Team, UseCase
from app.schemas.records import TeamSchema
from app.services.claims import claimed, in_use
from app.services.collections import Collection, Condition, Part, Pointer, columns_of, sorts_of
from app.services.filters import among, of_records, pointing_at


def team_claims(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the claim that the team uses some library for the purpose."""
    return claimed(connection, Claim, libraries=asked.get("uses"), purposes=asked.get("purpose"))


def team_use_cases(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the one use case of the team that has the library and the purpose."""
    return in_use(connection, libraries=asked.get("uses"), purposes=asked.get("purpose"))


def _has_claim(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    if "uses" in asked and "purpose" in asked:
        conditions = claimed(connection, PurposeClaim, libraries=asked["uses"], purposes=asked["purpose"])
        return Team.id.in_(select(PurposeClaim.team_id).where(*conditions))
    if "uses" in asked:
        return Team.id.in_(select(Claim.team_id).where(*team_claims(connection, asked)))
    # A use case may say for what a team has tools, and name none.
    return Team.id.in_(select(UseCase.team_id).where(*team_use_cases(connection, asked)))


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
