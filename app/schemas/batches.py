"""Shapes of batches: many records of one kind, read at once."""

from functools import cache
from typing import cast

import marshmallow as ma

from app.models import LIST_LENGTH, NAME_LENGTH
from app.schemas.fields import Items, Text
from app.schemas.records import Schema


class BatchSchema(Schema):
    """Which records to read."""

    slugs = Items(
        Text(NAME_LENGTH),
        required=True,
        metadata={"description": "Slugs, old slugs or aliases, in any order; the same one may stand twice."},
    )


@cache
def batch_of(item: type[Schema]) -> type[Schema]:
    """Make the schema of the records that were asked for."""
    nested = ma.fields.Nested(item, allow_none=True)
    text = "In the order of `slugs`; null where there is no such record."
    made = Schema.from_dict(
        {
            "items": ma.fields.List(nested, required=True, metadata={"description": text}),
            "limit": ma.fields.Integer(
                required=True, metadata={"description": f"Most records a batch: {LIST_LENGTH}."}
            ),
        },
        name=f"{item.__name__.removesuffix('Schema')}BatchSchema",
    )
    return cast("type[Schema]", made)
