"""Organizations: what they are read from, and what they can be asked."""

from app.models import Kind, Organization
from app.schemas.records import OrganizationSchema
from app.services.collections import Collection, columns_of, sorts_of
from app.services.filters import of_records

ORGANIZATIONS = Collection(
    kind=Kind.ORGANIZATION,
    path="organizations",
    model=Organization,
    schema=OrganizationSchema,
    origin=Organization.__table__,
    columns=columns_of(Organization, "name", "homepage_url", "description"),
    filters=of_records(Organization),
    sorts=sorts_of(Organization, "name", Organization.name_key),
    label=Organization.name,
)
