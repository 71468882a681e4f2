"""Errors of the atlas, and their one translation to problem documents.

    AtlasError
    ├── Renamed           308  has another slug now
    ├── BadRequest        400  cannot be parsed
    ├── Unauthorized      401  no token, or not a good one
    ├── Forbidden         403  a good token that may not do this
    ├── NotFound          404  no such record; carries near names
    ├── NotAcceptable     406  no format that the client accepts
    ├── Conflict          409  clashes with what the atlas holds
    ├── Gone              410  was there, and is not kept
    ├── Stale             412  somebody else was faster
    ├── TooLarge          413  more than is taken at once
    ├── BadMediaType      415  a body of a kind that is not read here
    ├── Invalid           422  understood, but not right
    ├── ConditionMissing  428  `If-Match` is demanded
    ├── TooMany           429  more than one client may ask
    └── Unavailable       503  right, but not now

Only this file knows which HTTP status an error has. Raise the narrowest one,
with a sentence that a user can act on.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy.exc

PROBLEM_TYPE = "application/problem+json"
UNKNOWN_MEMBER = "Unknown field."  # as marshmallow says it
LONGEST_POINTER = 200


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with a request.

    Attributes:
        detail: what is wrong and what would be right.
        code: stable word for it.
        pointer: JSON pointer (RFC 6901) into the body, or None.
        parameter: name of the query parameter or header, or None.
    """

    detail: str
    code: str = "invalid"
    pointer: str | None = None
    parameter: str | None = None

    def document(self) -> dict[str, str]:
        """Give the flaw as it stands in a problem document."""
        places = {"pointer": self.pointer, "parameter": self.parameter}
        document = {name: place for name, place in places.items() if place is not None}
        return {**document, "detail": self.detail, "code": self.code}


@dataclass(eq=False)
class AtlasError(Exception):
    """An error that a client is told about.

    Attributes:
        detail: a sentence that a user can act on; never the input, never a secret.
        code: stable word, also the last part of the problem's `type` URL.
        flaws: every single thing that is wrong, not only the first.
        headers: headers of the answer.
        members: further members of the problem document.
    """

    detail: str
    code: str = ""
    flaws: Sequence[Flaw] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"

    def __post_init__(self) -> None:
        """Fall back to the class's own code."""
        self.code = self.code or self.default_code
        super().__init__(self.detail)


class Renamed(AtlasError):
    """The record has another slug now."""

    status = 308
    default_code = "renamed"

    def __init__(self, old: str, new: str) -> None:
        """Say where it is now."""
        super().__init__(f"This is found under {new} now.")
        self.old, self.new = old, new


class BadRequest(AtlasError):
    """The request cannot be parsed."""

    status = 400
    default_code = "bad_request"


class Unauthorized(AtlasError):
    """There is no token, or not a good one."""

    status = 401
    default_code = "invalid_token"


class Forbidden(AtlasError):
    """The token is good, but may not do this."""

    status = 403
    default_code = "insufficient_scope"


class NotFound(AtlasError):
    """There is no such record."""

    status = 404
    default_code = "not_found"


class NotAcceptable(AtlasError):
    """No format that the client accepts can be given."""

    status = 406
    default_code = "not_acceptable"


class Conflict(AtlasError):
    """The change clashes with what the atlas holds."""

    status = 409
    default_code = "conflict"


class Gone(AtlasError):
    """What is asked for was there, and is not kept."""

    status = 410
    default_code = "gone"


class Stale(AtlasError):
    """The record was changed since the client read it, or exists already."""

    status = 412
    default_code = "precondition_failed"


class TooLarge(AtlasError):
    """The body is more than is taken at once."""

    status = 413
    default_code = "content_too_large"


class BadMediaType(AtlasError):
    """The body is of a kind that is not read here."""

    status = 415
    default_code = "unsupported_media_type"


class Invalid(AtlasError):
    """The request is understood, but not right."""

    status = 422
    default_code = "invalid"


class ConditionMissing(AtlasError):
    """A change has to say which revision it is made to."""

    status = 428
    default_code = "precondition_required"


class TooMany(AtlasError):
    """The client asks more than one client may."""

    status = 429
    default_code = "too_many_requests"


class Unavailable(AtlasError):
    """The request is right, but cannot be served now."""

    status = 503
    default_code = "unavailable"

    def __post_init__(self) -> None:
        """Say when to come back."""
        super().__post_init__()
        self.headers = {"Retry-After": "1", **self.headers}


