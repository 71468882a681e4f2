"""What gunicorn's own ASGI worker lacks: deadlines, a bound on connections, refusals in our form.

Made for gunicorn 27.0, whose worker has no settings for these.
"""

import asyncio
import math
import uuid
from http import HTTPStatus
from typing import Any

import gunicorn.workers.gasgi
import orjson
from gunicorn.asgi import protocol

from app.errors import EXPLANATIONS, PROBLEM_TYPE, problem_of
from app.front.answers import Given, Repeated
from app.front.asking import WHOLE_REQUEST, Scope

# A head comes in so long, and a client takes something of its answer in so long, or the connection ends.
HEAD_SECONDS = 5.0
WRITE_SECONDS = 30.0

# What gunicorn does with the headers of an answer; it has no other way in.
_check = protocol._scan_response_headers  # noqa: SLF001  # as said
_status_line = protocol._get_cached_status_line  # noqa: SLF001  # as said
_date_line = protocol._get_cached_date_header  # noqa: SLF001  # as said
_CODES = {414: "uri_too_long", 431: "headers_too_large", 500: "internal_error", 501: "not_implemented"}


_HTTP_1_1 = (1, 1)


class Connection(protocol.ASGIProtocol):  # type: ignore[misc]  # gunicorn has no types
    """A connection that ends when nothing comes, or nothing is taken."""

    _head_deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None
    _answered_at = -math.inf
    _whole_request: bytes | None = None
    _known_request: bytes | None = None
    _behind = b""
    _client: str | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin; one connection too many is told so, and ends."""
        super().connection_made(transport)
        self._client = (transport.get_extra_info("peername") or (None,))[0]
        self._answer_known = getattr(self.app, "answer_known", _know_nothing)
        if self.worker.nr_conns > self.worker.worker_connections:
            self._send_error_response(HTTPStatus.SERVICE_UNAVAILABLE, "", [("Retry-After", "1")])
            self._close_transport()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; with the first of a head its time begins, unless it is there as a whole."""
        if self._known_request is not None:
            self._wait_behind_it(data)
        elif not (self._is_idle() and self._is_known(data)):
            self._read(data)

    def _read(self, data: bytes) -> None:
        """Let gunicorn read bytes."""
        self._whole_request = data if self._is_idle() else None
        super().data_received(data)
        if self._awaiting_request and self._head_deadline is None and self._current_request is None:
            self._await_head()

    def _on_headers_complete(self) -> Any:
        self._stop("_head_deadline")
        return super()._on_headers_complete()

    def pause_writing(self) -> None:
        """The client takes less than is sent: give it a time to take some."""
        super().pause_writing()
        if self._write_deadline is None:
            self._write_deadline = self.worker.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken what there was."""
        super().resume_writing()
        self._stop("_write_deadline")

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop("_head_deadline")
        self._stop("_write_deadline")
        super().connection_lost(exc)
        self.worker.door.lost_one()

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
        self._known_request, self._behind = request, b""
        self._answered_at = self.worker.loop.time()
        is_known = self._answer_known(request, self._client, self._give)
        if is_known:
            self._stop("_head_deadline")
        else:
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

    def _await_head(self) -> None:
        self._head_deadline = self.worker.loop.call_later(HEAD_SECONDS, self._close_transport)

    def _stop(self, name: str) -> None:
        timer = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)

    def _send_response_start(self, status: int, headers: Any, request: Any, close: bool = False) -> None:  # noqa: FBT001, FBT002  # as gunicorn calls it
        """Begin an answer; of one that is given again, most is joined already."""
        if headers.__class__ is not Repeated:
            super()._send_response_start(status, headers, request, close=close)
            return
        self._response_buffer = _head_again(
            request.version, status, headers, b"Connection: close\r\n" if close else b""
        )

    def _send_error_response(self, status: int, _message: str, extra_headers: Any = ()) -> None:
        """Refuse what never reaches the application in the API's own form."""
        self._safe_write(refusal(int(status), dict(extra_headers)))


def install() -> None:
    """Let gunicorn's worker use these, and say nothing of itself in its answers."""
    gunicorn.workers.gasgi.ASGIProtocol = Connection
    protocol._scan_response_headers = _check_once  # noqa: SLF001  # as above
    protocol._CACHED_SERVER_HEADER = b""  # noqa: SLF001  # there is no setting


def _head_again(version: tuple[int, int], status: int, headers: Repeated, more: bytes) -> bytes:
    """Write the head of an answer that is given again."""
    return b"".join(
        (_status_line(version, status), headers.lasting.lines, headers.own_line, _date_line(), more, b"\r\n")
    )


def _know_nothing(_request: bytes, _client: str | None, _give: Any) -> bool:
    return False


def _check_once(headers: Any) -> Any:
    """Check headers as gunicorn does; those that last, the first time."""
    if headers.__class__ is not Repeated:
        return _check(headers)
    if headers.lasting.framing is None:
        headers.lasting.framing = _check(headers)
    return headers.lasting.framing


def refusal(status: int, headers: dict[str, str]) -> bytes:
    """Write an answer to what never reaches the application; the connection ends behind it."""
    code = "overloaded" if status == HTTPStatus.SERVICE_UNAVAILABLE else _CODES.get(status, "bad_request")
    detail = "This is not well-formed HTTP, or exceeds a limit."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = EXPLANATIONS[code][2]
    request_id = uuid.uuid4().hex
    document = {"type": f"/problems/{code}", **problem_of(status, code, detail), "request_id": request_id}
    body = orjson.dumps(document)
    lines = {
        "Content-Type": PROBLEM_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": request_id,
        **headers,
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body
