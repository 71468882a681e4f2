"""app/front/questions.py"""

import asyncio

import psycopg
import pytest
from sqlalchemy import make_url

from app.front import questions
from app.front.questions import Question

NOBODY = "postgresql://nobody@127.0.0.1:1/x"


@pytest.fixture(scope="module")
def url(postgresql_farm):
    made = postgresql_farm.fresh("empty")
    yield make_url(made).set(drivername="postgresql").render_as_string(hide_password=False)
    postgresql_farm.drop(made)


def answers(url, statement, *between, times=1):
    """Ask some times, and do something before the last; gives what was answered."""

    async def asking():
        question = await Question.prepare(url, statement)
        try:
            seen = [await answer(question) for _ in range(times)]
            for act in between:
                await asyncio.to_thread(act)
                seen.append(await answer(question))
            return seen
        finally:
            question.close()

    return asyncio.run(asking())


async def answer(question):
    came = asyncio.get_running_loop().create_future()
    question.ask(came.set_result)
    return await came


class TestQuestion:
    def test_it_may_be_asked_again_and_again(self, url):
        statement = "SELECT count(*), -1 FROM pg_class WHERE relname = 'atlas'"
        assert answers(url, statement, times=3) == [(1, -1)] * 3

    def test_it_may_have_no_answer(self, url):
        assert answers(url, "SELECT 1 WHERE false") == [None]

    def test_one_that_the_server_does_not_understand_is_not_asked(self, url):
        with pytest.raises(psycopg.OperationalError, match="nowhere"):
            answers(url, "SELECT * FROM nowhere")

    def test_a_server_that_is_not_there_is_not_asked(self):
        with pytest.raises(psycopg.OperationalError):
            answers(NOBODY, "SELECT 1")

    def test_when_the_server_lets_go_there_is_no_answer_any_more(self, url):
        def end():
            with psycopg.connect(url) as other:
                words = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
                other.execute(words, ["toolatlas-front"])

        assert answers(url, "SELECT 1", end, lambda: None) == [(1,), None, None]

    def test_nobody_waits_for_a_server_that_hangs(self, url, monkeypatch):
        monkeypatch.setattr(questions, "_ANSWER_SECONDS", 0.05)
        assert answers(url, "SELECT 1 FROM pg_sleep(0.5)") == [None]
