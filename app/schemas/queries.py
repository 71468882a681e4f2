"""What the query strings of lists hold: filters, sort, page, shape."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import marshmallow as ma

from app.models import (
    LICENSE_LENGTH,
    NAME_LENGTH,
    EvidenceKind,
    LibraryKind,
    Lifecycle,
    Origin,
    Role,
    SourceKind,
    Stance,
    Status,
)
from app.schemas.fields import MOMENT_PATTERN, Day, Items, Moment, Text, Whole, Word
from app.schemas.records import (
    LibrarySchema,
    OrganizationSchema,
    PurposeSchema,
    Schema,
    SourceSchema,
    TeamSchema,
    UseCaseSchema,
    shape_of,
)

PAGE_SIZE = 50
LARGEST_PAGE = 200
LONGEST_QUESTION = 200
LONGEST_AGE_DAYS = 36_500
_MOST_DIGITS = 11
_VERSION = re.compile("[0-9]{1,18}")
AS_OF_PATTERN = f"^(?:{_VERSION.pattern}|{MOMENT_PATTERN})$"


class Number(Whole):
    """A whole number in a query string."""

    def _read(self, value: Any) -> int | None:
        digits = value.removeprefix("-") if isinstance(value, str) else ""
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


class Flag(ma.fields.Boolean):
    """`true` or `false` in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in {"true", "false"}:
            raise ma.ValidationError("Must be true or false.")
        return bool(value == "true")


class Several(Items):
    """A parameter that may stand more than once; any of its values will do."""


class Choices(ma.fields.Field[list[str]]):
    """Some of a few words, with commas between."""

    def __init__(
        self, *allowed: str, metadata: Mapping[str, Any] | None = None, required: bool = False, **rest: Any
    ) -> None:
        default: dict[str, Any] = {} if required else {"load_default": list}
        super().__init__(metadata=metadata, required=required, **default, **rest)
        self.allowed = allowed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        chosen = list(dict.fromkeys(word for word in str(value).split(",") if word))
        if not set(chosen) <= set(self.allowed) or (self.required and not chosen):
            raise ma.ValidationError(f"Must be some of: {', '.join(self.allowed)}.")
        return chosen


class Order(Choices):
    """What a list is sorted by; a dash in front turns it round."""

    def __init__(self, *columns: str, **rest: Any) -> None:
        super().__init__(*columns, *(f"-{column}" for column in columns), **rest)
        self.columns = columns


