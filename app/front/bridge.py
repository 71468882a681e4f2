"""The WSGI application behind the front, in threads.

No more requests wait for a thread than can be served soon: one more is refused
at once, so that the others stay quick. See decision 0030, also for why this is
not a library.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import unquote_to_bytes, urlsplit

from app.api.guard import LENDING
from app.front.answers import Headers
from app.front.crew import Crew
from app.front.spooling import Spool

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# An answer up to this size is sent as a whole.
_WHOLE_BYTES = 262_144


class Full(Exception):
    """Too many requests wait already."""


@dataclass
class Answer:
    """What the application answered.

    Attributes:
        status: of HTTP.
        headers: names in lower case.
        body: all of it, or where there is a `rest` its beginning.
        rest: what is still being written; None: nothing.
    """

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    rest: Spool | None = None

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        """Take status and headers, as WSGI gives them."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


class Bridge:
    """Threads that call a WSGI application."""

    def __init__(self, app: WsgiApp, *, threads: int, queue: int) -> None:
        """Make the threads when they are needed.

        Args:
            app: to call.
            threads: how many.
            queue: how many requests may wait beside those that have a thread.
        """
        self._app = app
        self._crew = Crew(places=threads, waiting=queue)
        self._most = threads + queue
        self._taken = 0

    @property
    def is_full(self) -> bool:
        """Say whether one more request would have to wait too long."""
        return self._taken >= self._most

    async def call(self, environ: Environ) -> Answer:
        """Let the application answer.

        Raises:
            Full: too many wait already.
        """
        if self.is_full:
            raise Full
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        environ[LENDING] = self._crew.lending
        self._taken += 1
        self._crew.do(lambda: self._run(environ, loop, answered))
        return await answered

    def close(self) -> None:
        """Let the threads end."""
        self._crew.close()

    def _run(
        self, environ: Environ, loop: asyncio.AbstractEventLoop, answered: asyncio.Future[Answer]
    ) -> None:
        """Call the application, in a thread: give a short answer whole, a long one from its beginning on."""
        answer, failure = Answer(), None
        try:
            if not answered.done():  # else the client has gone
                self._ask(environ, loop, answered, answer)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the event loop has to know
            failure = error
        loop.call_soon_threadsafe(self._end, answered, answer, failure)

    def _ask(
        self,
        environ: Environ,
        loop: asyncio.AbstractEventLoop,
        answered: asyncio.Future[Answer],
        answer: Answer,
    ) -> None:
        pieces = self._app(environ, answer.start)
        try:
            left = iter(pieces)
            answer.body = _beginning(left)
            if len(answer.body) >= _WHOLE_BYTES:
                answer.rest = Spool(loop)
                loop.call_soon_threadsafe(_settle, answered, answer)
                _pump(left, answer.rest)
        finally:
            getattr(pieces, "close", lambda: None)()

    def _end(self, answered: asyncio.Future[Answer], answer: Answer, failure: BaseException | None) -> None:
        """Note that a thread is done with a request, and give what it has not given yet."""
        self._taken -= 1
        if failure is None:
            _settle(answered, answer)
        elif not answered.done():
            answered.set_exception(failure)


def environ_of(scope: dict[str, Any], body: IO[bytes]) -> Environ:
    """Say in WSGI's words what a request is.

    Source: PEP 3333.
    """
    server, client = scope["server"] or ("localhost", 80), scope["client"] or ("", 0)
    path = scope["raw_path"]
    if not path.startswith(b"/"):
        path = urlsplit(path).path  # a client that takes us for a proxy sends a whole URL
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        word = name.decode("latin-1").upper().replace("-", "_")
        key = word if word in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{word}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def _beginning(pieces: Iterator[bytes]) -> bytes:
    """Take pieces until there is no more, or enough to call it long."""
    first = next(pieces, b"")
    taken, size = [first], len(first)
    while size < _WHOLE_BYTES and (piece := next(pieces, None)) is not None:
        taken.append(piece)
        size += len(piece)
    return first if len(taken) == 1 else b"".join(taken)


def _pump(pieces: Iterator[bytes], spool: Spool) -> None:
    """Write what is left; a client that has gone ends it."""
    has_failed = True
    try:
        for piece in pieces:
            spool.put(piece)
        has_failed = False
    except (BrokenPipeError, ConnectionResetError):
        pass  # nobody reads any longer; or the application broke off, and said why
    finally:
        spool.end(has_failed=has_failed)


def _settle(answered: asyncio.Future[Answer], answer: Answer) -> None:
    if not answered.done():
        answered.set_result(answer)
    elif answer.rest is not None and answered.cancelled():
        answer.rest.close()  # the client has gone
