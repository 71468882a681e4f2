"""app/front/postgresql.py"""

import asyncio
from dataclasses import replace

import pytest

from app.front.postgresql import PostgresqlWatch
from app.front.questions import Question


class Fake:
    """A question, and when it is answered: when a test says so."""

    def __init__(self):
        self.asked, self.answered = 0, None

    def ask(self, answered):
        self.asked += 1
        self.answered = answered

    def answer(self, row):
        answered, self.answered = self.answered, None
        answered(row)

    def close(self):
        if self.answered is not None:
            self.answer(None)


@pytest.fixture
def prepared(monkeypatch):
    """What was prepared instead of questions to a server."""
    made = []

    async def prepare(*_arguments):
        made.append(Fake())
        return made[-1]

    monkeypatch.setattr(Question, "prepare", prepare)
    return made


@pytest.fixture
def looking(settings):
    """What looks at a server that is not there."""
    return PostgresqlWatch(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x"))


class TestPostgresql:
    def test_those_who_came_before_the_question_share_it_and_later_ones_do_not(self, looking, prepared):
        told = []

        async def look():
            looking.look(told.append)
            looking.look(told.append)
            await asyncio.sleep(0.01)
            looking.look(told.append)
            (question,) = prepared
            question.answer((1, 0))
            assert told == [(1, 0)] * 2
            question.answer((2, 0))

        asyncio.run(look())
        assert told == [(1, 0), (1, 0), (2, 0)]
        assert prepared[0].asked == 2

    def test_the_next_question_is_sent_before_answers_are_told(self, looking, prepared):
        async def look():
            looking.look(lambda _version: seen.append(prepared[0].asked))
            await asyncio.sleep(0.01)
            looking.look(lambda _version: None)
            prepared[0].answer((1, 0))

        seen = []
        asyncio.run(look())
        assert seen == [2]

    def test_a_server_that_is_away_is_not_asked_each_time(self, looking, monkeypatch):
        tried = []
        prepare = Question.prepare

        async def trying(*arguments):
            tried.append(None)
            return await prepare(*arguments)

        monkeypatch.setattr(Question, "prepare", trying)

        async def look():
            return [await looking.version() for _ in range(5)]

        assert asyncio.run(look()) == [None] * 5
        assert len(tried) == 1

    def test_when_there_is_no_answer_all_are_told_so_and_another_is_asked_later(self, looking, prepared):
        told = []

        async def look():
            looking.look(told.append)
            await asyncio.sleep(0.01)
            looking.look(told.append)
            prepared[0].answer(None)
            looking.look(told.append)
            await asyncio.sleep(0.15)
            looking.look(told.append)
            await asyncio.sleep(0.01)
            prepared[1].answer((3, 0))

        asyncio.run(look())
        assert told == [None, None, None, (3, 0)]

    def test_it_can_be_closed_while_it_asks(self, looking, prepared):
        told = []

        async def look():
            looking.look(told.append)
            await asyncio.sleep(0.01)
            await looking.close()

        asyncio.run(look())
        assert (told, len(prepared)) == ([None], 1)

    def test_it_can_be_closed_while_it_connects(self, looking, monkeypatch):
        async def never(*_arguments):
            await asyncio.sleep(3600)

        monkeypatch.setattr(Question, "prepare", never)

        async def look():
            looking.look(pytest.fail)
            await asyncio.sleep(0.01)
            connecting = looking._connecting
            await looking.close()
            await asyncio.wait([connecting])
            return connecting.cancelled()

        assert asyncio.run(look())

    def test_who_stops_waiting_leaves_the_others_waiting(self, looking, prepared):
        async def look():
            one, other = (asyncio.ensure_future(looking.version()) for _ in range(2))
            await asyncio.sleep(0.01)
            one.cancel()
            await asyncio.sleep(0)
            prepared[0].answer((7, 0))
            return await other

        assert asyncio.run(look()) == (7, 0)
