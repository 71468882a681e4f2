"""app/front/connections.py"""

import asyncio
import json
import re
import sys
from contextlib import asynccontextmanager
from itertools import pairwise
from types import SimpleNamespace

import gunicorn.asgi.protocol
import gunicorn.workers.gasgi
import pytest
from gunicorn.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st

from app.front import connections
from app.front.answers import Given, Lasting, Repeated
from app.front.asking import WHOLE_REQUEST
from app.front.connections import Connection

PATCHED = (
    (gunicorn.workers.gasgi, "ASGIProtocol"),
    (gunicorn.asgi.protocol, "_CACHED_SERVER_HEADER"),
    (gunicorn.asgi.protocol, "_scan_response_headers"),
)
GOOD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def answering(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def flooding(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
        await asyncio.sleep(0)


@asynccontextmanager
async def listening(app, most=10, keepalive=None):
    """Serve with connections of ours; gives the port and the worker."""
    config = Config()
    config.set("keepalive", keepalive or config.keepalive)
    worker = SimpleNamespace(
        cfg=config,
        log=SimpleNamespace(access_log_enabled=False, debug=print, info=print, exception=print, error=print),
        asgi=app,
        loop=asyncio.get_running_loop(),
        state={},
        nr=0,
        nr_conns=0,
        max_requests=sys.maxsize,
        worker_connections=most,
        alive=True,
        door=SimpleNamespace(lost_one=lambda: None),
    )
    server = await worker.loop.create_server(lambda: Connection(worker), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], worker
    finally:
        server.close()


def talk(*sent, app=answering, most=10, others=0):
    """Send bytes on one connection, and give all that comes until it ends."""

    async def talking():
        async with listening(app, most) as (port, _worker):
            crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(others)]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in sent:
                writer.write(piece)
                await asyncio.sleep(0.01)
            got = await asyncio.wait_for(reader.read(), 5)
            for _reader, open_writer in [*crowd, (reader, writer)]:
                open_writer.close()
            await asyncio.sleep(0.01)
            return got

    return asyncio.run(talking())


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(connections, "WRITE_SECONDS", 0.05)


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


def sending(headers, body=b"{}", status=200):
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.fixture
def installed(monkeypatch):
    for module, name in PATCHED:
        monkeypatch.setattr(module, name, getattr(module, name))
    connections.install()


def without_date(answer):
    return re.sub(rb"Date: [^\r]+\r\n", b"Date: then\r\n", answer)


@pytest.mark.usefixtures("installed", "hasty")
class TestRepeated:
    LASTING = ((b"content-type", b"a/b"), (b"content-length", b"2"), (b"vary", b"Accept"))

    @pytest.mark.parametrize("asked", [GOOD, GOOD.replace(b"GET", b"HEAD"), GOOD.replace(b"1.1", b"1.0")])
    @pytest.mark.parametrize(("status", "headers"), [(200, LASTING), (200, LASTING[:1]), (304, LASTING[2:])])
    def test_it_goes_out_as_any_other_answer_does(self, asked, status, headers):
        body = b"" if status == 304 or asked.startswith(b"HEAD") else b"{}"
        repeated = Repeated(Lasting([*headers]), b"mine")
        got = [talk(asked, app=sending(given, body, status)) for given in (repeated, [*repeated])]
        assert b"x-request-id: mine\r\n" in got[0]
        assert without_date(got[0]) == without_date(got[1])

    def test_its_headers_are_checked_once(self, monkeypatch):
        checked = []
        check = connections._check
        monkeypatch.setattr(connections, "_check", lambda headers: checked.append(1) or check(headers))
        lasting = Lasting([*self.LASTING])
        said = talk(GOOD, GOOD, GOOD, app=sending(Repeated(lasting, b"mine")))
        assert (said.count(b"200 OK"), len(checked)) == (3, 1)

    def test_a_bad_one_is_refused_each_time(self):
        lasting = Lasting([(b"content-length", b"2"), (b"x", b"a\r\nb: c")])
        for _ in range(2):
            assert talk(GOOD, app=sending(Repeated(lasting, b"mine"))).startswith(b"HTTP/1.1 500")


class Knowing:
    """An application that knows the bytes of some requests, and answers them at once or a little later."""

    def __init__(self, *answers, later=None):
        self.answers, self.later, self.known, self.scopes = [*answers], later, [], []

    def answer_known(self, request, client, give):
        if request != GOOD or not self.answers:
            return False
        self.known.append(client)
        answer = self.answers.pop(0)
        if self.later is None:
            give(answer)
        else:
            asyncio.get_running_loop().call_later(self.later, give, answer)
        return True

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        await answering(scope, receive, send)


KNOWN = Given(200, Repeated(Lasting([(b"content-length", b"5")]), b"mine"), b"known")
OTHER = b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.usefixtures("installed", "hasty")
@pytest.mark.parametrize("later", [None, 0.03])
class TestKnown:
    """Requests that need not be read."""

    def test_one_is_answered_as_any_other(self, later):
        app = Knowing(KNOWN, KNOWN, later=later)
        said = talk(GOOD + b"", GOOD, app=app) if later is None else talk(GOOD, app=app)
        head = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-request-id: mine\r\nDate: then\r\n\r\nknown"
        assert without_date(said) == head * (2 if later is None else 1)
        assert app.known == ["127.0.0.1"] * (2 if later is None else 1)
        assert app.scopes == []

    def test_one_whose_answer_is_out_of_date_is_read(self, later):
        app = Knowing(None, later=later)
        assert talk(GOOD, app=app).count(b"{}") == 1
        assert [scope["path"] for scope in app.scopes] == ["/"]

    @pytest.mark.parametrize(("answer", "first"), [(KNOWN, b"known"), (None, b"{}")])
    def test_what_comes_behind_it_is_answered_behind_it(self, later, answer, first):
        said = talk(GOOD, OTHER[:9], OTHER[9:], app=Knowing(answer, later=later))
        assert said.endswith(b"{}")
        assert said.count(b"HTTP/1.1 200") == 2
        assert said.index(first) < said.rindex(b"HTTP/1.1")

    def test_a_client_that_goes_meanwhile_is_let_go(self, later):
        async def going():
            async with listening(Knowing(KNOWN, later=later)) as (port, worker):
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(GOOD)
                await asyncio.sleep(0.01)
                writer.transport.abort()
                await asyncio.sleep(0.05)
                return worker.nr_conns

        assert asyncio.run(going()) == 0


@pytest.mark.usefixtures("installed", "hasty")
class TestWhole:
    """Which requests the application is told the bytes of."""

    @staticmethod
    def told(*sent):
        app = Knowing()
        talk(*sent, app=app)
        return [scope.get("extensions", {}).get(WHOLE_REQUEST) for scope in app.scopes]

    def test_it_is_told_those_of_plain_ones_that_came_at_once(self):
        assert self.told(GOOD, OTHER, b"\r\n", GOOD) == [GOOD, OTHER, GOOD]

    @pytest.mark.parametrize(
        "sent",
        [
            (GOOD[:9], GOOD[9:]),
            (GOOD.replace(b"GET", b"HEAD"),),
            (GOOD.replace(b"1.1", b"1.0"),),
            (GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),),
            (GOOD.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\nx"),),
            (GOOD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),),
        ],
    )
    def test_it_is_not_told_those_of_others(self, sent):
        assert self.told(*sent) == [None]

    def test_it_is_not_told_those_of_several_at_once(self):
        assert self.told(GOOD + OTHER) == [None, None]


