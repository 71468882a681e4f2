"""What other catalogs write, brought to what a record may hold; what cannot be brought there is None."""

import re
import unicodedata
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import marshmallow as ma

from app.models import DESCRIPTION_LENGTH, LICENSE_LENGTH, NAME_LENGTH, WORD_LENGTH
from app.schemas.fields import Day, License, Purl, Slug, Text, Url
from app.text import LINE_PATTERN, TEXT_PATTERN, slugify, to_nfc

_LINE = re.compile(LINE_PATTERN)
_TEXT = re.compile(TEXT_PATTERN)
_KEPT_IN_PROSE = frozenset("\t\n")
_URL, _PURL, _LICENSE, _SLUG, _DAY = Url(), Purl(), License(LICENSE_LENGTH), Slug(), Day()
_PRINTABLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def clean_line(value: object, longest: int = NAME_LENGTH) -> str | None:
    """Give a value as one line: no control characters, no runs of blanks, cut to its length."""
    if not isinstance(value, str):
        return None
    text = " ".join(_without_controls(value, frozenset()).split())[:longest].strip()
    return text if _LINE.fullmatch(text) else None


def clean_prose(value: object, longest: int = DESCRIPTION_LENGTH) -> str | None:
    """Give a value as text of several lines, without other control characters, cut to its length."""
    if not isinstance(value, str):
        return None
    lines = _without_controls(value.replace("\r\n", "\n"), _KEPT_IN_PROSE).split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip()[:longest].strip()
    return text if _TEXT.fullmatch(text) else None


def clean_url(value: object) -> str | None:
    """Give a value as a link; letters beyond ASCII are escaped, and half a character is none."""
    try:
        return _taken(_URL, quote(value.strip(), safe=_PRINTABLE_ASCII) if isinstance(value, str) else value)
    except UnicodeEncodeError:
        return None


def clean_purl(value: object) -> str | None:
    """Give a value as a package URL without version."""
    return _taken(_PURL, value)


def clean_license(value: object) -> str | None:
    """Give a value as a licence expression."""
    return _taken(_LICENSE, value)


def clean_slug(value: object) -> str | None:
    """Give a value as a slug, if it is one."""
    return _taken(_SLUG, value)


def clean_day(value: object) -> str | None:
    """Give a value as a date, if it is one."""
    try:
        return None if value is None else _DAY.deserialize(value).isoformat()
    except ma.ValidationError:
        return None


def clean_word(enumeration: type[StrEnum], value: object) -> str | None:
    """Give a value as a member of an enumeration, if it is one."""
    return str(value) if value in [member.value for member in enumeration] else None


def clean_topics(values: list[Any]) -> list[str]:
    """Give tags as topics, sorted; what holds no letter or digit of ASCII is left out."""
    cleaned = (clean_line(value, WORD_LENGTH) for value in values)
    return sorted({slugify(name) for name in cleaned if name and re.search("[a-zA-Z0-9]", name)})


def _without_controls(value: str, kept: frozenset[str]) -> str:
    """Put blanks where control characters stand, and leave out halves of characters."""
    text = to_nfc(value)
    if text.isprintable():
        return text
    letters = (
        letter if letter in kept or unicodedata.category(letter) not in {"Cc", "Zl", "Zp"} else " "
        for letter in text
        if not "\ud800" <= letter <= "\udfff"
    )
    return to_nfc("".join(letters))


def _taken(field: Text, value: object) -> str | None:
    """Ask the field of the schema, so that no rule stands twice."""
    try:
        return None if value is None else str(field.deserialize(value))
    except ma.ValidationError:
        return None
