"""Shapes of the coverage: what is known of teams and libraries, and what is not."""

from enum import StrEnum

import marshmallow as ma

from app.models import NAME_LENGTH
from app.schemas.fields import Day, Text, Word
from app.schemas.queries import DayQuerySchema, Number, PageQuerySchema, Several, filters, named
from app.schemas.records import LibraryReferenceSchema, Schema, SourceReferenceSchema, TeamReferenceSchema
from app.schemas.views import NewestEvidenceSchema, page_of

PAGE_SIZE = 20
LARGEST_PAGE = 50
COLUMNS = 20
MOST_COLUMNS = 100


class State(StrEnum):
    """What is known of a team and a library."""

    USED = "used"
    STATED_NOT_USED = "stated_not_used"
    DISPUTED = "disputed"
    NO_EVIDENCE = "no_evidence"


LEGEND = {
    State.USED: "A use case that is not retired says that the team uses the library.",
    State.STATED_NOT_USED: "A use case that is not retired says that the team does not use the library.",
    State.DISPUTED: "One use case says that the team uses the library, another one that it does not.",
    State.NO_EVIDENCE: "Nothing is known; this is no statement that the team does not use the library.",
}


class CoverageQuerySchema(DayQuerySchema, PageQuerySchema):
    """Which teams, which libraries, and what counts as evidence."""

    team = named("the team")
    organization = named("the team's organization")
    area = filters(Text(NAME_LENGTH), "The team's field of work.")
    library = Several(
        Text(NAME_LENGTH),
        load_default=list,
        validate=ma.validate.Length(max=MOST_COLUMNS, error=f"Must be given at most {MOST_COLUMNS} times."),
        metadata={
            "description": "Slug, name or alias of a library to show; without one the most used are shown.",
            "maxItems": MOST_COLUMNS,
        },
    )
    purpose = filters(
        Text(NAME_LENGTH),
        "Slug, name or alias of a purpose: only use cases for it count; the teams stay.",
    )
    source = filters(
        Text(NAME_LENGTH), "Slug, name or alias of a source: only what it says counts; the teams stay."
    )
    limit = Number(1, LARGEST_PAGE, load_default=PAGE_SIZE, metadata={"description": "Teams a page."})
    limit_libraries = Number(
        1,
        MOST_COLUMNS,
        load_default=COLUMNS,
        metadata={"description": "How many libraries to show, where none is named."},
    )


class CoverageSourceSchema(Schema):
    """A source that looked at a team."""

    source = ma.fields.Nested(SourceReferenceSchema)
    use_cases = ma.fields.Integer(
        metadata={"description": "How many use cases of the team rest on it, retired ones too."}
    )
    on = Day(allow_none=True, metadata={"description": "When the source was published, else read."})


class CoverageCellSchema(Schema):
    """What is known of a team and a library."""

    state = Word(State)
    use_cases = ma.fields.Integer(metadata={"description": "How many use cases say so."})
    newest_evidence = ma.fields.Nested(NewestEvidenceSchema, allow_none=True)


class TeamCoverageSchema(Schema):
    """What is known of a team."""

    team = ma.fields.Nested(TeamReferenceSchema)
    sources = ma.fields.List(
        ma.fields.Nested(CoverageSourceSchema),
        metadata={"description": "The sources that looked at the team; none: nobody did."},
    )
    cells = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(CoverageCellSchema),
        metadata={"description": "By slug of the library, one for each of `libraries`."},
    )


class CoverageLegendSchema(Schema):
    """What each state means, in a sentence."""

    used = ma.fields.String()
    stated_not_used = ma.fields.String()
    disputed = ma.fields.String()
    no_evidence = ma.fields.String()


class CoverageSchema(page_of(TeamCoverageSchema)):  # type: ignore[misc]  # made by a function
    """Teams by libraries: used, stated not to be used, disputed, or not known."""

    libraries = ma.fields.List(
        ma.fields.Nested(LibraryReferenceSchema), metadata={"description": "The columns."}
    )
    legend = ma.fields.Nested(CoverageLegendSchema)
