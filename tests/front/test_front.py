"""app/front/front.py"""

import asyncio
import json
import threading
from dataclasses import replace

import pytest

from app.cli import atlas
from app.front import front as front_module
from app.front.answers import Given
from app.front.asking import WHOLE_REQUEST
from app.front.front import Front
from app.front.repeating import check_once
from app.front.versions import Watch
from tests.front.exchange import ask, exchange, run, scope

PURPOSE = "/api/v1/purposes/testing"


class Counting:
    """The application behind the front, and how often it was asked."""

    def __init__(self, app):
        self.app, self.calls = app.wsgi_app, 0

    def __call__(self, environ, start):
        self.calls += 1
        return self.app(environ, start)


class Slow:
    """An application that answers when it is let go."""

    def __init__(self):
        self.go, self.started = threading.Event(), threading.Event()

    def __call__(self, _environ, start):
        self.started.set()
        self.go.wait(10)
        start("200 OK", [])
        return [b""]


class Frozen(Watch):
    """Looks at the version once and never again: the control of what the look is for."""

    def look(self, told):
        told(self.seen)

    async def close(self):
        pass


@pytest.fixture
def behind(app):
    return Counting(app)


@pytest.fixture
def quiet(settings):
    return replace(settings, log_level="WARNING")


@pytest.fixture
def front(behind, quiet):
    return Front(behind, quiet)


@pytest.fixture
def purpose(make):
    return make.purpose(slug="testing", name="Testing")


def twice(app, *arguments, between=lambda: None, **words):
    """Ask twice in one event loop; gives both answers."""

    async def both():
        first = await exchange(app, scope(*arguments, **words))
        await asyncio.to_thread(between)
        return first, await exchange(app, scope(*arguments, **words))

    return run(app, both())


@pytest.mark.usefixtures("purpose")
class TestRepeating:
    @pytest.mark.parametrize("path", [PURPOSE, "/api/v1/purposes", "/api/v1/purposes/facets"])
    def test_the_same_question_gets_the_same_answer_without_flask(self, front, behind, path):
        first, second = twice(front, path, query="by=team" if path.endswith("facets") else "")
        assert (second.status, second.body) == (first.status, first.body) == (200, first.body)
        assert behind.calls == 1
        own = {b"x-request-id"}
        assert {name: value for name, value in second.headers.items() if name not in own} == {
            name: value for name, value in first.headers.items() if name not in own
        }
        assert first.headers[b"x-request-id"] != second.headers[b"x-request-id"]

    def test_what_was_written_in_between_is_seen(self, front, client):
        change = {"description": "changed"}
        _first, second = twice(front, PURPOSE, between=lambda: client.patch("/purposes/testing", change))
        assert json.loads(second.body)["description"] == "changed"

    def test_without_a_look_at_the_version_it_would_not_be(self, behind, quiet, client):
        frozen = Frozen()
        frozen.seen = int(client.get("/purposes").headers["Atlas-Version"]), 0
        front = Front(behind, quiet, frozen)
        change = {"description": "changed"}
        _first, second = twice(front, PURPOSE, between=lambda: client.patch("/purposes/testing", change))
        assert json.loads(second.body)["description"] != "changed"

    @pytest.mark.parametrize("path", ["changes", "purposes/testing/history"])
    def test_what_was_pruned_in_between_is_not_given_again(self, front, app, client, path):
        client.patch("/purposes/testing", {"description": "changed"})
        prune = ("history", "prune", "--before", "2", "--yes")
        first, second = twice(
            front, f"/api/v1/{path}", between=lambda: app.test_cli_runner().invoke(atlas, prune)
        )
        fresh = client.get(f"/{path}")
        assert (second.status, len(second.body)) == (fresh.status_code, len(fresh.data))
        assert second.body != first.body

    def test_who_has_the_answer_is_told_so(self, front, behind):
        etag = ask(front, PURPOSE).headers[b"etag"].decode()
        again = ask(front, PURPOSE, if_none_match=etag)
        assert (again.status, again.body) == (304, b"")
        assert again.headers[b"etag"].decode() == etag
        assert behind.calls == 1

    def test_who_had_it_before_flask_was_asked_is_told_so_again(self, front, behind, quiet):
        etag = ask(front, PURPOSE).headers[b"etag"].decode()
        behind.calls = 0
        other = Front(behind, quiet)
        first, second = twice(other, PURPOSE, if_none_match=etag)
        assert (first.status, second.status, behind.calls) == (304, 304, 1)

    def test_a_304_is_no_answer_to_who_has_nothing(self, front, behind, quiet):
        etag = ask(front, PURPOSE).headers[b"etag"].decode()
        other = Front(behind, quiet)
        assert ask(other, PURPOSE, if_none_match=etag).status == 304
        assert ask(other, PURPOSE).status == 200

    def test_head_gets_what_get_got(self, front, behind):
        ask(front, PURPOSE)
        assert ask(front, PURPOSE, "HEAD").status == 200
        assert behind.calls == 1

    def test_a_client_that_has_seen_more_is_not_given_it(self, front):
        ask(front, PURPOSE)
        assert ask(front, PURPOSE, atlas_min_version=str(10**9)).status == 503

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("/livez", {}),
            ("/api/v1/use-cases", {"query": "stale=1"}),
            ("/api/v1/purposes/nowhere", {}),
            (PURPOSE, {"authorization": "Bearer no"}),
        ],
    )
    def test_what_depends_on_more_is_asked_each_time(self, front, behind, path, words):
        twice(front, path, **words)
        assert behind.calls == 2

    def test_nothing_is_kept_where_nothing_shall_be(self, behind, settings):
        twice(Front(behind, replace(settings, cache_bytes=0, log_level="WARNING")), PURPOSE)
        assert behind.calls == 2


