"""The kinds of values on the wire, each with its limit and its place in the documentation."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import marshmallow as ma
from packageurl import PackageURL

from app.landmarks import LANDMARKS_LENGTH, MARK_LENGTH
from app.models import LIST_LENGTH, PURL_LENGTH, SHA256_LENGTH, URL_LENGTH
from app.text import LINE_PATTERN, SLUG_LENGTH, SLUG_PATTERN, TEXT_PATTERN, to_nfc

URL_PATTERN = r"^https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!-~]*)?$"
PURL_PATTERN = r"^pkg:[a-z][a-z0-9.+-]*(?:/(?:[A-Za-z0-9._~+:-]|%[0-9A-F]{2})+)+$"
# Identifiers or groups in parentheses, joined by AND, OR, WITH: the syntax of SPDX, but for deeper nesting.
# Written so that each text matches in one way only: a longer one costs no more than its length.
_ONE = r"[A-Za-z0-9][A-Za-z0-9.+:-]*(?: WITH [A-Za-z0-9][A-Za-z0-9.+:-]*)?"
_ONE_OR_GROUP = rf"(?:{_ONE}|\({_ONE}(?: (?:AND|OR) {_ONE})*\))"
LICENSE_PATTERN = rf"^{_ONE_OR_GROUP}(?: (?:AND|OR) {_ONE_OR_GROUP})*$"

_ESCAPE = re.compile(r"%[0-9a-f]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT_PATTERN = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_MOMENT = re.compile(MOMENT_PATTERN)


class Text(ma.fields.String):
    """Text in Unicode NFC, without control characters, not blank.

    Args:
        longest: in code points.
        pattern: what it must match; the default is one line of anything.
        hint: what to say when it does not.
    """

    def __init__(
        self,
        longest: int,
        *,
        pattern: str = LINE_PATTERN,
        hint: str = "",
        metadata: Mapping[str, Any] | None = None,
        **rest: Any,
    ) -> None:
        documented = {"minLength": 1, "maxLength": longest, "pattern": pattern, **(metadata or {})}
        super().__init__(metadata=documented, **rest)
        self.longest = longest
        self.regex = re.compile(pattern)
        self.hint = hint or "Must be text that is not blank, without control characters."

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ma.ValidationError("Must be a string.")
        text = to_nfc(value)
        if len(text) > self.longest:
            raise ma.ValidationError(f"Must be at most {self.longest:,} characters long.")
        if not self.regex.fullmatch(text) or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ma.ValidationError(self.hint)
        return text.strip()


class Prose(Text):
    """Text of several lines."""

    def __init__(self, longest: int, **rest: Any) -> None:
        hint = "Must be text that is not blank, without control characters but tabs and line feeds."
        super().__init__(longest, pattern=TEXT_PATTERN, hint=hint, **rest)


class Slug(Text):
    """The name of a record in URLs."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(
            SLUG_LENGTH,
            pattern=SLUG_PATTERN,
            hint="Must be a slug: runs of a-z and 0-9 joined by single dashes, such as scikit-learn.",
            **rest,
        )


class Url(Text):
    """A link that a browser may follow."""

    def __init__(self, **rest: Any) -> None:
        hint = "Must be an http or https URL in ASCII, such as https://numpy.org/doc/."
        super().__init__(URL_LENGTH, pattern=URL_PATTERN, hint=hint, **rest)


class Sha256(Text):
    """A SHA-256 digest."""

    def __init__(self, **rest: Any) -> None:
        hint = "Must be a SHA-256 digest: 64 characters of 0-9 and a-f."
        super().__init__(SHA256_LENGTH, pattern=r"^[0-9a-f]{64}$", hint=hint, **rest)


class Landmarks(Text):
    """The landmarks of an excerpt; see app/landmarks.py."""

    def __init__(self, **rest: Any) -> None:
        hint = f"Must be three marks of {MARK_LENGTH} characters of 0-9 and a-f, joined by dashes."
        mark = f"[0-9a-f]{{{MARK_LENGTH}}}"
        super().__init__(LANDMARKS_LENGTH, pattern=f"^{mark}-{mark}-{mark}$", hint=hint, **rest)


