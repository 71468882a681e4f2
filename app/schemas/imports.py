"""Imports: what is asked, what a file holds, what became of each item."""

from typing import Any, cast

import marshmallow as ma

from app.models import NAME_LENGTH, WORD_LENGTH, ImportMode, Kind, Outcome
from app.schemas.fields import Slug, Text, Url, Word
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

OWN_FORMATS = ("json", "ndjson", "yaml", "csv")
MANIFESTS = (
    *("requirements", "pyproject", "package-json", "go-mod", "uv-lock", "poetry-lock", "package-lock"),
    *("cyclonedx", "spdx"),
)
CATALOGS = ("backstage", "techradar", "adopters")
FILE_FORMATS = (*OWN_FORMATS, *MANIFESTS, *CATALOGS)


def _whose(word: str, what: str) -> Text:
    text = f"Slug, name or alias of the {word} that {what} is of."
    return Text(NAME_LENGTH, load_default=None, metadata={"description": text})


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
        metadata={
            "description": "Format of the file; the default is what Content-Type says. Manifests, SBOMs and "
            "`techradar` need `team`, `backstage` needs `organization`, `adopters` needs `library`.",
            "enum": list(FILE_FORMATS),
        },
    )
    kind = Word(
        Kind,
        load_default=None,
        metadata={"description": "The kind of all its records, where the file does not say it, as in CSV."},
    )
    team = _whose("team", "a manifest, an SBOM or a radar")
    organization = _whose("organization", "a Backstage catalog")
    library = _whose("library", "a page of adopters")
    source = Slug(
        load_default=None,
        metadata={"description": "Slug of the source that the file is; made of the owner and `file`."},
    )
    file = Text(
        WORD_LENGTH,
        load_default=None,
        metadata={"description": "What the file is called; a team may have several of one format."},
    )
    url = Url(load_default=None, metadata={"description": "Where the file can be read."})


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


class RemarkSchema(Schema):
    """What could not be taken from a file of others, or is taken with a doubt."""

    line = ma.fields.Integer(allow_none=True)
    code = ma.fields.String()
    detail = ma.fields.String()


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
    ended = ma.fields.List(
        ma.fields.String(),
        metadata={"description": "Use cases that only this manifest spoke of, and no longer does: `until`."},
    )
    detached = ma.fields.List(
        ma.fields.String(),
        metadata={
            "description": "Use cases that this manifest no longer speaks of; they have other evidence."
        },
    )
    remarks = ma.fields.List(ma.fields.Nested(RemarkSchema))
