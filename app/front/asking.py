"""What is to be known of a request before anything is done."""

import os
import re
from typing import Any

Scope = dict[str, Any]
# Of a scope's extensions: all bytes of a request without a body, where its connection is to stay.
WHOLE_REQUEST = "toolatlas.whole_request"

_GOOD_ID = re.compile(rb"[A-Za-z0-9._~-]{1,100}")
_REPEATABLE = frozenset({"GET", "HEAD"})
# A request with any of these is answered for itself alone.
_SINGULAR = frozenset({b"authorization", b"transfer-encoding", b"expect", b"upgrade"})
_FORWARDED = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix"})
_NEVER_SEEN = 2**63


class Asked:
    """A request.

    Attributes:
        method, path: as they came; of the path, what is decoded.
        request_id: given with it, or made up.
        has_own_id: whether it was given.
        is_repeatable: whether an answer to the same request may be given to it.
        key: what makes two requests the same.
        if_none_match: as it came.
        min_version: the version that the client has seen.
        has_token: whether it carries an Authorization header.
        length: of the body, in bytes, as far as that is said.
    """

    __slots__ = (
        "has_own_id",
        "has_token",
        "if_none_match",
        "is_repeatable",
        "key",
        "length",
        "method",
        "min_version",
        "path",
        "request_id",
    )

    def __init__(self, scope: Scope, *, is_behind_proxy: bool) -> None:
        """Look through the headers, once."""
        self.method, self.path = scope["method"], scope["path"]
        self.is_repeatable = self.method in _REPEATABLE
        self.if_none_match = b""
        self.min_version = 0
        self.has_token = False
        self.length = 0
        hosts: list[bytes] = []
        accept = forwarded = given_id = b""
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"accept":
                accept += b"," + value
            elif name == b"if-none-match":
                self.if_none_match += value
            elif name == b"x-request-id":
                given_id = value
            elif name == b"atlas-min-version":
                self.min_version = int(value) if value.isdigit() and len(value) < 19 else _NEVER_SEEN  # noqa: PLR2004  # digits of a BIGINT
            elif name == b"content-length":
                self.length = int(value) if value.isdigit() else 0
                self.is_repeatable = False
            elif name in _SINGULAR:
                self.is_repeatable = False
                self.has_token = self.has_token or name == b"authorization"
            elif is_behind_proxy and name in _FORWARDED and name != b"x-forwarded-for":
                forwarded += name + value
        self.has_own_id = bool(_GOOD_ID.fullmatch(given_id))
        self.request_id = given_id if self.has_own_id else _made_up_id()
        self.key = (*hosts, accept, forwarded, scope["scheme"], scope["raw_path"], scope["query_string"])

    def come_again(self) -> None:
        """Be the next request that asks for the same."""
        self.request_id = _made_up_id()


def _made_up_id() -> bytes:
    return os.urandom(16).hex().encode()
