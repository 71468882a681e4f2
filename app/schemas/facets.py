"""Shapes of facets: what they are asked by, and what they answer."""

from typing import Any

import marshmallow as ma

from app.models import LICENSE_LENGTH
from app.schemas.fields import Text, Url
from app.schemas.queries import (
    Choices,
    Flag,
    LibraryQuerySchema,
    ListQuerySchema,
    Number,
    OrganizationQuerySchema,
    PurposeQuerySchema,
    QuerySchema,
    SourceQuerySchema,
    TeamQuerySchema,
    UseCaseQuerySchema,
)
from app.schemas.records import Schema, shape_of
from app.schemas.search import SearchQuerySchema

VALUES_SHOWN = 20
MOST_VALUES = 200
_OF_LISTS_ALONE = {*shape_of(ListQuerySchema).fields, "members", "expand", "sort"}


def facets_of(query: type[QuerySchema], *words: str) -> type[QuerySchema]:
    """Make the query string that counts a list: its filters, and by which of them to count."""
    kept: dict[str, Any] = {
        "by": Choices(
            *words, required=True, metadata={"description": "The filters whose values are counted."}
        ),
        "exclude_self": Flag(
            load_default=False,
            metadata={"description": "Whether a facet's own filter is left out of its counts."},
        ),
        "limit": Number(
            1, MOST_VALUES, load_default=VALUES_SHOWN, metadata={"description": "Values a facet."}
        ),
    }
    left_out = tuple(sorted((_OF_LISTS_ALONE & set(shape_of(query).fields)) - set(kept)))
    meta = type("Meta", (query.Meta,), {"exclude": left_out})
    return type(query.__name__.replace("Query", "FacetQuery"), (query,), {**kept, "Meta": meta})


OrganizationFacetQuerySchema = facets_of(OrganizationQuerySchema, "area")
TeamFacetQuerySchema = facets_of(TeamQuerySchema, "organization", "area", "uses", "purpose")
LibraryFacetQuerySchema = facets_of(
    LibraryQuerySchema,
    "kind",
    "origin",
    "topic",
    "lifecycle",
    "maker",
    "license",
    "language",
    "purpose",
    "used_by",
)
PurposeFacetQuerySchema = facets_of(PurposeQuerySchema, "team", "library")
UseCaseFacetQuerySchema = facets_of(
    UseCaseQuerySchema,
    "team",
    "organization",
    "area",
    "library",
    "purpose",
    "topic",
    "role",
    "lifecycle",
    "stance",
    "status",
    "source",
    "evidence_kind",
)
SourceFacetQuerySchema = facets_of(SourceQuerySchema, "kind", "publisher")
SearchFacetQuerySchema = facets_of(SearchQuerySchema, "kind")


class FacetValueSchema(Schema):
    """A value of a filter, and how many records have it."""

    value = Text(LICENSE_LENGTH, metadata={"description": "What the filter takes: a slug or a word."})
    label = Text(LICENSE_LENGTH, metadata={"description": "Name or title; a word stands for itself."})
    count = ma.fields.Integer(metadata={"description": "Records of the list that have it."})
    url = Url(metadata={"description": "The list with this filter added."})


class FacetRestSchema(Schema):
    """The values that are not shown."""

    values = ma.fields.Integer(metadata={"description": "How many there are."})
    count = ma.fields.Integer(metadata={"description": "Sum of their counts."})


class FacetSchema(Schema):
    """The records of a list, counted by the values of a filter."""

    by = ma.fields.String(metadata={"description": "The filter."})
    values = ma.fields.List(
        ma.fields.Nested(FacetValueSchema), metadata={"description": "Most frequent first, then by name."}
    )
    rest = ma.fields.Nested(FacetRestSchema)
    missing = ma.fields.Integer(metadata={"description": "Records that were counted and have no value."})
    counted = ma.fields.Integer(
        metadata={"description": "Records that were counted: all of the list, unless `exclude_self`."}
    )


class FacetsSchema(Schema):
    """The records of a list, counted by the values of filters."""

    total = ma.fields.Integer(metadata={"description": "Records of the list."})
    facets = ma.fields.List(ma.fields.Nested(FacetSchema), metadata={"description": "In the order of `by`."})
