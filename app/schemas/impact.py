"""Shapes of an impact: who is hit if a library goes."""

import marshmallow as ma

from app.models import Lifecycle, Role
from app.schemas.fields import Url, Word
from app.schemas.queries import DayQuerySchema, Number
from app.schemas.records import (
    LibraryReferenceSchema,
    OrganizationReferenceSchema,
    PurposeReferenceSchema,
    Schema,
    TeamReferenceSchema,
    UseCaseReferenceSchema,
)
from app.schemas.views import NewestEvidenceSchema

MOST_STEPS = 10


class ImpactQuerySchema(DayQuerySchema):
    """How far to follow what is built on what, and on which day."""

    depth = Number(
        1,
        MOST_STEPS,
        load_default=None,
        metadata={
            "description": "Steps to follow from the library to what is built on it; left out: all, up to 50."
        },
    )


class HitTeamSchema(Schema):
    """A team that is hit."""

    team = ma.fields.Nested(TeamReferenceSchema)
    organization = ma.fields.Nested(OrganizationReferenceSchema)
    contact_url = Url(allow_none=True)
    use_cases = ma.fields.List(
        ma.fields.Nested(UseCaseReferenceSchema), metadata={"description": "The first 100 by title."}
    )
    purposes = ma.fields.List(ma.fields.Nested(PurposeReferenceSchema))
    roles = ma.fields.List(Word(Role))
    newest_evidence = ma.fields.Nested(NewestEvidenceSchema)


class IndirectlyHitTeamSchema(HitTeamSchema):
    """A team that is hit through what is built on the library; it may be hit directly too."""

    through = ma.fields.List(
        ma.fields.Nested(LibraryReferenceSchema),
        metadata={"description": "From the library to the nearest tool that the team uses or builds."},
    )
    depth = ma.fields.Integer(metadata={"description": "Steps to that tool."})
    libraries = ma.fields.List(
        ma.fields.Nested(LibraryReferenceSchema),
        metadata={"description": "All that the team uses or builds of what is built on the library."},
    )


class BuiltSchema(Schema):
    """A library that is built on another one."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    depth = ma.fields.Integer(metadata={"description": "Steps from the library that goes."})
    path = ma.fields.List(
        ma.fields.Nested(LibraryReferenceSchema),
        metadata={"description": "The shortest way, from the library that goes to this one."},
    )
    built_by = ma.fields.List(ma.fields.Nested(TeamReferenceSchema))


class AlternativeSchema(Schema):
    """What others use for a purpose."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    teams = ma.fields.List(
        ma.fields.Nested(TeamReferenceSchema), metadata={"description": "The first 5 by name."}
    )
    team_count = ma.fields.Integer()


class HitPurposeSchema(Schema):
    """A purpose that the library, or what is built on it, is used for."""

    purpose = ma.fields.Nested(PurposeReferenceSchema)
    team_count = ma.fields.Integer(metadata={"description": "How many teams are hit."})
    alternatives = ma.fields.List(
        ma.fields.Nested(AlternativeSchema),
        metadata={
            "description": "At most 10, of use cases that take neither the library nor what is built on it."
        },
    )


class AskSchema(Schema):
    """Whom to ask."""

    team = ma.fields.Nested(TeamReferenceSchema)
    contact_url = Url(allow_none=True)


class ImpactCountsSchema(Schema):
    """How many are hit; of what was found where `truncated` is true."""

    direct = ma.fields.Integer(metadata={"description": "Teams that use it."})
    indirect = ma.fields.Integer(metadata={"description": "Teams that use what is built on it."})
    teams = ma.fields.Integer(metadata={"description": "Teams in all, each once."})
    use_cases = ma.fields.Integer(metadata={"description": "Use cases in all, each once."})
    built_on_it = ma.fields.Integer()
    purposes = ma.fields.Integer()


class ImpactSchema(Schema):
    """Who is hit if a library goes; what is not in use does not count."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    lifecycle = Word(Lifecycle)
    replaced_by = ma.fields.Nested(
        LibraryReferenceSchema, allow_none=True, metadata={"description": "The library to move to."}
    )
    direct = ma.fields.List(
        ma.fields.Nested(HitTeamSchema), metadata={"description": "Who uses it; at most 1,000 teams."}
    )
    indirect = ma.fields.List(
        ma.fields.Nested(IndirectlyHitTeamSchema),
        metadata={"description": "Who uses what is built on it, nearest first; at most 1,000 teams."},
    )
    built_on_it = ma.fields.List(
        ma.fields.Nested(BuiltSchema),
        metadata={"description": "Nearest first, then by name; at most 500, at most 50 steps away."},
    )
    purposes = ma.fields.List(
        ma.fields.Nested(HitPurposeSchema),
        metadata={"description": "Those of most hit teams first; at most 100."},
    )
    ask = ma.fields.List(
        ma.fields.Nested(AskSchema), metadata={"description": "Each team that is hit, once."}
    )
    counts = ma.fields.Nested(ImpactCountsSchema)
    truncated = ma.fields.Boolean(metadata={"description": "Whether a limit left something out."})