# What each code means, told at /problems/<code>; the first words are the problem's title.
EXPLANATIONS: dict[str, tuple[int, str, str]] = {
    "renamed": (308, "The record has another slug now", "Follow the Location header; the old slug goes on leading there."),
    "bad_request": (400, "The request cannot be read", "Send one JSON document in UTF-8, as described at /docs."),
    "bad_json": (400, "The body is not JSON", "The detail says where it stops being JSON. NaN, Infinity and a key given twice are not JSON here."),
    "bad_text": (400, "The file is not text in UTF-8", "The detail gives the line. Save the file as UTF-8 and send it again."),
    "bad_yaml": (400, "The file is not YAML that is read here", "The detail gives the line. A file is one document of plain values: no tags, no key given twice."),
    "too_deep": (400, "The body is nested too deeply", "No document of the atlas is nested more than 32 levels deep."),
    "yaml_aliases_not_allowed": (400, "The YAML holds an anchor or an alias", "Write each value out where it stands: a few lines of aliases can stand for gigabytes."),
    "bad_host": (400, "The Host header is wrong", "Send one Host header that names this server."),
    "invalid_token": (401, "The token is not a good one", "Send `Authorization: Bearer ta_...`. `flask atlas tokens create NAME --scope write` makes a token."),
    "token_required": (401, "This needs a token", "Send `Authorization: Bearer ta_...`. `flask atlas tokens create NAME --scope write` makes a token."),
    "insufficient_scope": (403, "The token may not do this", "The detail names the scope or the team that is missing."),
    "not_found": (404, "There is no such thing", "Look the name up in the list one level above; near names are given where there are any."),
    "method_not_allowed": (405, "The method does not go with this URL", "The Allow header lists the methods that do."),
    "not_acceptable": (406, "No accepted format can be given", "The detail lists what can be had. Ask for one of those, or send no Accept header."),
    "request_timeout": (408, "The body did not come in time", "Send the whole body within twenty seconds."),
    "conflict": (409, "The atlas holds something that stands in the way", "The problem's `conflict` member is the URL of what is in the way."),
    "unknown_reference": (409, "The request points at a record that is not there", "Make the record first, or point at another one; near names are given where there are any."),
    "still_referenced": (409, "Other records point at this one", "Change or delete those first; `?cascade=true` deletes them too where that is offered."),
    "status_transition": (409, "The status cannot become that", "The detail names what it can become. A dispute ends when somebody confirms or retires the use case."),
    "still_running": (409, "The request with this Idempotency-Key is still running", "Try again after the seconds in Retry-After; the answer is given then. Nothing is done twice."),
    "gone": (410, "What was here is gone", "The detail says what there is instead."),
    "history_pruned": (410, "What the atlas held then is not kept", "The problem's `oldest` member is the oldest version that can be asked for."),
    "length_required": (411, "The length of the body is not known", "Send Content-Length; chunked bodies are not read."),
    "precondition_failed": (412, "The record is not as you knew it", "Read it again, look at what changed, and send the new ETag in If-Match."),
    "content_too_large": (413, "The body is too large", "The detail gives the limit. Send less at a time."),
    "uri_too_long": (414, "The URL is too long", "Ask in several requests."),
    "unsupported_media_type": (415, "The body is of a kind that is not read here", "The detail gives the header to send."),
    "invalid": (422, "The request is understood, but not right", "Every flaw is listed in `errors`, each with its place."),
    "bad_manifest": (422, "The text is not of the format that was named", "The `line` member says where it stops being of the format. Name the right format, and send the whole file."),
    "idempotency_key_reused": (422, "The Idempotency-Key was used for another request", "Make up a new key for each request; send the same one only with the very same request."),
    "bad_catalog": (422, "The document is not one of this format", "The detail gives the line where reading stopped; `line` gives it as a number."),
    "precondition_required": (428, "The change has to say what it changes", "Send the record's ETag in If-Match."),
    "too_many_requests": (429, "That is more than one client may ask", "Come back after the seconds in Retry-After. `RateLimit-Policy` says how much is given."),
    "headers_too_large": (431, "The headers are too large", "Send fewer or shorter headers."),
    "internal_error": (500, "Something went wrong here", "It is written to the log under the request id. Nothing was changed."),
    "not_implemented": (501, "The request asks for something that is not offered", "Plain HTTP/1.1 without transfer codings is enough for everything here."),
    "unavailable": (503, "The atlas cannot answer now", "Try again after the seconds in Retry-After."),
    "busy": (503, "Too many writers are waiting", "Try again after the seconds in Retry-After. Nothing was changed."),
    "overloaded": (503, "Too many requests are waiting", "Try again after the seconds in Retry-After. Nothing was changed."),
    "query_timeout": (503, "The question takes too long to answer", "Ask for less: a narrower filter, a shorter text. Nothing was changed."),
    "storage_full": (503, "There is no room left to write to", "Reading works. Somebody has to make room; then writing works again. Nothing was changed."),
    "behind": (503, "This server has not seen the version yet", "Try again after the seconds in Retry-After, or ask another server."),
}  # fmt: skip

