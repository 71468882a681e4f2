"""Shapes of a comparison of teams or libraries."""

from enum import StrEnum
from typing import Any, cast

import marshmallow as ma

from app.models import LICENSE_LENGTH, NAME_LENGTH, LibraryKind, Lifecycle, Origin
from app.schemas.fields import License, Slug, Text, Word
from app.schemas.queries import DayQuerySchema, Several
from app.schemas.records import (
    LibraryReferenceSchema,
    NamedReferenceSchema,
    PurposeReferenceSchema,
    Schema,
    TeamReferenceSchema,
)

FACTS = ("kind", "lifecycle", "license", "origin")
_FEWEST, _MOST = 2, 5


class By(StrEnum):
    """What is compared."""

    TEAM = "team"
    LIBRARY = "library"


def _compared(what: str) -> Several:
    length = ma.validate.Length(_FEWEST, _MOST, error=f"Must be given {_FEWEST} to {_MOST} times.")
    text = f"Slug, name or alias of a {what}; {_FEWEST} to {_MOST} of them."
    return Several(
        Text(NAME_LENGTH),
        load_default=list,
        validate=length,
        metadata={"description": text, "minItems": _FEWEST, "maxItems": _MOST},
    )


class CompareQuerySchema(DayQuerySchema):
    """What to compare: teams or libraries, not both."""

    team = _compared("team")
    library = _compared("library")


def _shares_of(word: str, reference: type[Schema]) -> type[Schema]:
    """Make the shape of what the compared have, by who has it."""
    title = word.title()
    some = Schema.from_dict(
        {
            word: ma.fields.Nested(reference),
            "of": ma.fields.List(Slug(), metadata={"description": "Who has it, in the order asked."}),
        },
        name=f"Some{title}Schema",
    )
    own = ma.fields.List(ma.fields.Nested(reference))
    made = Schema.from_dict(
        {
            "shared": ma.fields.List(ma.fields.Nested(reference), metadata={"description": "All have it."}),
            "some": ma.fields.List(
                ma.fields.Nested(some), metadata={"description": "More than one, but not all have it."}
            ),
            "only": ma.fields.Dict(
                keys=ma.fields.String(), values=own, metadata={"description": "By slug, what it alone has."}
            ),
        },
        name=f"Shared{title}Schema",
    )
    return cast("type[Schema]", made)


def _by_slug(value: ma.fields.Field[Any]) -> ma.fields.Dict:
    return ma.fields.Dict(keys=ma.fields.String(), values=value)


class ComparedFactsSchema(Schema):
    """What libraries are, by slug."""

    kind = _by_slug(Word(LibraryKind))
    lifecycle = _by_slug(Word(Lifecycle))
    license = _by_slug(License(LICENSE_LENGTH, allow_none=True))
    origin = _by_slug(Word(Origin))


class ComparisonSchema(Schema):
    """Teams or libraries side by side; what is not in use does not count."""

    by = Word(By)
    items = ma.fields.List(ma.fields.Nested(NamedReferenceSchema))
    facts = ma.fields.Nested(
        ComparedFactsSchema, allow_none=True, metadata={"description": "Null when teams are compared."}
    )
    libraries = ma.fields.Nested(
        _shares_of("library", LibraryReferenceSchema),
        allow_none=True,
        metadata={"description": "What the teams use; null when libraries are compared."},
    )
    teams = ma.fields.Nested(
        _shares_of("team", TeamReferenceSchema),
        allow_none=True,
        metadata={"description": "Who uses the libraries; null when teams are compared."},
    )
    purposes = ma.fields.Nested(_shares_of("purpose", PurposeReferenceSchema))
