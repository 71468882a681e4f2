"""Imports: what is asked, what a file holds, what became of each item."""

from typing import Any, cast

import marshmallow as ma

from app.models import ImportMode, Kind, Outcome
from app.schemas.fields import Word
from app.schemas.queries import Flag, QuerySchema
from app.schemas.records import (
    LibrarySchema,
    OrganizationSchema,
    PurposeSchema,
    Schema,
    SourceSchema,
    TeamSchema,
    UseCaseSchema,
)
from app.schemas.views import FlawSchema

FILE_FORMATS = ("json", "ndjson", "yaml", "csv")


class ImportQuerySchema(QuerySchema):
    """How a file is taken in."""

    mode = Word(
        ImportMode,
        load_default=ImportMode.ATOMIC,
        metadata={
            "description": "`atomic`: all items or none. `partial`: those that can be taken; 207 if not all."
        },
    )
    dry_run = Flag(
        load_default=False,
        metadata={"description": "Only answer what an import would answer, and change nothing."},
    )
    format = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(FILE_FORMATS, error=f"Must be one of: {', '.join(FILE_FORMATS)}."),
        metadata={"description": "Format of the file; the default is what Content-Type says."},
    )
    kind = Word(
        Kind,
        load_default=None,
        metadata={"description": "The kind of all its records, where the file does not say it, as in CSV."},
    )


def _lists() -> dict[str, ma.fields.Field[Any]]:
    shapes = {
        "organizations": OrganizationSchema,
        "sources": SourceSchema,
        "teams": TeamSchema,
        "libraries": LibrarySchema,
        "purposes": PurposeSchema,
        "use-cases": UseCaseSchema,
    }
    return {path: ma.fields.List(ma.fields.Nested(schema)) for path, schema in shapes.items()}


# Records by the path of their collection; they may point at one another, in any order.
ImportFileSchema = cast("type[Schema]", Schema.from_dict(_lists(), name="ImportFileSchema"))


class ImportedItemSchema(Schema):
    """What became of an item of a file."""

    pointer = ma.fields.String(metadata={"description": "JSON pointer to it: `/use-cases/17`."})
    line = ma.fields.Integer(
        allow_none=True, metadata={"description": "Line that it begins on, where the format has lines."}
    )
    kind = Word(Kind)
    slug = ma.fields.String(
        allow_none=True, metadata={"description": "Of its record; null where it has none that is one."}
    )
    result = Word(Outcome)
    errors = ma.fields.List(
        ma.fields.Nested(FlawSchema), metadata={"description": "Why it is rejected; else empty."}
    )


class ImportReportSchema(Schema):
    """What became of a file."""

    mode = Word(ImportMode)
    dry_run = ma.fields.Boolean()
    created = ma.fields.Integer(metadata={"description": "How many records are new."})
    updated = ma.fields.Integer(metadata={"description": "How many are not as they were."})
    unchanged = ma.fields.Integer(metadata={"description": "How many were so already; nothing is written."})
    rejected = ma.fields.Integer(metadata={"description": "How many items cannot be taken."})
    items = ma.fields.List(
        ma.fields.Nested(ImportedItemSchema),
        metadata={"description": "Every item, in the order of the file."},
    )