BYTES = b"GET /api/v1/purposes/testing HTTP/1.1\r\nHost: localhost\r\n\r\n"


def check_headers(front, if_none_match=b""):
    """Check the headers of all that is kept, as gunicorn does when it sends them."""
    for _size, stored in front._answers._stored._kept.values():
        check_once(stored.again(if_none_match, b"").headers)


@pytest.mark.usefixtures("purpose")
class TestKnown:
    """Requests whose very bytes came before."""

    @staticmethod
    def asking(front, between=lambda: None, *, by=BYTES, times=2, **words):
        """Ask some times as gunicorn reads it, and then by the bytes; gives both answers."""
        asked = {**scope(PURPOSE, **words), "extensions": {WHOLE_REQUEST: BYTES}}

        async def work():
            for _ in range(times):
                answer = await exchange(front, asked)
            check_headers(front)
            await asyncio.to_thread(between)
            came = asyncio.get_running_loop().create_future()
            is_known = front.answer_known(by, "127.0.0.1", came.set_result)
            return answer, await came if is_known else "not known"

        return run(front, work())

    def test_they_get_the_same_answer_with_an_id_of_their_own(self, front, behind):
        answer, given = self.asking(front)
        assert isinstance(given, Given)
        assert (given.status, given.body) == (answer.status, answer.body)
        assert dict(given.headers)[b"etag"] == answer.headers[b"etag"]
        assert dict(given.headers)[b"x-request-id"] != answer.headers[b"x-request-id"]
        assert behind.calls == 1

    @pytest.mark.parametrize(
        "words",
        [{"times": 1}, {"by": BYTES + b" "}, {"x_request_id": "mine"}, {"authorization": "Bearer no"}],
    )
    def test_they_are_known_when_an_answer_without_a_name_was_given_again(self, front, words):
        assert self.asking(front, **words)[1] == "not known"

    def test_behind_a_proxy_bytes_are_not_all_there_is_to_know(self, behind, quiet):
        assert self.asking(Front(behind, replace(quiet, proxies=1)))[1] == "not known"

    def test_behind_a_write_they_are_to_be_read(self, front, client):
        change = {"description": "changed"}
        assert self.asking(front, lambda: client.patch("/purposes/testing", change))[1] is None

    def test_an_answer_whose_headers_nobody_checked_is_not_given(self, front):
        def forget():
            for _size, stored in front._answers._stored._kept.values():
                stored.whole.framing = None

        assert self.asking(front, forget)[1] is None

    def test_who_has_the_answer_is_told_so(self, front):
        etag = ask(front, PURPOSE).headers[b"etag"]
        _answer, given = self.asking(front, lambda: check_headers(front, etag), if_none_match=etag.decode())
        assert (given.status, given.body) == (304, b"")

    def test_a_client_that_has_seen_more_is_read(self, front):
        def see_more():
            front._known.find(BYTES).min_version = 10**9

        assert self.asking(front, see_more)[1] is None

    def test_they_are_logged_as_others_are(self, behind, settings, capsysbinary):
        front = Front(behind, replace(settings, log_level="INFO"))
        _answer, given = self.asking(front)
        front._lines.write()
        event = json.loads(capsysbinary.readouterr().err.splitlines()[-1])
        told = {"method": "GET", "path": PURPOSE, "status": 200, "bytes": len(given.body)}
        assert {**event, **told, "client": "127.0.0.1"} == event
        assert event["request_id"].encode() == dict(given.headers)[b"x-request-id"]


