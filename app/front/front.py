"""The front, put together: an ASGI application around the WSGI one."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from copy import copy
from io import BytesIO
from typing import IO, Any

import orjson

from app.api.guard import API_POLICY, HEADERS, HELD, LASTING
from app.bounded import Bounded
from app.config import Settings
from app.errors import EXPLANATIONS, PROBLEM_TYPE, problem_of
from app.formats.record_files import LARGEST_FILE_BYTES
from app.front import bodies
from app.front.answers import Answers, Given
from app.front.asking import WHOLE_REQUEST, Asked, Scope
from app.front.bridge import Answer, Bridge, Environ, Full, WsgiApp, environ_of
from app.front.holding import Held, Holder
from app.front.lines import Lines
from app.front.versions import Version, Watch, watch

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Give = Callable[[Given | None], None]

_BODY_SECONDS = 20.0
_BYTES_OF_KNOWN = 2_097_152
_OVERHEAD_BYTES = 1_500
_OK, _NOT_MODIFIED = 200, 304
_RETRY_SECONDS = b"1"


class Front:
    """An ASGI application that gives answers again, and asks the application behind it for others."""

    def __init__(self, app: WsgiApp, settings: Settings, versions: Watch | None = None) -> None:
        """Put it together.

        Args:
            app: the WSGI application behind it.
            settings: of the atlas.
            versions: what looks at the version; None: at the database of the settings.
        """
        self._versions = versions or watch(settings)
        self._bridge = Bridge(app, threads=settings.threads, queue=settings.queue)
        self._holder = Holder(self._versions, turns=max(1, settings.threads // 2))
        self._answers = Answers(settings.cache_bytes)
        self._lines = Lines(is_wanted=settings.log_level in {"DEBUG", "INFO"})
        self._is_behind_proxy = bool(settings.proxies)
        self._largest_bytes = max(settings.max_body_bytes, LARGEST_FILE_BYTES)
        self._largest_from_strangers = settings.max_body_bytes
        self._keeps = settings.cache_bytes > 0
        self._known: Bounded[bytes, Asked] = Bounded(_BYTES_OF_KNOWN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or take part in the start and the end of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            began_at = time.perf_counter()
            asked = Asked(scope, is_behind_proxy=self._is_behind_proxy)
            status, size = await self._answer(asked, scope, receive, send)
            spent = (time.perf_counter() - began_at) * 1000
            self._lines.note(asked, scope["client"][0] if scope["client"] else None, status, size, spent)

    def answer_known(self, request: bytes, client: str | None, give: Give) -> bool:
        """Answer a request whose very bytes came before, if its answer still holds.

        Args:
            request: all of it, on a connection that owes no answer.
            client: the address of who asks.
            give: gets the answer, whose headers were checked before; None: the request is to be read.

        Returns:
            Whether something is given, now or soon.
        """
        asked = self._known.find(request)
        if asked is None:
            return False
        began_at = time.perf_counter()

        def told(version: Version | None) -> None:
            asked.come_again()
            given = self._given_again(asked, version)
            if given is None or given.headers.lasting.framing is None:
                give(None)
                return
            give(given)
            spent = (time.perf_counter() - began_at) * 1000
            self._lines.note(asked, client, given.status, len(given.body), spent)

        self._versions.look(told)
        return True

    async def _answer(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> tuple[int, int]:
        """Answer a request; gives the status and the number of bytes."""
        if asked.is_repeatable and self._keeps:
            given = self._given_again(asked, await self._versions.version())
            if given is not None:
                self._know(asked, scope)
                await _send_whole(given, send)
                return given.status, len(given.body)
        return await self._ask(asked, scope, receive, send)

    def _given_again(self, asked: Asked, version: Version | None) -> Given | None:
        """Give what was answered at a version, in the words of this request; None: nothing was."""
        if version is None or asked.min_version > version[0]:
            return None
        stored = self._answers.find(asked.key, version)
        return None if stored is None else stored.again(asked.if_none_match, asked.request_id)

    def _know(self, asked: Asked, scope: Scope) -> None:
        """Remember what the bytes of a request ask for, unless its head says more than they do."""
        request = scope.get("extensions", {}).get(WHOLE_REQUEST)
        if request is not None and not asked.has_own_id and not self._is_behind_proxy:
            self._known.keep(request, copy(asked), len(request) + _OVERHEAD_BYTES)

    async def _ask(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> tuple[int, int]:
        """Let the application behind answer, and keep what may be given again."""
        if self._bridge.is_full:
            return await _refuse(asked, scope, send)
        most = self._largest_bytes if asked.has_token else self._largest_from_strangers
        try:
            body = await bodies.read(receive, asked.length, most_bytes=most, seconds=_BODY_SECONDS)
        except bodies.Gone:
            return 0, 0
        except bodies.TooSlow:
            return await _refuse(asked, scope, send, "request_timeout")
        with body:
            try:
                held, answer, environ = await self._call(asked, scope, body)
            except Full:
                return await _refuse(asked, scope, send)
        if held is not None:
            return await self._hold(asked, scope, receive, send, held, answer)
        if asked.is_repeatable and self._keeps and (version := environ.get(LASTING)):
            self._keep(asked, scope, version, answer)
        return await _send(answer, send)

    async def _call(
        self, asked: Asked, scope: Scope, body: IO[bytes], held: Held = None
    ) -> tuple[Held, Answer, Environ]:
        """Ask the application; raises Full."""
        environ = environ_of(scope, body)
        environ["HTTP_X_REQUEST_ID"] = asked.request_id.decode()
        environ[HELD] = held
        answer = await self._bridge.call(environ)
        return environ[HELD], answer, environ

    async def _hold(
        self, asked: Asked, scope: Scope, receive: Receive, send: Send, held: Held, answer: Answer
    ) -> tuple[int, int]:
        """Send an answer when there is news, or the time is over."""

        async def ask(before: Held) -> tuple[Held, Answer]:
            return (await self._call(asked, scope, BytesIO(), before))[:2]

        found = await self._holder.hold(held, answer, ask, receive)
        return (0, 0) if found is None else await _send(found, send)

    def _keep(self, asked: Asked, scope: Scope, version: Version, answer: Answer) -> None:
        if scope["method"] == "GET" and answer.rest is None and answer.status in {_OK, _NOT_MODIFIED}:
            body = None if answer.status == _NOT_MODIFIED else answer.body
            self._answers.keep(asked.key, version, answer.headers, body)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Take part in the start and the end of the server.

        Source: https://asgi.readthedocs.io/en/latest/specs/lifespan.html.
        """
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                break
            await send({"type": "lifespan.startup.complete"})
        await self._versions.close()
        self._bridge.close()
        self._lines.write()
        await send({"type": "lifespan.shutdown.complete"})