class License(Text):
    """A licence expression in the syntax of SPDX."""

    def __init__(self, longest: int, **rest: Any) -> None:
        hint = "Must be an SPDX expression, such as MIT or Apache-2.0 OR MIT."
        super().__init__(longest, pattern=LICENSE_PATTERN, hint=hint, **rest)


class Purl(Text):
    """A package URL without a version, in its canonical form.

    Source: https://github.com/package-url/purl-spec.
    """

    def __init__(self, **rest: Any) -> None:
        hint = "Must be a package URL without version, such as pkg:pypi/numpy."
        super().__init__(PURL_LENGTH, pattern=PURL_PATTERN, hint=hint, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            canonical = PackageURL.from_string(text).to_string()
        except ValueError as error:
            raise ma.ValidationError(self.hint) from error
        # packageurl-python 0.17 writes the escapes of some types in small letters.
        canonical = _ESCAPE.sub(lambda escape: escape[0].upper(), canonical)
        if len(canonical) > self.longest:
            raise ma.ValidationError(f"Must be at most {self.longest:,} characters long when escaped.")
        return canonical


class Word(ma.fields.Enum[Any]):
    """A member of an enumeration, by its value."""

    def __init__(self, enumeration: type[StrEnum], **rest: Any) -> None:
        super().__init__(enumeration, by_value=ma.fields.String(), **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        values = [member.value for member in self.enum]
        if value not in values:
            raise ma.ValidationError(f"Must be one of: {', '.join(values)}.")
        return self.enum(value)


class Whole(ma.fields.Integer):
    """A whole number within limits."""

    def __init__(
        self, lowest: int, highest: int, *, metadata: Mapping[str, Any] | None = None, **rest: Any
    ) -> None:
        documented = {"minimum": lowest, "maximum": highest, "format": "int32", **(metadata or {})}
        super().__init__(metadata=documented, **rest)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = self._read(value)
        if number is None or not self.lowest <= number <= self.highest:
            raise ma.ValidationError(f"Must be a whole number from {self.lowest} to {self.highest}.")
        return number

    def _read(self, value: Any) -> int | None:
        """Take a number of JSON; 2.0 is a whole number to JSON Schema."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return int(value) if value == int(value) else None


class Moment(ma.fields.Field[datetime]):
    """A moment, RFC 3339; given in UTC with Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            try:
                return datetime.fromisoformat(value.upper()).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        raise ma.ValidationError("Must be a moment with an offset, such as 2026-01-31T12:00:00Z.")


class Day(ma.fields.Date):
    """A date, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise ma.ValidationError("Must be a date, such as 2026-01-31.")


class Reference(ma.fields.Nested):
    """A record that is pointed at: given with slug and name, taken as a slug too."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any
    ) -> str:
        if isinstance(value, str):
            value = {"slug": value}
        if not isinstance(value, Mapping):
            raise ma.ValidationError("Must be a slug, or an object with a slug.")
        loaded: dict[str, str] = super()._deserialize(dict(value), attr, data, partial, **kwargs)
        return loaded["slug"]


class Items(ma.fields.List[Any]):
    """A list of at most 200, in its order."""

    def __init__(
        self,
        inner: ma.fields.Field[Any],
        *,
        fewest: int = 0,
        metadata: Mapping[str, Any] | None = None,
        **rest: Any,
    ) -> None:
        documented = {"maxItems": LIST_LENGTH, **({"minItems": fewest} if fewest else {}), **(metadata or {})}
        super().__init__(inner, metadata=documented, **rest)
        self.fewest = fewest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ma.ValidationError("Must be a list.")
        if not self.fewest <= len(value) <= LIST_LENGTH:
            raise ma.ValidationError(f"Must hold {self.fewest} to {LIST_LENGTH} items.")
        return super()._deserialize(value, attr, data, **kwargs)


class Bag(Items):
    """A list in which neither order nor repetition means anything; kept sorted."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return sorted(set(super()._deserialize(value, attr, data, **kwargs)))
