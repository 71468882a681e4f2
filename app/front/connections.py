"""What gunicorn's own ASGI worker lacks: deadlines, a bound on connections, refusals in our form.

Made for gunicorn 27.0, whose worker has no settings for these.
"""

import asyncio
import uuid
from http import HTTPStatus
from typing import Any

import gunicorn.workers.gasgi
import orjson
from gunicorn.asgi import protocol

from app.errors import EXPLANATIONS, PROBLEM_TYPE, problem_of
from app.front.repeating import Repeating, check_once

# A head comes in so long, and a client takes something of its answer in so long, or the connection ends.
HEAD_SECONDS = 5.0
WRITE_SECONDS = 30.0

_CODES = {414: "uri_too_long", 431: "headers_too_large", 500: "internal_error", 501: "not_implemented"}


class Connection(Repeating):
    """A connection that ends when nothing comes, or nothing is taken."""

    _head_deadline: asyncio.TimerHandle | None = None
    _write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin; one connection too many is told so, and ends."""
        super().connection_made(transport)
        if self.worker.nr_conns > self.worker.worker_connections:
            self._send_error_response(HTTPStatus.SERVICE_UNAVAILABLE, "", [("Retry-After", "1")])
            self._close_transport()
        else:
            self._await_head()

    def _read(self, data: bytes) -> None:
        """Let bytes be read; with the first of a head its time begins, unless it is there as a whole."""
        super()._read(data)
        if self._awaiting_request and self._head_deadline is None and self._current_request is None:
            self._await_head()

    def _is_known(self, request: bytes) -> bool:
        """Say whether these bytes need not be read; then the head is there."""
        is_known = super()._is_known(request)
        if is_known:
            self._stop("_head_deadline")
        return is_known

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

    def _await_head(self) -> None:
        self._head_deadline = self.worker.loop.call_later(HEAD_SECONDS, self._close_transport)

    def _stop(self, name: str) -> None:
        timer = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)

    def _send_error_response(self, status: int, _message: str, extra_headers: Any = ()) -> None:
        """Refuse what never reaches the application in the API's own form."""
        self._safe_write(refusal(int(status), dict(extra_headers)))


def install() -> None:
    """Let gunicorn's worker use these, and say nothing of itself in its answers."""
    gunicorn.workers.gasgi.ASGIProtocol = Connection
    protocol._scan_response_headers = check_once  # noqa: SLF001  # it has no other way in
    protocol._CACHED_SERVER_HEADER = b""  # noqa: SLF001  # there is no setting


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
