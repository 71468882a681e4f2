"""The records of the atlas: one schema a kind, for what is given and what is taken."""

from functools import cache
from typing import Any

import marshmallow as ma

from app.models import (
    DESCRIPTION_LENGTH,
    LICENSE_LENGTH,
    NAME_LENGTH,
    NOTE_LENGTH,
    POSITION_MAXIMUM,
    SCOPE_LENGTH,
    SUMMARY_LENGTH,
    VERSION_RANGE_LENGTH,
    WORD_LENGTH,
    Check,
    EvidenceKind,
    LibraryKind,
    Lifecycle,
    Origin,
    Role,
    SourceKind,
    Stance,
    Status,
)
from app.schemas.fields import (
    Bag,
    Day,
    Items,
    Landmarks,
    License,
    Moment,
    Prose,
    Purl,
    Reference,
    Sha256,
    Slug,
    Text,
    Url,
    Whole,
    Word,
)

_STAMPS = ("revision", "created_at", "updated_at")


def optional(**metadata: Any) -> dict[str, Any]:
    """Give the arguments of a field that may be left out and is null then."""
    return {"load_default": None, "allow_none": True, "metadata": metadata}


def read_only(**metadata: Any) -> dict[str, Any]:
    """Give the arguments of a field that the server alone sets."""
    return {"dump_only": True, "metadata": metadata}


class Schema(ma.Schema):
    """A shape on the wire; what it does not name is refused."""

    class Meta:
        """An unknown member is a mistake that its sender wants to hear of."""

        unknown = ma.RAISE

    def __init__(self, **options: Any) -> None:
        """Put the stamps last; marshmallow puts inherited fields first."""
        super().__init__(**options)
        for group in (self.fields, self.load_fields, self.dump_fields):
            group.update({name: group.pop(name) for name in _STAMPS if name in group})


class NamedReferenceSchema(Schema):
    """A record that is pointed at, with its name."""

    slug = Slug(required=True)
    name = Text(NAME_LENGTH)


class OrganizationReferenceSchema(NamedReferenceSchema):
    """An organization that is pointed at."""


class TeamReferenceSchema(NamedReferenceSchema):
    """A team that is pointed at."""


class LibraryReferenceSchema(NamedReferenceSchema):
    """A library that is pointed at."""


class PurposeReferenceSchema(NamedReferenceSchema):
    """A purpose that is pointed at."""


class SourceReferenceSchema(Schema):
    """A source that is pointed at, with its title."""

    slug = Slug(required=True)
    title = Text(NAME_LENGTH)


class UseCaseReferenceSchema(Schema):
    """A use case that is pointed at, with its title."""

    slug = Slug(required=True)
    title = Text(NAME_LENGTH)


class RecordSchema(Schema):
    """What every kind of record has."""

    slug = Slug(
        metadata={"description": "Name in URLs; made from the name when left out. Old slugs redirect."}
    )
    revision = ma.fields.Integer(**read_only(description="Grows by one with every change.", format="int32"))
    created_at = Moment(**read_only())
    updated_at = Moment(**read_only())


class OrganizationSchema(RecordSchema):
    """A company or body that teams belong to."""

    name = Text(NAME_LENGTH, required=True)
    homepage_url = Url(**optional())
    description = Prose(DESCRIPTION_LENGTH, **optional())


class TeamSchema(RecordSchema):
    """The people who use tools."""

    name = Text(NAME_LENGTH, required=True)
    organization = Reference(OrganizationReferenceSchema, required=True)
    area = Text(NAME_LENGTH, **optional(description="The team's field of work."))
    description = Prose(DESCRIPTION_LENGTH, **optional())
    contact_url = Url(**optional(description="Where to ask the team."))
    aliases = Bag(
        Text(NAME_LENGTH), load_default=list, metadata={"description": "Other names; found like the name."}
    )


class LibrarySchema(RecordSchema):
    """Any tool that a team uses or makes: library, framework, application, platform, service, language."""

    name = Text(NAME_LENGTH, required=True, metadata={"description": "As its makers spell it."})
    kind = Word(LibraryKind, load_default=LibraryKind.LIBRARY)
    origin = Word(Origin, load_default=Origin.OPEN_SOURCE)
    maker = Reference(OrganizationReferenceSchema, **optional(description="The organization that makes it."))
    summary = Text(SUMMARY_LENGTH, **optional())
    homepage_url = Url(**optional())
    repository_url = Url(**optional())
    documentation_url = Url(**optional())
    purl = Purl(**optional(description="Package URL without version."))
    license = License(LICENSE_LENGTH, **optional(description="SPDX expression."))
    language = Text(WORD_LENGTH, **optional(description="The language that it is written in."))
    topics = Bag(Slug(), load_default=list)
    lifecycle = Word(Lifecycle, load_default=Lifecycle.UNKNOWN)
    lifecycle_on = Day(**optional(description="Since when."))
    lifecycle_note = Prose(NOTE_LENGTH, **optional())
    lifecycle_source = Reference(SourceReferenceSchema, **optional(description="Who says so."))
    replaced_by = Reference(LibraryReferenceSchema, **optional(description="The library to move to."))
    replaced_by_source = Reference(SourceReferenceSchema, **optional(description="Who says so."))
    aliases = Bag(
        Text(NAME_LENGTH), load_default=list, metadata={"description": "Other names; found like the name."}
    )


