"""app/front/holding.py"""

import asyncio
import json
from contextlib import ExitStack, closing
from dataclasses import replace
from http.client import HTTPConnection

import pytest

from app.front.bridge import Answer, Full
from app.front.front import Front
from app.front.holding import Holder
from app.front.versions import Watch
from tests.front.exchange import ask, exchange, run, scope
from tests.front.test_served import port_of
from tests.test_run import serving

WAITERS, THREADS = 40, 4
NOW, LATER = (1, 0), (2, 0)
EMPTY, NEWS = Answer(body=b"empty"), Answer(body=b"news")


class Versions(Watch):
    """Gives versions, one after another, and then the last one again."""

    def __init__(self, *versions):
        self.versions = list(versions)

    def look(self, told):
        told(self.versions.pop(0) if len(self.versions) > 1 else self.versions[0])

    async def close(self):
        pass


def hold(*versions, held=(30, NOW), gives=((None, NEWS),), most=1, receive=None):
    """Hold an empty answer; gives what is sent, and how often was asked again."""
    left, asked = list(gives), []

    async def again(before):
        asked.append(before)
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    async def stay():
        await asyncio.sleep(3600)

    holder = Holder(Versions(*versions), turns=1, most=most)
    return asyncio.run(holder.hold(held, EMPTY, again, receive or stay)), asked


class TestHolder:
    def test_it_gives_news_when_the_atlas_has_moved_on(self):
        assert hold(NOW, None, LATER) == (NEWS, [(30, NOW)])

    def test_what_is_no_news_to_this_one_is_held_on(self):
        assert hold(LATER, (3, 0), gives=[((30, LATER), EMPTY), (None, NEWS)]) == (
            NEWS,
            [(30, NOW), (30, LATER)],
        )

    def test_it_gives_what_there_is_when_the_time_is_over(self):
        assert hold(NOW, held=(0.3, NOW)) == (EMPTY, [])

    def test_it_tries_again_where_no_thread_is_free(self):
        assert hold(LATER, gives=[Full(), (None, NEWS)]) == (NEWS, [(30, NOW)] * 2)

    def test_who_finds_no_place_is_answered_at_once(self):
        assert hold(LATER, most=0) == (EMPTY, [])

    def test_a_client_that_has_gone_is_let_go(self):
        messages = [{"type": "http.request"}, {"type": "http.disconnect"}]

        async def receive():
            return messages.pop(0)

        assert hold(NOW, receive=receive) == (None, [])


@pytest.fixture
def front(app, settings):
    return Front(app.wsgi_app, replace(settings, log_level="WARNING", threads=2, queue=4))


class TestFront:
    def test_hundreds_wait_without_a_thread(self, front, make):
        make.library(name="First")

        async def crowd():
            asked = scope("/api/v1/changes", query="since=1&wait=30")
            waiting = [asyncio.ensure_future(exchange(front, asked))]
            await asyncio.sleep(0.5)
            for _ in range(200):
                waiting.append(asyncio.ensure_future(exchange(front, asked)))
                await asyncio.sleep(0.05)
            read = await exchange(front, scope("/api/v1/libraries"))
            await asyncio.to_thread(make.library, name="Second")
            return read, await asyncio.gather(*waiting)

        read, answers = run(front, crowd())
        assert read.status == 200
        assert {answer.status for answer in answers} == {200}
        assert {json.loads(answer.body)["items"][0]["slug"] for answer in answers} == {"second"}

    def test_what_is_wrong_is_told_at_once(self, front):
        assert ask(front, "/api/v1/changes", query="since=x&wait=30").status == 422

    def test_who_waits_is_counted_once(self, front, make, with_settings):
        with_settings(reads_per_minute=4, rate_limit_loopback=True)
        make.library(name="First")

        async def wait():
            asked = scope("/api/v1/changes", query="since=1&kind=team&wait=2")
            waiting = asyncio.ensure_future(exchange(front, asked))
            for _ in range(6):
                await asyncio.sleep(0.3)
                await asyncio.to_thread(make.library)
            return await waiting

        assert run(front, wait()).status == 200

    def test_nobody_is_left_to_answer(self, front, make):
        make.library(name="First")

        async def gone():
            return {"type": "http.disconnect"}

        async def send(_message):
            pytest.fail("there is nobody to answer")

        asked = scope("/api/v1/changes", query="since=1&wait=30")
        run(front, front(asked, gone, send))


class TestServed:
    @pytest.mark.parametrize(("front", "held"), [("true", WAITERS), ("false", THREADS // 2)])
    def test_a_crowd_waits_and_others_are_served(self, make, database_url, tmp_path, front, held):
        """Without the front each of them takes a thread, so that only half as many as there are may wait."""
        make.library(name="First")
        words = {
            "DATABASE_URL": database_url,
            "WORKERS": "1",
            "THREADS": str(THREADS),
            "FRONT": front,
            "QUEUE": "64",
        }
        with serving(tmp_path, **words) as said, ExitStack() as crowd:
            waiting = []
            for _ in range(WAITERS):
                waiting.append(crowd.enter_context(closing(HTTPConnection("127.0.0.1", port_of(said)))))
                waiting[-1].request("GET", "/api/v1/changes?since=1&wait=25")
            with closing(HTTPConnection("127.0.0.1", port_of(said), timeout=60)) as other:
                for _ in range(3):
                    other.request("GET", "/api/v1/libraries/first")
                    assert other.getresponse().read()
            make.library(name="Second")
            answers = [json.loads(one.getresponse().read())["items"] for one in waiting]
        assert sum(bool(items) for items in answers) == held
