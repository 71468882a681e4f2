"""Writers that wait at the same time are served in one transaction, each with an answer of its own."""

import dataclasses
import threading
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.api import gathering
from app.api.guard import LENDING
from app.db import Author
from app.models import Change, Scope
from tests.client import Client, assert_problem
from tests.databases import patient

WRITERS = 6


@pytest.fixture
def settings(database_url):
    return dataclasses.replace(patient(database_url), threads=WRITERS + 2)


@pytest.fixture
def lent():
    """The places of the requests of `waiting` that lent theirs."""
    return []


@pytest.fixture
def waiting(app, database, lent):
    """Sends requests while somebody else holds the lock, and gives their answers: `waiting(requests)`."""

    def send(requests):
        answers = [None] * len(requests)

        @contextmanager
        def lend(place):
            lent.append(place)
            yield

        def ask(place, client, path, body, headers):
            lending = {LENDING: partial(lend, place)}
            answers[place] = client.post(path, body, headers=headers, environ_overrides=lending)

        threads = [
            threading.Thread(target=ask, args=(place, *request)) for place, request in enumerate(requests)
        ]
        with database.writing(Author("somebody else", "1")):
            for thread in threads:
                thread.start()
            writers = app.extensions["gathering"]
            while len(writers.waiting) < len(requests):
                threads[0].join(0.01)
        for thread in threads:
            thread.join()
        return answers

    return send


@pytest.fixture
def transactions(database):
    """Counts the transactions that are committed by writers: `with transactions() as seen`."""

    @contextmanager
    def count():
        seen = []
        note = lambda _connection: seen.append(1)  # noqa: E731  # said once
        event.listen(database.writer, "commit", note)
        try:
            yield seen
        finally:
            event.remove(database.writer, "commit", note)

    return count


def failing(database, statement, times):
    """Let a statement fail as a disk would, so many times; for PostgreSQL and SQLite alike."""

    def fail(_connection, _cursor, text, *_rest):
        if times and text.startswith(statement):
            times.pop()
            raise sa.exc.OperationalError(text, {}, Exception("the disk is not well"))

    event.listen(database.writer, "before_cursor_execute", fail)


def organizations(client, *names):
    return [(client, "/organizations", {"name": name}, None) for name in names]


class TestTogether:
    def test_all_who_wait_are_written_in_one_transaction(self, client, database, waiting, transactions):
        names = [f"Organization {number}" for number in range(WRITERS)]
        with transactions() as seen:
            answers = waiting(organizations(client, *names))
        assert [answer.status_code for answer in answers] == [201] * WRITERS
        assert sorted(answer.get_json()["name"] for answer in answers) == names
        assert len(seen) == 2  # of whoever held the lock, and of all who waited
        with database.reading() as connection:
            assert connection.scalars(sa.select(Change.seq)).all() == list(range(1, WRITERS + 1))

    def test_all_but_the_one_who_writes_lend_their_threads(self, client, waiting, lent):
        waiting(organizations(client, "One", "Two", "Three"))
        assert len(set(lent)) == len(lent) == 2

    def test_an_error_that_nobody_knows_leaves_nobody_waiting(self, client, monkeypatch, waiting):
        failed = []

        def fail(*_of_the_group):
            failed.append(1)
            raise ZeroDivisionError

        monkeypatch.setattr(gathering, "create_together", fail)
        answers = waiting(organizations(client, "One", "Two", "Three"))
        assert sorted(answer.status_code for answer in answers) == [201, 201, 500]
        assert len(failed) == 1

    def test_an_answer_says_the_version_that_it_is_read_at(self, client, waiting):
        answers = waiting(organizations(client, "One", "Two"))
        for answer in answers:
            version = answer.headers["Atlas-Version"]
            read = client.get(answer.headers["Location"], headers={"Atlas-Min-Version": version})
            assert read.get_json() == answer.get_json()

    def test_errors_stay_each_writers_own(self, app, client, make, token, waiting):
        team = make.team()["slug"]
        held = Client(app, token("held", Scope.WRITE, teams=[team]))
        requests = organizations(client, "Same", "same", "Other") + organizations(held, "Another")
        dangling = {"name": "Team", "organization": "nowhere"}
        *answers, refused, lost = waiting([*requests, (client, "/teams", dangling, None)])
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409]
        assert_problem(refused, 403)
        assert_problem(lost, 409, "unknown_reference", pointer="/organization")

    def test_a_failure_of_one_leaves_the_others_alone(self, client, database, waiting, transactions):
        failing(database, "INSERT INTO change ", [1])
        with transactions() as seen:
            answers = waiting(organizations(client, "One", "Two", "Three"))
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len(seen) == 4

    def test_what_may_have_been_committed_is_not_written_again(self, client, database, waiting):
        commits = []

        def fail(_connection):
            commits.append(1)
            if len(commits) == 2:
                raise sa.exc.OperationalError("COMMIT", {}, Exception("the disk is not well"))

        event.listen(database.writer, "commit", fail)
        answers = waiting(organizations(client, "One", "Two"))
        assert len(commits) == 2
        assert all(answer.status_code >= 500 for answer in answers)


class TestTheLock:
    @pytest.fixture
    def settings(self, database_url):
        return dataclasses.replace(patient(database_url), threads=4, write_timeout_seconds=0.2)

    def test_who_waits_for_too_long_is_told(self, client, database):
        with database.writing(Author("somebody else", "1")):
            assert_problem(client.post("/organizations", {"name": "One"}), 503)
        assert client.post("/organizations", {"name": "One"}).status_code == 201