class PurposeSchema(RecordSchema):
    """A job to be done, from a controlled vocabulary."""

    name = Text(NAME_LENGTH, required=True)
    description = Prose(DESCRIPTION_LENGTH, **optional())


class UsageSchema(Schema):
    """That a use case takes a library, and what the team does with it."""

    library = Reference(LibraryReferenceSchema, required=True)
    role = Word(
        Role,
        load_default=Role.USES,
        metadata={"description": "`builds`: the team makes it, on top of the others."},
    )
    version_range = Text(
        VERSION_RANGE_LENGTH, **optional(description="Versions in use, such as `>=1.26,<3`.")
    )
    scope = Text(
        SCOPE_LENGTH,
        **optional(description="For what a manifest declares it: `runtime`, `dev`, `build`, `extra:x`, ..."),
    )


class EvidenceSchema(Schema):
    """Where a source says what a use case claims."""

    id = ma.fields.Integer(**read_only(format="int32"))
    source = Reference(SourceReferenceSchema, required=True)
    section = Text(NAME_LENGTH, **optional(description="Heading that it stands under."))
    line = Whole(1, POSITION_MAXIMUM, **optional(description="Line in the source's text, from 1."))
    start = Whole(
        0,
        POSITION_MAXIMUM,
        **optional(description="First character (code points of the text in NFC, from 0)."),
    )
    end = Whole(1, POSITION_MAXIMUM, **optional(description="Character after the last one."))
    excerpt_sha256 = Sha256(**optional(description="SHA-256 of the text from start to end, in UTF-8."))
    landmarks = Landmarks(
        **optional(
            description="Hashes of what the excerpt begins with and stands between, by which a check finds"
            " it again. Set by checks; taken with a new piece."
        )
    )
    mentions = Items(
        Text(NAME_LENGTH),
        load_default=list,
        metadata={"description": "What the tools are called there, as written."},
    )
    kind = Word(
        EvidenceKind, load_default=EvidenceKind.DOCUMENTED, metadata={"description": "How it is known."}
    )
    note = Prose(NOTE_LENGTH, **optional())
    check = Word(Check, **read_only(description="What the last look at the source's text found."))
    checked_at = Moment(**read_only(), allow_none=True)


class UseCaseSchema(RecordSchema):
    """The claim that a team uses libraries for purposes, with evidence."""

    team = Reference(TeamReferenceSchema, required=True)
    title = Text(NAME_LENGTH, required=True)
    description = Prose(DESCRIPTION_LENGTH, **optional())
    stance = Word(Stance, load_default=Stance.USES)
    purposes = Bag(
        Reference(PurposeReferenceSchema), load_default=list, metadata={"description": "The jobs to be done."}
    )
    usages = Items(
        ma.fields.Nested(UsageSchema),
        load_default=list,
        metadata={"description": "The libraries, with roles."},
    )
    since = Day(**optional(description="True from this day on."))
    until = Day(**optional(description="True up to this day."))
    status = Word(Status, load_default=Status.DOCUMENTED)
    confirmed_at = Moment(**read_only(), allow_none=True)
    confirmed_by = ma.fields.String(**read_only(), allow_none=True)
    disputed_at = Moment(**read_only(description="Since when it is disputed."), allow_none=True)
    disputed_by = ma.fields.String(**read_only(), allow_none=True)
    status_note = Prose(
        NOTE_LENGTH,
        **optional(description="Why it has its status: what is disputed, or how it was confirmed."),
    )
    fresh_at = Moment(
        **read_only(description="When it was last said or confirmed; checks and disputes do not count.")
    )
    evidence = Items(
        ma.fields.Nested(EvidenceSchema),
        required=True,
        fewest=1,
        metadata={"description": "Who says so, and where; at least one."},
    )


class SourceSchema(RecordSchema):
    """A document that says so."""

    kind = Word(SourceKind, required=True)
    title = Text(NAME_LENGTH, required=True)
    authors = Items(Text(NAME_LENGTH), load_default=list)
    publisher = Text(NAME_LENGTH, **optional())
    published_on = Day(**optional())
    url = Url(**optional())
    accessed_on = Day(**optional())
    language = Text(WORD_LENGTH, **optional(description="Language of the text, such as `en`."))
    text_sha256 = Sha256(**optional(description="SHA-256 of the whole text in UTF-8."))
    note = Prose(NOTE_LENGTH, **optional())


@cache
def shape_of(schema: type[ma.Schema]) -> ma.Schema:
    """Give the one instance of a schema; making one costs more than using it."""
    return schema()