class AsOf(Moment):
    """A state of the atlas, by its version or by a time."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _VERSION.fullmatch(value):
            return int(value)
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ma.ValidationError:
            hint = "Must be a version, as Atlas-Version gives it, or a time such as 2026-01-31T12:00:00Z."
            raise ma.ValidationError(hint) from None


class QuerySchema(Schema):
    """The query string of an operation that takes no parameter."""


class StateQuerySchema(QuerySchema):
    """Which state of the atlas is read."""

    as_of = AsOf(
        load_default=None,
        metadata={"description": "What the atlas knew then: at this version, or at this time; else now."},
    )


def filters(field: ma.fields.Field[Any], description: str) -> Several:
    """Declare a filter that may stand more than once."""
    return Several(field, load_default=list, metadata={"description": description})


def named(what: str) -> Several:
    """Declare a filter by records: slug, old slug, name or alias."""
    return filters(Text(NAME_LENGTH), f"Slug, name or alias of {what}.")


def one_of(enumeration: type[StrEnum], description: str) -> Several:
    """Declare a filter by words of an enumeration."""
    return filters(Word(enumeration), description)


def members_of(record: type[Schema]) -> Choices:
    """Declare `fields`: the members to give, beside the slug."""
    names = [name for name in shape_of(record).fields if name != "slug"]
    return Choices(
        "slug", *names, data_key="fields", metadata={"description": "Only these members, and the slug."}
    )


def expansions(*words: str) -> Choices:
    """Declare `expand`: where whole things are to stand instead of references."""
    return Choices(*words, metadata={"description": "Whole things where references stand, one level deep."})


class OrganizationShapeSchema(StateQuerySchema):
    """The shape of an organization."""

    members = members_of(OrganizationSchema)


class TeamShapeSchema(StateQuerySchema):
    """The shape of a team."""

    members = members_of(TeamSchema)
    expand = expansions("organization")


class LibraryShapeSchema(StateQuerySchema):
    """The shape of a library."""

    members = members_of(LibrarySchema)
    expand = expansions("maker", "replaced_by")


class PurposeShapeSchema(StateQuerySchema):
    """The shape of a purpose."""

    members = members_of(PurposeSchema)


class UseCaseShapeSchema(StateQuerySchema):
    """The shape of a use case."""

    members = members_of(UseCaseSchema)
    expand = expansions("team", "libraries", "purposes", "evidence")


class SourceShapeSchema(StateQuerySchema):
    """The shape of a source."""

    members = members_of(SourceSchema)


class ListFormat(StrEnum):
    """What a list can be had in."""

    JSON = "json"
    NDJSON = "ndjson"
    YAML = "yaml"
    CSV = "csv"


class FeedFormat(StrEnum):
    """What the change feed can be had in."""

    JSON = "json"
    NDJSON = "ndjson"
    ATOM = "atom"


class FormatQuerySchema(QuerySchema):
    """What a list is answered in; see `has_list_formats`."""

    format = Word(
        ListFormat,
        metadata={
            "description": "What to answer in; else Accept says. All but `json` give the whole list,"
            " unless `limit` is given."
        },
    )
    bom = Flag(
        load_default=False,
        metadata={"description": "Begin CSV with a byte order mark, by which Excel knows UTF-8."},
    )


class PageQuerySchema(QuerySchema):
    """Which part of a list."""

    limit = Number(1, LARGEST_PAGE, load_default=PAGE_SIZE, metadata={"description": "Items a page."})
    cursor = Text(
        4_000,
        load_default=None,
        metadata={"description": "Place in the list: opaque, as it stands in `next`."},
    )
    total = Flag(load_default=True, metadata={"description": "`false` leaves the count out."})


class ListQuerySchema(PageQuerySchema, FormatQuerySchema):
    """Which part of a list, and in which format."""


class ViewQuerySchema(StateQuerySchema, ListQuerySchema):
    """Which part of a list about records, of which state, and in which format."""


class DayQuerySchema(StateQuerySchema):
    """Which day is asked about."""

    used_on = Day(
        load_default=None,
        metadata={"description": "Only what is true on this day, by `since` and `until` of the use cases."},
    )


class UsageQuerySchema(DayQuerySchema, ViewQuerySchema):
    """Which part of a list of who uses what, on which day, of which state, and in which format."""


class RecordListQuerySchema(ViewQuerySchema):
    """What every list of records can be asked."""

    q = Text(LONGEST_QUESTION, load_default=None, metadata={"description": "Words that must all occur."})
    created_after = Moment(load_default=None, metadata={"description": "Made later than this."})
    created_before = Moment(load_default=None, metadata={"description": "Made earlier than this."})
    updated_after = Moment(load_default=None, metadata={"description": "Changed later than this."})
    updated_before = Moment(load_default=None, metadata={"description": "Changed earlier than this."})


class OrganizationQuerySchema(OrganizationShapeSchema, RecordListQuerySchema):
    """Which organizations."""

    area = filters(Text(NAME_LENGTH), "Field of work of one of its teams.")
    sort = Order("name", "slug", "created_at", "updated_at")


class TeamQuerySchema(TeamShapeSchema, RecordListQuerySchema):
    """Which teams."""

    organization = named("the organization")
    area = filters(Text(NAME_LENGTH), "Field of work.")
    uses = named("a library that the team uses")
    purpose = named("a purpose that the team has tools for")
    sort = Order("name", "slug", "created_at", "updated_at")


class LibraryQuerySchema(LibraryShapeSchema, RecordListQuerySchema):
    """Which libraries."""

    kind = one_of(LibraryKind, "Sort of tool.")
    origin = one_of(Origin, "Where it comes from.")
    topic = filters(Text(NAME_LENGTH), "Word that it is filed under.")
    lifecycle = one_of(Lifecycle, "How well it is kept.")
    maker = named("the organization that makes it")
    license = filters(Text(LICENSE_LENGTH), "SPDX expression.")
    language = filters(Text(NAME_LENGTH), "Language that it is written in.")
    purpose = named("a purpose that it is used for")
    used_by = named("a team that uses it")
    unused = Flag(load_default=None, metadata={"description": "Whether no use case takes it."})
    sort = Order("name", "slug", "created_at", "updated_at")


class PurposeQuerySchema(PurposeShapeSchema, RecordListQuerySchema):
    """Which purposes; team and library speak of one and the same use case."""

    team = named("a team that has tools for it")
    library = named("a library that is used for it")
    sort = Order("name", "slug", "created_at", "updated_at")


class UseCaseQuerySchema(UseCaseShapeSchema, RecordListQuerySchema):
    """Which use cases; library, role, topic and lifecycle speak of one and the same usage."""

    team = named("the team")
    organization = named("the team's organization")
    area = filters(Text(NAME_LENGTH), "The team's field of work.")
    library = named("a library of the use case")
    purpose = named("a purpose of the use case")
    topic = filters(Text(NAME_LENGTH), "Word that the library is filed under.")
    role = one_of(Role, "What the team does with the library.")
    lifecycle = one_of(Lifecycle, "How well the library is kept.")
    stance = one_of(Stance, "Whether the team does, or does not.")
    status = one_of(Status, "How far it is trusted.")
    source = named("a source of its evidence")
    evidence_kind = one_of(EvidenceKind, "How it is known; speaks of the same evidence as `source`.")
    used_on = Day(load_default=None, metadata={"description": "True on this day, by `since` and `until`."})
    stale = Number(
        0,
        LONGEST_AGE_DAYS,
        load_default=None,
        metadata={"description": "Neither confirmed nor changed for this many days."},
    )
    sort = Order("title", "slug", "created_at", "updated_at")


class SourceQuerySchema(SourceShapeSchema, RecordListQuerySchema):
    """Which sources."""

    kind = one_of(SourceKind, "Sort of document.")
    publisher = filters(Text(NAME_LENGTH), "Who published it.")
    sort = Order("title", "slug", "created_at", "updated_at")


def without(query: type[QuerySchema], name: str) -> type[QuerySchema]:
    """Make the schema of a list whose URL says already what a filter would."""
    meta = type("Meta", (query.Meta,), {"exclude": (name,)})
    return type(f"{name.title()}{query.__name__}", (query,), {"Meta": meta})


TeamUseCaseQuerySchema = without(UseCaseQuerySchema, "team")
LibraryUseCaseQuerySchema = without(UseCaseQuerySchema, "library")
PurposeUseCaseQuerySchema = without(UseCaseQuerySchema, "purpose")
SourceUseCaseQuerySchema = without(UseCaseQuerySchema, "source")


def has_list_formats(query: type[Schema]) -> bool:
    """Say whether what takes a query string is a list that can be had in every format."""
    return getattr(shape_of(query).fields.get("format"), "enum", None) is ListFormat


def is_streamed(query: type[Schema], format_: str) -> bool:
    """Say whether a list in this format is sent while it is read: all but JSON, and Atom's pages."""
    enum = getattr(shape_of(query).fields.get("format"), "enum", None)
    return enum in {ListFormat, FeedFormat} and format_ not in {FeedFormat.JSON, FeedFormat.ATOM}


class CascadeSchema(QuerySchema):
    """Whether what points at a record goes with it."""

    cascade = Flag(load_default=False, metadata={"description": "Delete what points at it too."})
