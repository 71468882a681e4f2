"""app/front/connections.py"""

import asyncio
import json
from types import SimpleNamespace

import gunicorn.workers.gasgi
import pytest
from gunicorn.config import Config

from app.front import connections
from app.front.connections import Connection
from tests.front.talking import GOOD, listening, talk


async def flooding(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
        await asyncio.sleep(0)


@pytest.mark.usefixtures("hasty")
class TestDeadlines:
    def test_who_says_nothing_is_let_go(self):
        assert talk() == b""

    def test_who_does_not_come_to_the_end_of_a_head_is_let_go(self):
        assert talk(b"GET / HTTP/1.1\r\n", b"X: 1\r\n") == b""

    def test_who_has_asked_once_must_hurry_the_second_time_too(self):
        assert talk(GOOD, b"GET / HTTP/1.1\r\n").count(b"HTTP/1.1 200") == 1

    def test_who_hurries_is_answered(self):
        assert talk(GOOD, GOOD).count(b"HTTP/1.1 200") == 2

    def test_the_time_to_take_something_begins_once(self):
        calls = []
        loop = SimpleNamespace(call_later=lambda seconds, act: calls.append((seconds, act)))
        connection = Connection(SimpleNamespace(loop=loop, cfg=Config(), log=None, asgi=None))
        connection.transport = SimpleNamespace(abort=None)
        connection._write_deadline = "running"
        connection.pause_writing()
        assert calls == []

    def test_who_takes_nothing_is_let_go(self):
        async def idling():
            async with listening(flooding) as (port, worker):
                _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
                writer.write(GOOD)
                for _ in range(200):
                    await asyncio.sleep(0.02)
                    if worker.nr_conns == 0 and worker.nr == 0:
                        break
                left = worker.nr_conns
                writer.close()
                return left

        assert asyncio.run(idling()) == 0


class TestTaking:
    def test_who_takes_slowly_but_does_is_served(self, monkeypatch):
        monkeypatch.setattr(connections, "WRITE_SECONDS", 1.0)

        async def sipping():
            async with listening(flooding) as (port, worker):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(GOOD)
                taken = 0
                while taken < 20_000_000:
                    taken += len(await reader.read(1_000_000))
                    await asyncio.sleep(0)
                left = worker.nr_conns
                writer.transport.abort()
                await asyncio.sleep(0.05)
                return left

        assert asyncio.run(sipping()) == 1


class TestBound:
    def test_one_connection_too_many_is_told_so(self):
        head, _, body = talk(GOOD, most=2, others=2).partition(b"\r\n\r\n")
        assert b" 503 " in head
        assert b"Retry-After: 1" in head
        assert json.loads(body)["code"] == "overloaded"


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "code"), [(400, "bad_request"), (414, "uri_too_long"), (500, "internal_error")]
    )
    def test_it_is_a_problem_document(self, status, code):
        head, _, body = connections.refusal(status, {}).partition(b"\r\n\r\n")
        document = json.loads(body)
        assert (document["status"], document["code"]) == (status, code)
        assert f"Content-Length: {len(body)}".encode() in head
        assert b"Connection: close" in head

    def test_what_cannot_be_parsed_gets_one(self):
        answer = talk(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 Bad Request")
        assert b"application/problem+json" in answer


class TestInstall:
    @pytest.mark.usefixtures("installed")
    def test_gunicorn_uses_it_and_names_itself_nowhere(self):
        assert gunicorn.workers.gasgi.ASGIProtocol is Connection
        assert b"Server" not in talk(GOOD, b"GET\r\n\r\n")
