"""What the service answers of a larger made-up atlas, against plain Python."""

from itertools import islice

import pytest

from bench.checking import differences
from bench.facts import Facts
from bench.generate import generate
from bench.timing import ask, questions
from bench.world import Size
from tests.client import Client
from tests.conftest import bound
from tests.databases import patient

SIZE, SEED = Size(2_000), 3


@pytest.fixture(scope="module")
def url(farm):
    """The URL of a database of 2,000 made-up use cases that tests only read."""
    url = farm.fresh("empty")
    generate(patient(url), SIZE, SEED)
    yield url
    farm.drop(url)


@pytest.fixture
def client(session_app, url):
    """A plain client of that atlas."""
    with bound(session_app, patient(url)):
        yield Client(session_app, None).http


class TestDifferences:
    def test_there_are_none(self, client):
        found = differences(client, Facts(SIZE, SEED), libraries=24, filters=3)
        assert [question for question, given, expected in found if given != expected] == []

    def test_a_use_case_less_is_seen(self, client):
        """The control: facts that lack something of the atlas differ from its answers."""
        facts = Facts(SIZE, SEED)
        del facts.cases[0], facts.claims[0]
        found = differences(client, facts, libraries=24, filters=1)
        assert any(given != expected for _question, given, expected in islice(found, 40))


class TestQuestions:
    def test_each_is_answered(self, session_app, client):
        asked = {question: ask(session_app, client, question).status for question in questions(client)}
        absent = [question for question, status in asked.items() if status == 404]
        assert set(asked.values()) == {200, 404}
        assert [question for question in absent if "lookup" not in question] == ["/libraries/nothing-so"]

    def test_each_takes_a_few_statements(self, session_app, client):
        counts = {
            question: len(ask(session_app, client, question).statements) for question in questions(client)
        }
        assert {question for question, count in counts.items() if not 1 <= count <= 60} == set()
