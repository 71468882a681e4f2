"""Answers that hold as long as the version of the atlas does."""

from collections.abc import Hashable
from typing import NamedTuple

from werkzeug.http import parse_etags

from app.bounded import Bounded
from app.front.versions import Version

Headers = list[tuple[bytes, bytes]]

# Headers of one answer alone; the server sets the others of this kind.
_SINGLE_USE = frozenset({b"x-request-id", b"date", b"connection", b"ratelimit", b"ratelimit-policy"})
_OF_A_BODY = frozenset({b"content-type", b"content-length", b"content-disposition", b"repr-digest"})
_OVERHEAD_BYTES = 1_000
_OK, _NOT_MODIFIED = 200, 304
_MOST_SHARES = 4  # no answer takes more than a quarter of the room


class Lasting:
    """Headers that many answers have, and what the server made of them the first time.

    Attributes:
        headers: names in lower case.
        lines: the same as they go out, each with its end.
        framing: what the server found out about the body when it checked them; None: not checked yet.
    """

    __slots__ = ("framing", "headers", "lines")

    def __init__(self, headers: Headers) -> None:
        """Take headers."""
        self.headers = headers
        self.lines = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        self.framing: tuple[bool, bytes | None, bool] | None = None


class Repeated(list[tuple[bytes, bytes]]):
    """The headers of one more answer: those that last, and the id of its request.

    Any ASGI server takes it as the list that it is; ours looks at `lasting`, and checks and joins nothing.
    """

    __slots__ = ("lasting", "own_line")

    def __init__(self, lasting: Lasting, request_id: bytes) -> None:
        """Put it together."""
        super().__init__(lasting.headers)
        self.append((b"x-request-id", request_id))
        self.lasting = lasting
        self.own_line = b"x-request-id: %b\r\n" % request_id


class Given(NamedTuple):
    """An answer that is given again."""

    status: int
    headers: Repeated
    body: bytes


class Stored:
    """An answer, ready to be given again.

    Attributes:
        whole: its headers, without those of one answer alone.
        short: those of an answer without the body.
        body: its bytes; None: only that the client has it is known.
        etag: as in its header.
    """

    __slots__ = ("body", "etag", "short", "whole")

    def __init__(self, headers: Headers, body: bytes | None) -> None:
        """Take an answer."""
        kept = [(name, value) for name, value in headers if name not in _SINGLE_USE]
        self.whole = Lasting(kept)
        self.short = Lasting([(name, value) for name, value in kept if name not in _OF_A_BODY])
        self.etag = dict(headers).get(b"etag", b"")
        self.body = body

    def again(self, if_none_match: bytes, request_id: bytes) -> Given | None:
        """Give it again, or say that the client has it; None: neither can be done."""
        if if_none_match and self.is_known_by(if_none_match):
            return Given(_NOT_MODIFIED, Repeated(self.short, request_id), b"")
        return None if self.body is None else Given(_OK, Repeated(self.whole, request_id), self.body)

    def is_known_by(self, if_none_match: bytes) -> bool:
        """Say whether the client has this very answer."""
        if if_none_match == self.etag:
            return bool(self.etag)
        tags = parse_etags(if_none_match.decode("latin-1"))
        return bool(self.etag) and tags.contains_weak(self.etag.decode("latin-1").strip('"'))


class Answers:
    """Answers of one version; the one that was not asked for the longest time goes first."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with none, of no version.

        Args:
            most_bytes: that they may take together.
        """
        self._version: Version = (-1, 0)
        self._stored: Bounded[Hashable, Stored] = Bounded(most_bytes)

    def find(self, key: Hashable, version: Version) -> Stored | None:
        """Give the answer to a request at a version, or None."""
        if version != self._version:
            return None
        return self._stored.find(key)

    def keep(self, key: Hashable, version: Version, headers: Headers, body: bytes | None) -> None:
        """Keep an answer that was given at a version; those of earlier versions go.

        Args:
            key: of the request.
            version: of the atlas.
            headers: names in lower case.
            body: its bytes; None: the answer was that the client has it.
        """
        size = len(body or b"") + _OVERHEAD_BYTES
        if version < self._version or size * _MOST_SHARES > self._stored.most_bytes:
            return
        if version > self._version:
            self._stored.clear()
            self._version = version
        self._stored.keep(key, Stored(headers, body), size)
