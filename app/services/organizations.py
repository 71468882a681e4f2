"""Organizations: what they are read from, and what they can be asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.models import Kind, Organization, Team
from app.schemas.records import OrganizationSchema
from app.services.collections import Collection, Condition, columns_of, sorts_of
from app.services.filters import of_records


def _has_area(_connection: Connection, asked: Mapping[str, Any]) -> Condition:
    return Organization.id.in_(select(Team.organization_id).where(Team.area.in_(asked["area"])))


ORGANIZATIONS = Collection(
    kind=Kind.ORGANIZATION,
    path="organizations",
    model=Organization,
    schema=OrganizationSchema,
    origin=Organization.__table__,
    columns=columns_of(Organization, "name", "homepage_url", "description"),
    filters={**of_records(Organization), "area": _has_area},
    sorts=sorts_of(Organization, "name", Organization.name_key),
    label=Organization.name,
)
