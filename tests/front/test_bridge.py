"""app/front/bridge.py"""

import asyncio
import threading
from io import BytesIO

import pytest

from app.api.guard import LENDING
from app.front.bridge import Bridge, Full, environ_of
from tests.front.exchange import scope


def answering(*pieces, status="200 OK", headers=()):
    """Make a WSGI application."""

    def app(_environ, start):
        start(status, [("X-Told", "yes"), *headers])
        return iter(pieces)

    return app


def call(app, *, threads=1, queue=0):
    """Call an application once; gives the answer, and the whole of its body."""

    async def called():
        bridge = Bridge(app, threads=threads, queue=queue)
        answer = await bridge.call({})
        body = answer.body
        try:
            if answer.rest is not None:
                async for piece in answer.rest.pieces():
                    body += piece
        finally:
            if answer.rest is not None:
                answer.rest.close()
            bridge.close()
        return answer, body

    return asyncio.run(called())


class TestCall:
    def test_a_short_answer_comes_whole(self):
        answer, body = call(answering(b"one ", b"two", status="201 CREATED"))
        assert (answer.status, answer.headers, body) == (201, [(b"x-told", b"yes")], b"one two")
        assert answer.rest is None

    def test_an_answer_may_be_empty(self):
        assert call(answering())[1] == b""

    def test_a_long_answer_comes_piece_by_piece(self):
        answer, body = call(answering(*[b"x" * 100_000] * 20))
        assert answer.rest is not None
        assert body == b"x" * 2_000_000

    def test_one_long_piece_is_a_long_answer(self):
        answer, body = call(answering(b"x" * 300_000))
        assert answer.rest is not None
        assert len(body) == 300_000

    def test_a_long_answer_that_breaks_off_is_not_taken_for_the_whole(self):
        def pieces():
            yield b"x" * 300_000
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            call(lambda _environ, start: start("200 OK", []) or pieces())

    def test_what_goes_wrong_is_raised(self):
        def app(_environ, _start):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            call(app)

    def test_what_the_application_opened_is_closed(self):
        closed = []

        class Pieces(list):
            def close(self):
                closed.append(True)

        call(lambda _environ, start: start("200 OK", []) or Pieces([b"x"]))
        assert closed == [True]


class Holding:
    """An application that answers when it is let go; notes how many calls it got."""

    def __init__(self, pieces=(b"",)):
        self.go, self.started, self.calls, self.pieces = threading.Event(), threading.Event(), 0, pieces
        self.has_gone = threading.Event()

    def __call__(self, _environ, start):
        self.calls += 1
        self.started.set()
        self.go.wait(10)
        start("200 OK", [])
        try:
            yield from self.pieces
        finally:
            self.has_gone.set()


class TestQueue:
    def test_one_too_many_is_refused_at_once(self):
        async def ask():
            app = Holding()
            bridge = Bridge(app, threads=1, queue=1)
            two = [asyncio.ensure_future(bridge.call({})) for _ in range(2)]
            await asyncio.to_thread(app.started.wait, 10)
            assert bridge.is_full
            with pytest.raises(Full):
                await bridge.call({})
            app.go.set()
            await asyncio.gather(*two)
            await asyncio.sleep(0.01)
            assert not bridge.is_full
            bridge.close()

        asyncio.run(ask())

    def test_who_waits_for_others_lends_its_thread(self):
        meeting = threading.Barrier(3)

        def app(environ, start):
            with environ[LENDING]():
                meeting.wait(10)
            return answering(b"met")(environ, start)

        async def ask():
            bridge = Bridge(app, threads=1, queue=2)
            answers = await asyncio.gather(*(bridge.call({}) for _ in range(3)))
            bridge.close()
            return [answer.body for answer in answers]

        assert asyncio.run(ask()) == [b"met"] * 3

    def test_who_goes_while_waiting_is_not_served(self):
        async def ask():
            app = Holding()
            bridge = Bridge(app, threads=1, queue=1)
            first, second = (asyncio.ensure_future(bridge.call({})) for _ in range(2))
            await asyncio.to_thread(app.started.wait, 10)
            second.cancel()
            await asyncio.sleep(0)
            app.go.set()
            await first
            await asyncio.to_thread(bridge.close)
            assert app.calls == 1

        asyncio.run(ask())

    @pytest.mark.parametrize("pieces", [(b"short",), (b"x" * 300_000, b"more")])
    def test_who_goes_while_being_served_is_not_waited_for(self, pieces):
        async def ask():
            app = Holding(pieces)
            bridge = Bridge(app, threads=1, queue=0)
            asked = asyncio.ensure_future(bridge.call({}))
            await asyncio.to_thread(app.started.wait, 10)
            asked.cancel()
            await asyncio.sleep(0)
            app.go.set()
            assert await asyncio.to_thread(app.has_gone.wait, 10)
            await asyncio.sleep(0.01)
            assert not bridge.is_full
            bridge.close()

        asyncio.run(ask())

    def test_a_failure_that_nobody_waits_for_is_nobodys(self):
        async def ask():
            app = Holding()
            app.pieces = None
            bridge = Bridge(app, threads=1, queue=0)
            asked = asyncio.ensure_future(bridge.call({}))
            await asyncio.to_thread(app.started.wait, 10)
            asked.cancel()
            await asyncio.sleep(0)
            app.go.set()
            await asyncio.to_thread(app.has_gone.wait, 10)
            await asyncio.sleep(0.01)
            assert not bridge.is_full
            bridge.close()

        asyncio.run(ask())


class TestEnvironOf:
    def test_it_says_what_was_asked(self):
        environ = environ_of(
            scope("/a%C3%A9b", "PUT", "q=%20", content_type="text/csv", content_length="3", x_mine="1"),
            BytesIO(b"abc"),
        )
        told = {
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": "/aÃ©b",
            "QUERY_STRING": "q=%20",
            "CONTENT_TYPE": "text/csv",
            "CONTENT_LENGTH": "3",
            "HTTP_X_MINE": "1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PORT": "80",
        }
        assert {name: environ[name] for name in told} == told
        assert environ["wsgi.input"].read() == b"abc"

    def test_a_header_that_came_twice_is_one(self):
        asked = scope()
        asked["headers"] += [(b"accept", b"a"), (b"accept", b"b")]
        assert environ_of(asked, BytesIO())["HTTP_ACCEPT"] == "a,b"

    def test_a_whole_url_is_its_path(self):
        assert environ_of(scope("http://host/api"), BytesIO())["PATH_INFO"] == "/api"

    def test_who_cannot_be_told_is_nobody(self):
        asked = {**scope(), "client": None, "server": None}
        assert environ_of(asked, BytesIO())["REMOTE_ADDR"] == ""
