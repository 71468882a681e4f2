"""Reading a request: query string, body, conditions; all that is wrong with it is told at once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote_to_bytes

import marshmallow as ma
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import BadMediaType, BadRequest, Flaw, Invalid, NotAcceptable, TooLarge, did_you_mean
from app.formats.media_types import FORMATS, MEDIA_TYPES
from app.formats.record_files import LARGEST_FILE_BYTES
from app.formats.strict_json import parse_json
from app.schemas.queries import Several
from app.schemas.records import shape_of
from app.services.writing import Condition

JSON_ONLY: Mapping[str, str] = {"json": "application/json"}
JSON_TYPES = ("application/json",)
ANY_TYPE = "application/octet-stream"
TEXT_TYPES = ("text/plain", "text/markdown", ANY_TYPE)
FILE_TYPES = tuple(MEDIA_TYPES.values())
PATCH_TYPES = ("application/merge-patch+json", "application/json")
_MIN_VERSION_DIGITS = 18
_REMEMBERED_QUERIES = 1_000
_REMEMBERED_ACCEPTS = 1_000


def load_query(request: Request, schema: type[ma.Schema]) -> dict[str, Any]:
    """Load the query string.

    Raises:
        Invalid: naming every parameter that is unknown, given twice or not right.
    """
    return dict(_loaded(schema, request.query_string))


@lru_cache(_REMEMBERED_QUERIES)
def _loaded(schema: type[ma.Schema], query_string: bytes) -> Mapping[str, Any]:
    """Load a query string, which often comes again; one that is wrong is not remembered."""
    shape = shape_of(schema)
    known = {field.data_key or name: field for name, field in shape.load_fields.items()}
    given: dict[str, Any] = {}
    flaws: list[Flaw] = []
    for name, values in args_of(query_string).lists():
        field = known.get(name)
        if field is None:
            flaws.append(
                Flaw(
                    f"There is no such parameter.{did_you_mean(name, known)}",
                    "unknown_parameter",
                    parameter=name[:80],
                )
            )
        elif isinstance(field, Several):
            given[name] = values
        elif len(values) > 1:
            flaws.append(Flaw("Must be given once.", "given_twice", parameter=name))
        else:
            given[name] = values[0]
    try:
        loaded: dict[str, Any] = shape.load(given)
    except ma.ValidationError as error:
        flaws += [Flaw(text, parameter=name) for name, text in _first_texts(error.messages_dict)]
    if flaws:
        raise Invalid(f"{flaws[0].detail} ({flaws[0].parameter})", flaws=flaws)
    return loaded


@lru_cache(_REMEMBERED_QUERIES)
def args_of(query_string: bytes) -> ImmutableMultiDict[str, str]:
    """Take a query string apart, as Werkzeug does for `request.args`.

    Raises:
        BadRequest: it is not UTF-8.
    """
    try:
        unquote_to_bytes(query_string).decode()
    except UnicodeDecodeError:
        raise BadRequest("The query string is not UTF-8, escaped as in %C3%A9.") from None
    text = query_string.decode()
    return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote"))


class Taken(Protocol):
    """What is to be known of what a method takes."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Give in which it may come."""

    @property
    def is_file(self) -> bool:
        """Say whether it is a file of records."""

    @property
    def is_text(self) -> bool:
        """Say whether it is plain text."""


def read_content(request: Request, body: Taken | None, asked: str | None) -> dict[str, Any]:
    """Read what a method takes: a `body`, an object; or `content`, a file, and its `format`.

    Args:
        request: to read.
        body: what the method takes; None: nothing.
        asked: value of `format=`.

    Raises: as `read_json`, `file_format` and `read_file`.
    """
    if body is None:
        return {}
    if body.is_text:
        return {"content": read_text(request, body.media_types, LARGEST_FILE_BYTES)}
    if not body.is_file:
        return {"body": read_json(request, body.media_types)}
    format_ = file_format(request, asked)
    return {"content": read_file(request, LARGEST_FILE_BYTES), "format": format_}


