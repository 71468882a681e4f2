"""Purposes: what they are read from, and what they can be asked."""

from app.models import Kind, Purpose
from app.schemas.records import PurposeSchema
from app.services.collections import Collection, columns_of, sorts_of
from app.services.filters import of_records

PURPOSES = Collection(
    kind=Kind.PURPOSE,
    path="purposes",
    model=Purpose,
    schema=PurposeSchema,
    origin=Purpose.__table__,
    columns=columns_of(Purpose, "name", "description"),
    filters=of_records(Purpose),
    sorts=sorts_of(Purpose, "name", Purpose.name_key),
    label=Purpose.name,
)
