"""Shapes of what is asked across records: who uses what, pages, problems, the map of URLs."""

from functools import cache
from typing import cast

import marshmallow as ma

from app.models import NAME_LENGTH, Role
from app.schemas.fields import Day, Text, Url, Whole, Word
from app.schemas.records import (
    LibraryReferenceSchema,
    OrganizationReferenceSchema,
    PurposeReferenceSchema,
    Schema,
    SourceReferenceSchema,
    TeamReferenceSchema,
    UseCaseReferenceSchema,
)


class NewestEvidenceSchema(Schema):
    """The newest place that says so."""

    source = ma.fields.Nested(SourceReferenceSchema)
    on = Day(allow_none=True, metadata={"description": "When the source was published, else read."})
    section = Text(NAME_LENGTH, allow_none=True)
    line = ma.fields.Integer(allow_none=True)
    use_case = ma.fields.Nested(UseCaseReferenceSchema)


class TeamLibrarySchema(Schema):
    """A library that a team uses."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    purposes = ma.fields.List(ma.fields.Nested(PurposeReferenceSchema))
    roles = ma.fields.List(Word(Role))
    use_cases = ma.fields.Integer(metadata={"description": "How many use cases say so."})
    newest_evidence = ma.fields.Nested(NewestEvidenceSchema)


class LibraryTeamSchema(Schema):
    """A team that uses a library."""

    team = ma.fields.Nested(TeamReferenceSchema)
    organization = ma.fields.Nested(OrganizationReferenceSchema)
    area = Text(NAME_LENGTH, allow_none=True)
    contact_url = Url(allow_none=True)
    purposes = ma.fields.List(ma.fields.Nested(PurposeReferenceSchema))
    roles = ma.fields.List(Word(Role))
    use_cases = ma.fields.Integer(metadata={"description": "How many use cases say so."})
    newest_evidence = ma.fields.Nested(NewestEvidenceSchema)


class PurposeLibrarySchema(Schema):
    """A library that is used for a purpose."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    teams = ma.fields.List(
        ma.fields.Nested(TeamReferenceSchema), metadata={"description": "The first 5 by name."}
    )
    roles = ma.fields.List(Word(Role))
    team_count = ma.fields.Integer(metadata={"description": "How many teams use it for this purpose."})
    use_cases = ma.fields.Integer(metadata={"description": "How many use cases say so."})
    newest_evidence = ma.fields.Nested(NewestEvidenceSchema)


class RelatedLibrarySchema(Schema):
    """A library that the same teams use."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    teams_together = ma.fields.Integer(metadata={"description": "How many teams use both."})
    teams_of_other = ma.fields.Integer(metadata={"description": "How many teams use this one."})
    jaccard = ma.fields.Float(
        metadata={
            "description": "Teams that use both, of all that use one or the other; to 4 digits.",
            "minimum": 0,
            "maximum": 1,
        }
    )
    use_cases_together = ma.fields.Integer(metadata={"description": "How many use cases take both."})


class FlawSchema(Schema):
    """One thing that is wrong with a request."""

    pointer = ma.fields.String(metadata={"description": "JSON pointer into the body."})
    parameter = ma.fields.String(metadata={"description": "Query parameter or header."})
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True)


class ProblemSchema(Schema):
    """What went wrong, and what would be right (RFC 9457)."""

    type = Url(required=True, metadata={"description": "Answers with an explanation."})
    title = ma.fields.String(required=True)
    status = Whole(100, 599, required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    code = ma.fields.String(required=True, metadata={"description": "Stable word for the problem."})
    request_id = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FlawSchema), required=True)
    near = ma.fields.List(ma.fields.String(), metadata={"description": "Slugs that look alike."})
    conflict = Url(metadata={"description": "What is in the way."})


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """Make the schema of a page of items."""
    made = Schema.from_dict(
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next": Url(required=True, allow_none=True, metadata={"description": "The next page, or null."}),
            "total": ma.fields.Integer(
                required=True, allow_none=True, metadata={"description": "Items on all pages."}
            ),
            "limit": ma.fields.Integer(required=True, metadata={"description": "Most items a page."}),
        },
        name=f"{item.__name__.removesuffix('Schema')}PageSchema",
    )
    return cast("type[Schema]", made)