_FIRST_SERVER_ERROR = 500
_CODES_OF_STATUSES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "content_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    431: "headers_too_large",
    501: "not_implemented",
}

# SQLite: https://www.sqlite.org/rescode.html. PostgreSQL: appendix A of its manual.
SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_INTERRUPT, _SQLITE_FULL = 5, 6, 9, 13
_DATABASE_CODES: dict[int | str, str] = {
    SQLITE_BUSY: "busy",
    _SQLITE_LOCKED: "busy",
    _SQLITE_INTERRUPT: "query_timeout",
    _SQLITE_FULL: "storage_full",
    "40001": "busy",
    "40P01": "busy",
    "55P03": "busy",
    "57014": "query_timeout",
    "53100": "storage_full",
    "53300": "unavailable",
}
_DETAILS = {
    "busy": "Too many writers are waiting for their turn.",
    "query_timeout": "The database was stopped at its time limit.",
    "storage_full": "The disk of the database is full.",
    "unavailable": "The database cannot be reached.",
}


def problem_of(status: int, code: str, detail: str, flaws: Sequence[Flaw] = ()) -> dict[str, Any]:
    """Build the members of a problem document that do not depend on the request.

    Source: RFC 9457; the API conventions in docs/api.md.
    """
    title = EXPLANATIONS[code][1]
    document: dict[str, Any] = {"title": title, "status": status, "detail": detail, "code": code}
    return {**document, "errors": [flaw.document() for flaw in flaws]}


def flaws_of(messages: Mapping[Any, Any], *, known: Iterable[str] = (), at: str = "") -> list[Flaw]:
    """Give the messages of a schema as flaws, each with its JSON pointer.

    Args:
        messages: nested by member and place, lists of sentences at the leaves.
        known: members that there are, to offer one that looks like an unknown one.
        at: pointer to where the messages belong.
    """
    flaws = []
    for name, inner in messages.items():
        pointer = at if name == "_schema" else f"{at}/{pointer_step(str(name))}"
        if isinstance(inner, Mapping):
            flaws += flaws_of(inner, at=pointer)
            continue
        for message in inner:
            is_unknown = message == UNKNOWN_MEMBER
            detail = f"There is no such member.{did_you_mean(str(name), known)}" if is_unknown else message
            flaws.append(
                Flaw(detail, "unknown_member" if is_unknown else "invalid", pointer[:LONGEST_POINTER])
            )
    return flaws


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Make the sentence that offers the word that was likely meant, or nothing."""
    near = difflib.get_close_matches(word[:LONGEST_POINTER], list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def invalid_body(flaws: Sequence[Flaw]) -> Invalid:
    """Make the error for a body that is not right."""
    first = flaws[0]
    where = f" ({first.pointer})" if first.pointer else ""
    more = f" And {len(flaws) - 1} more, see `errors`." if len(flaws) > 1 else ""
    return Invalid(f"{first.detail}{where}{more}", flaws=flaws)


def pointer_step(name: str) -> str:
    """Escape a member's name for a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def from_http(status: int, detail: str = "") -> AtlasError:
    """Give an error that the web framework raised as one of ours.

    Args:
        status: 4xx or 5xx.
        detail: what to say; the default explains the kind of problem.
    """
    code = _CODES_OF_STATUSES.get(status, "bad_request" if status < _FIRST_SERVER_ERROR else "internal_error")
    error = AtlasError(detail or EXPLANATIONS[code][2], code)
    error.status = status  # type: ignore[misc]  # the framework's status, not the class's
    return error


def from_database(error: sqlalchemy.exc.SQLAlchemyError) -> AtlasError | None:
    """Give a database error as one that can be told, by the driver's code.

    Returns: None for what is a fault of ours (500).

    Source: decision 0006.
    """
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return Unavailable(_DETAILS["busy"], "busy")
    if not isinstance(error, sqlalchemy.exc.DBAPIError):
        return None
    code = _DATABASE_CODES.get(_driver_code(error))
    if code is None and (error.connection_invalidated or _is_connection_lost(error)):
        code = "unavailable"
    return Unavailable(_DETAILS[code], code) if code else None


def _driver_code(error: sqlalchemy.exc.DBAPIError) -> int | str:
    """Give SQLite's primary result code or PostgreSQL's SQLSTATE."""
    original: Any = error.orig
    sqlite_code = getattr(original, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return int(sqlite_code) & 0xFF
    return getattr(original, "sqlstate", None) or ""


def _is_connection_lost(error: sqlalchemy.exc.DBAPIError) -> bool:
    state = str(_driver_code(error))
    is_postgresql = type(error.orig).__module__.startswith("psycopg")
    is_refused = isinstance(error, sqlalchemy.exc.OperationalError) and not state
    return is_postgresql and (is_refused or state.startswith(("08", "57P")))
