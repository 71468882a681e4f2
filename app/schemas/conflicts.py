"""Claims that contradict one another."""

import marshmallow as ma

from app.schemas.queries import DayQuerySchema, PageQuerySchema, named
from app.schemas.records import LibraryReferenceSchema, Schema, TeamReferenceSchema, UseCaseSchema


class ConflictQuerySchema(DayQuerySchema, PageQuerySchema):
    """Which conflicts."""

    team = named("the team that both claims speak of")
    library = named("the library that both claims speak of")


class ConflictSchema(Schema):
    """A claim that a team uses a library, and one that it does not, of one time."""

    team = ma.fields.Nested(TeamReferenceSchema)
    library = ma.fields.Nested(LibraryReferenceSchema)
    uses = ma.fields.Nested(UseCaseSchema, metadata={"description": "The claim that it does, with evidence."})
    does_not_use = ma.fields.Nested(
        UseCaseSchema, metadata={"description": "The claim that it does not, with evidence."}
    )
