"""Shapes of search and of completions."""

import marshmallow as ma

from app.models import NAME_LENGTH, Kind
from app.schemas.fields import Text, Url, Word
from app.schemas.queries import LONGEST_QUESTION, FormatQuerySchema, Number, QuerySchema, one_of
from app.schemas.records import Schema

LARGEST_SEARCH_PAGE = 100
SEARCH_PAGE = 20
MOST_SUGGESTED = 10
HOWS = ("exact", "compound", "prefix", "synonym", "fuzzy")


class SearchQuerySchema(FormatQuerySchema):
    """What is searched, among what."""

    q = Text(
        LONGEST_QUESTION,
        required=True,
        metadata={
            "description": 'Words, in any spelling; `"a phrase"` in quotes; `-word` leaves out what holds it.'
        },
    )
    kind = one_of(Kind, "Kind of record.")
    limit = Number(1, LARGEST_SEARCH_PAGE, load_default=SEARCH_PAGE, metadata={"description": "Hits a page."})
    cursor = Text(
        4_000,
        load_default=None,
        metadata={"description": "Place among the hits: opaque, as it stands in `next`."},
    )


class SuggestQuerySchema(QuerySchema):
    """What is typed so far."""

    q = Text(
        LONGEST_QUESTION, required=True, metadata={"description": "Words, the last one perhaps unfinished."}
    )
    kind = one_of(Kind, "Kind of record.")
    limit = Number(
        1, MOST_SUGGESTED, load_default=MOST_SUGGESTED, metadata={"description": "Most completions."}
    )


class HighlightSchema(Schema):
    """Where a word stands in a snippet."""

    start = ma.fields.Integer(metadata={"description": "First character, from 0."})
    end = ma.fields.Integer(metadata={"description": "The one behind the last character."})


class SnippetSchema(Schema):
    """The piece of a record that shows why it is a hit."""

    text = ma.fields.String(metadata={"description": "Plain text, no markup; show it as text."})
    highlights = ma.fields.List(ma.fields.Nested(HighlightSchema))


class ReasonSchema(Schema):
    """Why a record is a hit, for one word of the question."""

    field = ma.fields.String(
        metadata={"description": "Where it was found: `name`, `text`, or the kind of record that leads here."}
    )
    word = ma.fields.String(metadata={"description": "As asked."})
    found = ma.fields.String(metadata={"description": "What was found for it."})
    how = ma.fields.String(validate=ma.validate.OneOf(HOWS))


class HitSchema(Schema):
    """A record that answers."""

    kind = Word(Kind)
    slug = ma.fields.String()
    name = ma.fields.String()
    url = Url()
    score = ma.fields.Float(metadata={"description": "Greater is better; comparable within one answer."})
    why = ma.fields.List(ma.fields.Nested(ReasonSchema))
    snippet = ma.fields.Nested(SnippetSchema)


class KindCountsSchema(Schema):
    """Hits by kind; at most 1,000 of each are counted."""

    organization = ma.fields.Integer()
    team = ma.fields.Integer()
    library = ma.fields.Integer()
    purpose = ma.fields.Integer()
    use_case = ma.fields.Integer()
    source = ma.fields.Integer()


class SearchAnswerSchema(Schema):
    """A page of hits of all kinds, best first."""

    items = ma.fields.List(ma.fields.Nested(HitSchema))
    next = Url(allow_none=True, metadata={"description": "The next page, or null."})
    total = ma.fields.Integer(metadata={"description": "Hits, as counted by kind."})
    ranked = ma.fields.Integer(metadata={"description": "How many of them, the best ones, the pages hold."})
    limit = ma.fields.Integer()
    kinds = ma.fields.Nested(KindCountsSchema)
    did_you_mean = ma.fields.String(
        allow_none=True,
        metadata={"description": "The question as it was answered, where a word was taken for a slip."},
    )
    is_relaxed = ma.fields.Boolean(metadata={"description": "Nothing holds all words; these hold some."})


class CompletionSchema(Schema):
    """A name that completes what is typed."""

    completion = Text(NAME_LENGTH, metadata={"description": "The name or alias that fits."})
    kind = Word(Kind)
    slug = ma.fields.String()
    name = ma.fields.String()
    url = Url()
    use_cases = ma.fields.Integer(
        metadata={"description": "How many have it: the total of the list that it filters."}
    )


class SuggestAnswerSchema(Schema):
    """Completions, the most used first."""

    items = ma.fields.List(ma.fields.Nested(CompletionSchema))
