"""Shapes of the lookup: one library by another name."""

from enum import StrEnum

from app.models import NAME_LENGTH, PURL_LENGTH, URL_LENGTH
from app.schemas.fields import Text, Word
from app.schemas.queries import StateQuerySchema
from app.schemas.records import LibrarySchema


class Matched(StrEnum):
    """What of a library matched."""

    PURL = "purl"
    REPOSITORY = "repository"
    NAME = "name"
    ALIAS = "alias"
    SLUG = "slug"


class LookupQuerySchema(StateQuerySchema):
    """What a library is called: one of the three, or several that must all fit."""

    purl = Text(
        PURL_LENGTH,
        pattern=r"^pkg:/{0,2}[A-Za-z][A-Za-z0-9.+-]*/[^\s\x00-\x20\x7f]+$",
        hint="Must be a package URL, such as pkg:pypi/numpy.",
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


class FoundLibrarySchema(LibrarySchema):
    """A library, and what of it matched."""

    matched = Word(Matched, dump_only=True, metadata={"description": "What of the library matched."})
