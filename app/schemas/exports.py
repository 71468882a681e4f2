"""Shapes of the export: records as PUT takes them, and the document that holds them all."""

import copy
from enum import StrEnum
from functools import cache
from typing import Any, cast

import marshmallow as ma

from app.schemas.fields import Reference, Slug, Word
from app.schemas.queries import StateQuerySchema
from app.schemas.records import (
    LibrarySchema,
    OrganizationSchema,
    PurposeSchema,
    Schema,
    SourceSchema,
    TeamSchema,
    UseCaseSchema,
)


class ExportFormat(StrEnum):
    """What the atlas can be exported in."""

    JSON = "json"
    NDJSON = "ndjson"
    YAML = "yaml"
    CSV = "csv"
    SQLITE = "sqlite"
    BACKSTAGE = "backstage"
    CYCLONEDX = "cyclonedx"
    TECHRADAR = "techradar"
    TECHRADAR_BYOR = "techradar-byor"
    TECHRADAR_ZALANDO = "techradar-zalando"
    MARKDOWN = "markdown"


class ExportQuerySchema(StateQuerySchema):
    """What to export to."""

    format = Word(
        ExportFormat,
        metadata={
            "description": "`csv` is a ZIP of one table a kind, `sqlite` a database with views;"
            " `backstage` entities of a catalog, `cyclonedx` a ZIP of one BOM a team, `techradar` a radar for"
            " Backstage (others: `-byor`, `-zalando`), `markdown` a page of adopters. Without it Accept says."
        },
    )


@cache
def flat(schema: type[Schema], *, is_whole: bool = False) -> type[Schema]:
    """Make the schema of a record as PUT takes it: references as slugs.

    Args:
        schema: of the record.
        is_whole: with what the server alone sets, as the change log keeps it.
    """
    declared: dict[str, ma.fields.Field[Any]] = schema._declared_fields  # noqa: SLF001  # unbound, to be copied
    members = {
        name: _flat(field, is_whole=is_whole)
        for name, field in declared.items()
        if is_whole or not field.dump_only
    }
    word = "Stored" if is_whole else "Flat"
    made = Schema.from_dict(cast("Any", members), name=f"{word}{schema.__name__}")
    made.__doc__ = schema.__doc__
    return cast("type[Schema]", made)


def _flat(field: ma.fields.Field[Any], *, is_whole: bool) -> ma.fields.Field[Any]:
    if isinstance(field, Reference):
        return Slug(allow_none=field.allow_none, metadata=field.metadata)
    copied = copy.deepcopy(field)
    if isinstance(copied, ma.fields.List):
        copied.inner = _flat(copied.inner, is_whole=is_whole)
    elif isinstance(copied, ma.fields.Nested):
        copied.nested = flat(cast("type[Schema]", copied.nested), is_whole=is_whole)
    return copied


def _records(schema: type[Schema], **name: str) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(flat(schema)), required=True, **cast("Any", name))


ExportSchema = cast(
    "type[Schema]",
    Schema.from_dict(
        {
            "organizations": _records(OrganizationSchema),
            "sources": _records(SourceSchema),
            "teams": _records(TeamSchema),
            "libraries": _records(LibrarySchema),
            "purposes": _records(PurposeSchema),
            "use-cases": _records(UseCaseSchema),
        },
        name="ExportSchema",
    ),
)
