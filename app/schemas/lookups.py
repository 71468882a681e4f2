"""Shapes of the lookup: one library by another name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import marshmallow as ma

from app.models import NAME_LENGTH, PURL_LENGTH, URL_LENGTH
from app.schemas.fields import Text, Word
from app.schemas.queries import QuerySchema
from app.schemas.records import LibrarySchema

_WAYS = ("purl", "repository", "name")


class Matched(StrEnum):
    """What of a library matched."""

    PURL = "purl"
    REPOSITORY = "repository"
    NAME = "name"
    ALIAS = "alias"
    SLUG = "slug"


class LookupQuerySchema(QuerySchema):
    """What a library is called: exactly one of the three."""

    purl = Text(
        PURL_LENGTH,
        load_default=None,
        metadata={"description": "Package URL, with or without version.", "example": "pkg:pypi/flask@3.1"},
    )
    repository = Text(
        URL_LENGTH,
        load_default=None,
        metadata={"description": "Any URL of its repository, or what `git clone` takes."},
    )
    name = Text(
        NAME_LENGTH, load_default=None, metadata={"description": "Slug, old slug, name, alias or PyPI name."}
    )

    @ma.validates_schema
    def check_one(self, loaded: Mapping[str, Any], **_rest: Any) -> None:
        """Take one way to ask, no less and no more."""
        given = [way for way in _WAYS if loaded[way] is not None]
        if len(given) != 1:
            message = "Give exactly one of purl, repository and name."
            raise ma.ValidationError({way: [message] for way in given or _WAYS})


class FoundLibrarySchema(LibrarySchema):
    """A library, and what of it matched."""

    matched = Word(Matched, dump_only=True, metadata={"description": "What of the library matched."})