class TestPassingOn:
    def test_a_body_comes_through(self, front, secret):
        body = b'{"name": "Testing"}'
        words = {"content_type": "application/json", "content_length": str(len(body))}
        answer = ask(front, "/api/v1/purposes", "POST", authorization=f"Bearer {secret}", body=body, **words)
        assert (answer.status, json.loads(answer.body)["slug"]) == (201, "testing")

    def test_the_id_of_the_request_is_the_same_all_the_way(self, front):
        answer = ask(front, "/api/v1/purposes/nowhere", x_request_id="mine")
        assert answer.headers[b"x-request-id"] == b"mine"
        assert json.loads(answer.body)["request_id"] == "mine"

    def test_a_body_that_is_too_long_is_refused_unread(self, front):
        words = {"content_type": "application/json", "content_length": str(10**9)}
        assert ask(front, "/api/v1/purposes", "POST", **words).status == 401

    def test_a_long_list_comes_to_its_end(self, front, make):
        for number in range(30):
            make.purpose(name=f"Long {number}", description="x" * 10_000)
        answer = ask(front, "/api/v1/purposes", query="format=ndjson")
        assert answer.is_complete
        assert len(answer.body.splitlines()) == 30

    def test_a_list_that_breaks_off_has_no_end(self, quiet):
        def app(_environ, start):
            start("200 OK", [])
            yield b"x" * 300_000
            raise ConnectionResetError

        answer = ask(Front(app, quiet), "/")
        assert len(answer.body) == 300_000
        assert not answer.is_complete

    def test_a_client_that_goes_while_it_sends_is_let_go(self, front):
        asked = scope("/api/v1/purposes", "POST", content_length="10")

        async def gone():
            return {"type": "http.disconnect"}

        async def send(_message):
            pytest.fail("there is nobody to answer")

        asyncio.run(front(asked, gone, send))


class TestSlowness:
    def test_a_body_that_does_not_come_in_time_is_a_problem_of_the_client(self, front, monkeypatch):
        monkeypatch.setattr(front_module, "_BODY_SECONDS", 0.05)
        asked = scope("/api/v1/purposes", "POST", content_length="10")
        got = []

        async def receive():
            await asyncio.sleep(3600)

        async def send(message):
            got.append(message)

        run(front, front(asked, receive, send))
        document = json.loads(got[1]["body"])
        assert (got[0]["status"], document["code"]) == (408, "request_timeout")
        assert dict(got[0]["headers"])[b"connection"] == b"close"
        assert dict(got[0]["headers"])[b"x-request-id"].decode() == document["request_id"]


class TestRefusing:
    def test_one_too_many_is_told_when_to_come_again(self, settings):
        slow = Slow()
        front = Front(slow, replace(settings, threads=1, queue=0, log_level="WARNING"))

        async def crowd():
            first = asyncio.ensure_future(exchange(front, scope("/slow")))
            await asyncio.to_thread(slow.started.wait, 10)
            refused = await exchange(front, scope("/more", content_length="3"))
            slow.go.set()
            return refused, await first

        refused, served = run(front, crowd())
        document = json.loads(refused.body)
        assert (refused.status, document["code"], served.status) == (503, "overloaded", 200)
        assert (refused.headers[b"retry-after"], refused.headers[b"connection"]) == (b"1", b"close")
        assert refused.headers[b"x-request-id"].decode() == document["request_id"]

    def test_without_a_body_it_may_ask_again_on_the_same_connection(self, settings):
        front = Front(None, replace(settings, threads=1, queue=-1, log_level="WARNING"))
        refused = ask(front, "/more")
        assert (refused.status, b"connection" in refused.headers) == (503, False)

    def test_who_finds_it_full_when_the_body_is_there_is_told_so(self, settings):
        slow = Slow()
        front = Front(slow, replace(settings, threads=1, queue=0, log_level="WARNING"))
        sent = []

        async def crowd():
            is_sent = asyncio.Event()

            async def receive():
                await is_sent.wait()
                return {"type": "http.request", "body": b"{}", "more_body": False}

            async def send(message):
                sent.append(message)

            waiting = asyncio.ensure_future(front(scope("/", "POST", content_length="2"), receive, send))
            await asyncio.sleep(0.01)
            first = asyncio.ensure_future(exchange(front, scope("/slow")))
            await asyncio.to_thread(slow.started.wait, 10)
            is_sent.set()
            await waiting
            slow.go.set()
            return await first

        assert run(front, crowd()).status == 200
        assert sent[0]["status"] == 503


class TestLiving:
    def test_it_takes_part_in_the_start_and_the_end(self, front):
        said = []
        heard = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive():
            return {"type": next(heard)}

        async def send(message):
            said.append(message["type"])

        asyncio.run(front({"type": "lifespan"}, receive, send))
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    def test_it_takes_no_part_in_anything_else(self, front):
        asyncio.run(front({"type": "websocket"}, None, None))