async def _send_whole(answer: Answer | Given, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _send(answer: Answer, send: Send) -> tuple[int, int]:
    """Send an answer; a long one as it is written."""
    size = len(answer.body)
    if answer.rest is None:
        await _send_whole(answer, send)
        return answer.status, size
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    try:
        await send({"type": "http.response.body", "body": answer.body, "more_body": True})
        async for piece in answer.rest.pieces():
            size += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except ConnectionResetError:
        pass  # the answer says itself that it is not all, and gunicorn breaks the connection off
    finally:
        answer.rest.close()
    return answer.status, size


async def _refuse(asked: Asked, scope: Scope, send: Send, code: str = "overloaded") -> tuple[int, int]:
    """Say that too many wait already, or what else keeps the application from being asked."""
    status, _title, text = EXPLANATIONS[code]
    document = {
        "type": f"/problems/{code}",
        **problem_of(status, code, text),
        "instance": scope["path"],
        "request_id": asked.request_id.decode(),
    }
    body = orjson.dumps(document)
    headers = [
        (b"content-type", PROBLEM_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", _RETRY_SECONDS),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", API_POLICY.encode()),
        (b"access-control-allow-origin", b"*"),
        (b"x-request-id", asked.request_id),
        *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
    ]
    if asked.length:
        headers.append((b"connection", b"close"))  # what is left of the body is not read
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return status, len(body)