class Learning:
    """An application whose answers are the paths it is asked for, and which knows whole requests again."""

    def __init__(self, later):
        self.later, self.known, self.read = later, {}, 0

    def answer_known(self, request, _client, give):
        if request not in self.known:
            return False
        body = self.known[request]
        given = Given(200, Repeated(Lasting([(b"content-length", b"%d" % len(body))]), b"known"), body)
        if self.later:
            asyncio.get_running_loop().call_later(0.001, give, given)
        else:
            give(given)
        return True

    async def __call__(self, scope, receive, send):
        self.read += 1
        body = b"<%b>" % scope["raw_path"]
        whole = scope.get("extensions", {}).get(WHOLE_REQUEST)
        if whole is not None:
            self.known[whole] = body
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": body})


def asking_for(path):
    return b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode()


@st.composite
def cut_requests(draw):
    """Requests for some paths, and their bytes cut in any way."""
    paths = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=8))
    sent = b"".join(map(asking_for, paths))
    ends = [len(asking_for("a")) * number for number in range(1, len(paths))]
    places = st.sampled_from(ends) | st.integers(1, len(sent) - 1) if ends else st.integers(1, len(sent) - 1)
    cuts = sorted({0, len(sent), *draw(st.lists(places, max_size=8))})
    return paths, [sent[start:end] for start, end in pairwise(cuts)]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("later", [False, True])
class TestOrder:
    @given(asked=st.lists(cut_requests(), min_size=1, max_size=3))
    @settings(max_examples=60)
    def test_however_requests_are_cut_each_gets_its_own_answer_in_its_turn(self, later, asked):
        """On several connections, one after another, so that the later ones send what is known."""

        async def talking():
            said = []
            async with listening(Learning(later)) as (port, _worker):
                for _paths, pieces in asked:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    for piece in pieces:
                        writer.write(piece)
                        await asyncio.sleep(0.0005)
                    writer.write(b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    said.append(await asyncio.wait_for(reader.read(), 5))
                    writer.close()
            return said

        wanted = [[*paths, "end"] for paths, _pieces in asked]
        got = [re.findall(rb"</(\w+)>", one) for one in asyncio.run(talking())]
        assert [[path.decode() for path in one] for one in got] == wanted


@pytest.mark.usefixtures("installed")
class TestKeeping:
    def test_a_connection_on_which_known_requests_come_is_kept(self, monkeypatch):
        monkeypatch.setattr(connections, "HEAD_SECONDS", 5.0)

        async def asking():
            async with listening(Knowing(*[KNOWN] * 8), keepalive=1) as (port, worker):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                began_at = worker.loop.time()
                for _ in range(8):
                    writer.write(GOOD)
                    await reader.readuntil(b"known")
                    await asyncio.sleep(0.2)
                kept = worker.loop.time() - began_at
                assert await asyncio.wait_for(reader.read(), 5) == b""
                writer.close()
                return kept, worker.loop.time() - began_at - kept

        kept, left = asyncio.run(asking())
        assert kept > 1.5  # longer than one that says nothing
        assert left > 0.5


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
