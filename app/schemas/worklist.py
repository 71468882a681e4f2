"""What a team has to look at: its use cases that want attention, and why."""

from enum import StrEnum

import marshmallow as ma

from app.models import NOTE_LENGTH, Lifecycle, Status
from app.schemas.checking import CheckCountsSchema
from app.schemas.fields import Moment, Prose, Word
from app.schemas.queries import LONGEST_AGE_DAYS, Number, ViewQuerySchema, one_of
from app.schemas.records import LibraryReferenceSchema, Schema, UseCaseReferenceSchema
from app.schemas.views import page_of

# Half a year: what nobody has said or confirmed for so long is worth a question.
STALE_DAYS = 180


class Reason(StrEnum):
    """Why a use case wants attention."""

    STALE = "stale"
    DISPUTED = "disputed"
    UNCHECKED = "unchecked"
    LOST_EVIDENCE = "lost_evidence"
    WITHOUT_PURPOSE = "without_purpose"
    DEPRECATED_LIBRARY = "deprecated_library"


class WorklistQuerySchema(ViewQuerySchema):
    """Which use cases of the team."""

    reason = one_of(Reason, "Why they want attention; any reason when left out.")
    stale = Number(
        0,
        LONGEST_AGE_DAYS,
        load_default=STALE_DAYS,
        metadata={"description": "For how many days nobody has confirmed or changed what is `stale`."},
    )


class EndedLibrarySchema(Schema):
    """A library of a use case that is deprecated or archived."""

    library = ma.fields.Nested(LibraryReferenceSchema)
    lifecycle = Word(Lifecycle)
    replaced_by = ma.fields.Nested(
        LibraryReferenceSchema, allow_none=True, metadata={"description": "The library to move to."}
    )


class WorkSchema(Schema):
    """A use case that wants attention."""

    use_case = ma.fields.Nested(UseCaseReferenceSchema)
    reasons = ma.fields.List(Word(Reason), metadata={"description": "Why; at least one."})
    status = Word(Status)
    status_note = Prose(NOTE_LENGTH, allow_none=True, metadata={"description": "Why it is disputed, if so."})
    fresh_at = Moment(metadata={"description": "When it was last said or confirmed."})
    evidence = ma.fields.Nested(
        CheckCountsSchema, metadata={"description": "Its pieces, by what the last look at them found."}
    )
    ended_libraries = ma.fields.List(
        ma.fields.Nested(EndedLibrarySchema),
        metadata={"description": "What it takes that is deprecated or archived."},
    )


class ReasonCountsSchema(Schema):
    """How many use cases of the team have each reason, whatever reason is asked for."""

    stale = ma.fields.Integer(metadata={"description": "Said or confirmed too long ago; see `stale`."})
    disputed = ma.fields.Integer(metadata={"description": "Somebody says that it is not true."})
    unchecked = ma.fields.Integer(
        metadata={"description": "Some of its evidence was never compared with the text of its source."}
    )
    lost_evidence = ma.fields.Integer(
        metadata={"description": "Some of its evidence was altered in its source, or is gone from it."}
    )
    without_purpose = ma.fields.Integer(metadata={"description": "It does not say what for."})
    deprecated_library = ma.fields.Integer(
        metadata={"description": "It takes a library that is deprecated or archived."}
    )


class WorklistPageSchema(page_of(WorkSchema)):  # type: ignore[misc]  # made by a function
    """The use cases of a team that want attention, those longest unsaid first."""

    counts = ma.fields.Nested(
        ReasonCountsSchema, allow_none=True, metadata={"description": "Null with `total=false`."}
    )