def read_json(request: Request, media_types: tuple[str, ...]) -> dict[str, Any]:
    """Read a body that is one JSON object.

    Raises:
        BadMediaType: it is of another kind, or coded.
        BadRequest: it is not JSON in UTF-8, is nested too deeply, names a key twice.
        Invalid: it is JSON, but not an object.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in media_types or charset not in {"utf-8", "utf8"} or request.content_encoding:
        raise BadMediaType(f"Send JSON in UTF-8, not compressed, with -H 'Content-Type: {media_types[0]}'.")
    document = parse_json(request.get_data())
    if not isinstance(document, dict):
        flaw = Flaw("Must be an object.", pointer="")
        raise Invalid("The body must be a JSON object.", flaws=[flaw])
    return document


def file_format(request: Request, asked: str | None) -> str:
    """Tell the format of a file: what `format=` says, else its Content-Type.

    Raises:
        BadMediaType: neither says it, or the file is compressed or not in UTF-8.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    format_ = asked or FORMATS.get(request.mimetype)
    if format_ is None or charset not in {"utf-8", "utf8"} or request.content_encoding:
        known = ", ".join(MEDIA_TYPES.values())
        raise BadMediaType(
            f"Send UTF-8, not compressed, with -H 'Content-Type: ...' of {known}, or say format=."
        )
    return format_


def read_text(request: Request, media_types: tuple[str, ...], largest: int) -> bytes:
    """Read a body that is text.

    Raises:
        BadMediaType: it is something else, compressed, or not in UTF-8.
        TooLarge: it has more bytes than that.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in media_types or charset not in {"utf-8", "utf8"} or request.content_encoding:
        detail = (
            f"Send text in UTF-8, not compressed, with -H 'Content-Type: {media_types[0]}; charset=utf-8'."
        )
        raise BadMediaType(detail)
    return read_file(request, largest)


def read_file(request: Request, largest: int) -> bytes:
    """Read a body that is a file.

    Raises:
        TooLarge: it has more bytes than that.
    """
    request.max_content_length = largest
    if (request.content_length or 0) > largest:
        raise TooLarge(f"A file has at most {largest:,} bytes. Send it in parts.")
    return request.get_data()


def read_condition(request: Request, *, is_demanded: bool) -> Condition:
    """Read If-Match and If-None-Match; what stands before the dash of an ETag marks the revision."""
    matched = None
    if "If-Match" in request.headers:
        tags = request.if_match
        marks = {tag.rpartition("-")[0] for tag in tags.as_set() if tag}
        matched = frozenset(marks | ({"*"} if tags.star_tag else set()))
    return Condition(matched, only_new=request.if_none_match.star_tag, is_demanded=is_demanded)


def read_min_version(request: Request) -> int:
    """Read Atlas-Min-Version; 0 when it is not there.

    Raises:
        Invalid: it is not a whole number.
    """
    text = request.headers.get("Atlas-Min-Version", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _MIN_VERSION_DIGITS):
        detail = "Atlas-Min-Version must be a version as Atlas-Version gives it: a whole number."
        raise Invalid(detail, flaws=[Flaw(detail, parameter="Atlas-Min-Version")])
    return int(text)


def choose_format(request: Request, formats: Mapping[str, str], asked: str | None = None) -> str:
    """Choose what to answer in: what `format=` says, else what Accept prefers.

    Args:
        request: its Accept header counts; without one anything will do.
        formats: media types by format; the first is the default.
        asked: value of `format=`, one of the formats.

    Raises:
        NotAcceptable: listing what can be had.
    """
    if asked:
        return asked
    if "Accept" not in request.headers:
        return next(iter(formats))
    chosen = _preferred(request.headers["Accept"], tuple(formats.items()))
    if chosen is None:
        available = ", ".join(formats.values())
        raise NotAcceptable(f"This answers in {available}.", members={"available": list(formats.values())})
    return chosen


@lru_cache(_REMEMBERED_ACCEPTS)
def _preferred(accept: str, formats: tuple[tuple[str, str], ...]) -> str | None:
    """Find the format that an Accept header prefers; the same few come again and again."""
    names = _names_of(dict(formats))
    best = parse_accept_header(accept, MIMEAccept).best_match(list(names))
    return None if best is None else names[best]


def _names_of(formats: Mapping[str, str]) -> dict[str, str]:
    """Give the format for each media type, and for each other name of one; the default comes first."""
    names = {media_type: name for name, media_type in formats.items()}
    others = {other: name for other, name in FORMATS.items() if formats.get(name) == MEDIA_TYPES[name]}
    return {**names, **others}


def _first_texts(messages: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the first sentence for each parameter, also of those that may stand several times."""
    texts = []
    for name, inner in messages.items():
        while isinstance(inner, Mapping):
            inner = next(iter(inner.values()))  # noqa: PLW2901  # walk down to the sentence
        texts.append((str(name), inner[0]))
    return texts
