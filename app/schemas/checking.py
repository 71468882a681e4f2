"""Checks of evidence: what is asked, and what became of each piece."""

import marshmallow as ma

from app.models import Check
from app.schemas.fields import Sha256, Word
from app.schemas.queries import Flag, QuerySchema
from app.schemas.records import Schema, SourceReferenceSchema, UseCaseReferenceSchema


class CheckQuerySchema(QuerySchema):
    """What a check does with what it finds."""

    apply = Flag(
        load_default=False,
        metadata={"description": "Write the new places of what has moved; its result is `verified` then."},
    )


class SourceTextSchema(Schema):
    """The text of a source."""


class PlaceSchema(Schema):
    """A place in the text."""

    line = ma.fields.Integer(metadata={"description": "Line, from 1."})
    start = ma.fields.Integer(metadata={"description": "First character, from 0."})
    end = ma.fields.Integer(metadata={"description": "Character after the last one."})


class CheckedEvidenceSchema(Schema):
    """What became of a piece of evidence."""

    use_case = ma.fields.Nested(UseCaseReferenceSchema)
    id = ma.fields.Integer(metadata={"description": "Of the evidence."})
    line = ma.fields.Integer(allow_none=True, metadata={"description": "That the evidence names."})
    before = Word(Check, metadata={"description": "What the look before this one found."})
    result = Word(Check)
    place = ma.fields.Nested(
        PlaceSchema,
        allow_none=True,
        metadata={"description": "Where it stands, or what stands there instead; null: nowhere."},
    )
    reason = ma.fields.String(allow_none=True, metadata={"description": "Why no more can be said."})


class CheckCountsSchema(Schema):
    """How many pieces had each result."""

    verified = ma.fields.Integer()
    moved = ma.fields.Integer()
    altered = ma.fields.Integer()
    gone = ma.fields.Integer()
    unchecked = ma.fields.Integer()


class CheckReportSchema(Schema):
    """What a check of a source's evidence found."""

    source = ma.fields.Nested(SourceReferenceSchema)
    text_sha256 = Sha256(metadata={"description": "Digest of the text that was sent, in NFC and UTF-8."})
    is_known_text = ma.fields.Boolean(metadata={"description": "Whether it is the text of `text_sha256`."})
    applied = ma.fields.Boolean(metadata={"description": "Whether new places were written."})
    counts = ma.fields.Nested(CheckCountsSchema)
    items = ma.fields.List(ma.fields.Nested(CheckedEvidenceSchema))
