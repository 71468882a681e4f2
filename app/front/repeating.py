"""A connection on which what came before is neither read nor joined again.

Requests whose very bytes came before lead to what they ask for, and most of an
answer that is given again is joined and checked already. Made for gunicorn
27.0. See decision 0030.
"""

import math
from typing import Any

from gunicorn.asgi import protocol

from app.front.answers import Given, Repeated
from app.front.asking import WHOLE_REQUEST, Scope

# What gunicorn does with the headers of an answer; it has no other way in.
_check = protocol._scan_response_headers  # noqa: SLF001  # as said
_status_line = protocol._get_cached_status_line  # noqa: SLF001  # as said
_date_line = protocol._get_cached_date_header  # noqa: SLF001  # as said
_HTTP_1_1 = (1, 1)


class Repeating(protocol.ASGIProtocol):  # type: ignore[misc]  # gunicorn has no types
    """A connection that gives answers again; it asks its application's `answer_known`, if it has one."""

    _answered_at = -math.inf
    _whole_request: bytes | None = None
    _known_request: bytes | None = None
    _behind = b""
    _client: str | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        super().connection_made(transport)
        self._client = (transport.get_extra_info("peername") or (None,))[0]
        self._answer_known = getattr(self.app, "answer_known", _know_nothing)

    def data_received(self, data: bytes) -> None:
        """Take bytes; those that are known are not read."""
        if self._known_request is not None:
            self._wait_behind_it(data)
        elif not self._is_idle():
            self._whole_request = None
            self._read(data)
        elif not self._is_known(data):
            self._whole_request = data
            self._read(data)

    def _read(self, data: bytes) -> None:
        """Let gunicorn read bytes."""
        super().data_received(data)

    def _is_idle(self) -> bool:
        """Say whether nothing is owed on this connection, nothing is half read, and it is to go on."""
        parser = self._callback_parser
        return (
            self._awaiting_request
            and self._current_request is None
            and parser._state == "request_line"  # noqa: SLF001  # nothing else says so
            and not parser._buffer  # noqa: SLF001  # as above
            and not self._finishing_calls
            and not self._flow_control.write_paused
            and not self._closed
            and self.worker.alive
        )

    def _is_known(self, request: bytes) -> bool:
        """Say whether these bytes are a request that came before; then they need not be read again."""
        self._known_request, self._whole_request, self._behind = request, None, b""
        self._answered_at = self.worker.loop.time()
        is_known: bool = self._answer_known(request, self._client, self._give)
        if not is_known:
            self._known_request = None
        return is_known

    def _wait_behind_it(self, data: bytes) -> None:
        """Leave bytes, and all that might follow, until the request before them is answered."""
        self._behind += data
        self._pause_reading()

    def _give(self, given: Given | None) -> None:
        """Answer the known request; None: it has to be read after all."""
        request, self._known_request = self._known_request, None
        if self._closed:
            return
        self._resume_reading()
        if given is None:
            self._read((request or b"") + self._behind)
            return
        self._answered_at = self.worker.loop.time()
        if self._keepalive_handle is None:
            self._arm_keepalive_timer()
        self._safe_write(_head_again(_HTTP_1_1, given.status, given.headers, b"") + given.body)
        if self._behind:
            self._read(self._behind)

    def _keepalive_timeout(self) -> None:
        """End, when nothing was answered for so long; this looks once for many answers."""
        left = self._answered_at + self._keepalive - self.worker.loop.time()
        if left > 0:
            self._keepalive_handle = self.worker.loop.call_later(left, self._keepalive_timeout)
        else:
            super()._keepalive_timeout()

    def _build_http_scope(self, request: Any, sockname: Any, peername: Any) -> Scope:
        """Add to a scope the bytes of its request, when they are all that came and the connection stays."""
        scope: Scope = super()._build_http_scope(request, sockname, peername)
        came, self._whole_request = self._whole_request, None
        parser = self._callback_parser
        is_whole = came and parser.is_complete and not parser.remaining()
        has_body = request.content_length or request.chunked
        is_plain = (request.method, request.version) == ("GET", _HTTP_1_1) and not has_body
        if is_whole and is_plain and not self._will_close(request, response_requires_close=False):
            scope["extensions"] = {WHOLE_REQUEST: came}
        return scope

    def _send_response_start(self, status: int, headers: Any, request: Any, close: bool = False) -> None:  # noqa: FBT001, FBT002  # as gunicorn calls it
        """Begin an answer; of one that is given again, most is joined already."""
        if headers.__class__ is not Repeated:
            super()._send_response_start(status, headers, request, close=close)
            return
        self._response_buffer = _head_again(
            request.version, status, headers, b"Connection: close\r\n" if close else b""
        )


def _head_again(version: tuple[int, int], status: int, headers: Repeated, more: bytes) -> bytes:
    """Write the head of an answer that is given again."""
    return b"".join(
        (_status_line(version, status), headers.lasting.lines, headers.own_line, _date_line(), more, b"\r\n")
    )


def _know_nothing(_request: bytes, _client: str | None, _give: Any) -> bool:
    return False


def check_once(headers: Any) -> Any:
    """Check headers as gunicorn does; those that last, the first time."""
    if headers.__class__ is not Repeated:
        return _check(headers)
    if headers.lasting.framing is None:
        headers.lasting.framing = _check(headers)
    return headers.lasting.framing
