"""Shapes of the change log: the history of a record, the feed, and what differs between two states."""

from enum import StrEnum
from typing import cast

import marshmallow as ma

from app.models import NAME_LENGTH, Action, Kind
from app.schemas.fields import Moment, Text, Url, Word
from app.schemas.queries import (
    AsOf,
    Choices,
    FeedFormat,
    ListQuerySchema,
    Number,
    QuerySchema,
    filters,
    one_of,
)
from app.schemas.records import Schema
from app.schemas.views import page_of

LONGEST_WAIT_SECONDS = 30
MOST_VERSIONS = 10**11 - 1
_FEED_SIZE = 100
_LARGEST_FEED = 1_000


class Difference(StrEnum):
    """What became of a record between two states."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class DifferenceSchema(Schema):
    """A member that differs."""

    member = ma.fields.String(metadata={"description": "Its name."})
    before = ma.fields.Raw(allow_none=True, metadata={"description": "What it was; references are slugs."})
    after = ma.fields.Raw(allow_none=True, metadata={"description": "What it became."})
    added = ma.fields.List(
        ma.fields.Raw(), allow_none=True, metadata={"description": "Items of a list that are new; else null."}
    )
    removed = ma.fields.List(
        ma.fields.Raw(),
        allow_none=True,
        metadata={"description": "Items of a list that are gone; else null."},
    )


class EntrySchema(Schema):
    """A change, as the log says it."""

    seq = ma.fields.Integer(metadata={"description": "The version of the atlas that it made."})
    at = Moment()
    actor = Text(NAME_LENGTH, metadata={"description": "Name of the token, or of the command."})
    request_id = Text(NAME_LENGTH)
    action = Word(Action)
    kind = Word(Kind)
    slug = ma.fields.String(metadata={"description": "Of the record, then."})
    revision = ma.fields.Integer(metadata={"description": "Of the record, then."})


class RevisionSchema(EntrySchema):
    """A change of a record, member by member."""

    changed = ma.fields.List(ma.fields.Nested(DifferenceSchema))
    url = Url(metadata={"description": "What the record was behind this change."})


class ChangeSchema(EntrySchema):
    """A change, as the feed tells it."""

    old_slug = ma.fields.String(
        allow_none=True, metadata={"description": "The slug before, where this change renamed the record."}
    )
    url = Url(metadata={"description": "Of the record."})
    before = ma.fields.Dict(
        allow_none=True, metadata={"description": "What the record was, with `expand=before`; else null."}
    )
    after = ma.fields.Dict(
        allow_none=True, metadata={"description": "What the record became, with `expand=after`; else null."}
    )


class FeedSchema(Schema):
    """Changes in their order."""

    items = ma.fields.List(ma.fields.Nested(ChangeSchema))
    next = Url(metadata={"description": "What to ask next; also at the end, for what is still to come."})
    latest = ma.fields.Integer(metadata={"description": "The version of the atlas."})


class RecordDifferenceSchema(Schema):
    """A record that differs between two states."""

    seq = ma.fields.Integer(metadata={"description": "Of its last change."})
    kind = Word(Kind)
    slug = ma.fields.String(metadata={"description": "In the later state, or when it was deleted."})
    old_slug = ma.fields.String(
        allow_none=True, metadata={"description": "In the earlier state, where it is another one."}
    )
    difference = Word(Difference)
    changed = ma.fields.List(ma.fields.Nested(DifferenceSchema))
    url = Url(metadata={"description": "Of its history."})


class DiffPageSchema(cast("type[Schema]", page_of(RecordDifferenceSchema))):  # type: ignore[misc]  # made there
    """What differs between two states."""

    from_ = ma.fields.Integer(data_key="from", metadata={"description": "Version of the earlier state."})
    to = ma.fields.Integer(metadata={"description": "Version of the later state."})


class HistoryQuerySchema(ListQuerySchema):
    """Which part of a history."""


class FeedQuerySchema(QuerySchema):
    """Which changes."""

    since = Number(
        0, MOST_VERSIONS, load_default=0, metadata={"description": "The last `seq` that you have; 0: none."}
    )
    kind = one_of(Kind, "Kind of record.")
    slug = filters(Text(NAME_LENGTH), "Slug of the record, before or behind the change.")
    team = filters(Text(NAME_LENGTH), "Slug, now or then, of a team: its changes and its use cases'.")
    limit = Number(
        1, _LARGEST_FEED, load_default=_FEED_SIZE, metadata={"description": "Changes a page; ndjson: all."}
    )
    wait = Number(
        0,
        LONGEST_WAIT_SECONDS,
        load_default=0,
        metadata={"description": "Hold the answer for so many seconds until there is something."},
    )
    expand = Choices("before", "after", metadata={"description": "The whole record before, or behind it."})
    format = Word(FeedFormat, metadata={"description": "What to answer in; else Accept says."})


class DiffQuerySchema(ListQuerySchema):
    """Which two states, and which records."""

    from_ = AsOf(
        required=True, data_key="from", metadata={"description": "The earlier state: a version or a time."}
    )
    to = AsOf(load_default=None, metadata={"description": "The later state: a version or a time; else now."})
    kind = one_of(Kind, "Kind of record.")
