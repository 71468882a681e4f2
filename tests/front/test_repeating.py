"""app/front/repeating.py"""

import asyncio
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.front import connections, repeating
from app.front.answers import Given, Lasting, Repeated
from app.front.asking import WHOLE_REQUEST
from tests.front.talking import GOOD, answering, listening, talk


def sending(headers, body=b"{}", status=200):
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


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
        check = repeating._check
        monkeypatch.setattr(repeating, "_check", lambda headers: checked.append(1) or check(headers))
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
