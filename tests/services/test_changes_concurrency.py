"""`seq` grows in commit order: who polls the log never sees a gap, whatever is written at once."""

import dataclasses
import threading
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from app import db
from app.db import Author, Database
from app.models import Atlas, Change, Kind, Purpose
from app.services import writing
from app.services.registry import COLLECTIONS
from tests.databases import patient

WRITERS, ROUNDS = 8, 5
PURPOSES = COLLECTIONS[Kind.PURPOSE]


@pytest.fixture
def settings(database_url):
    return dataclasses.replace(patient(database_url), threads=WRITERS)


def write(database, writer):
    for number in range(ROUNDS):
        with database.writing(Author(f"writer {writer}", "1")) as session:
            writing.create(session, PURPOSES, {"name": f"Purpose {writer} {number}"})


class Poller(threading.Thread):
    """Follows the log from the last row that it saw, and notes every row."""

    def __init__(self, database):
        super().__init__()
        self.database, self.is_over, self.seen = database, threading.Event(), []

    def run(self):
        while not self.is_over.is_set():
            self.look()
        self.look()

    def look(self):
        with self.database.reading() as connection:
            last = self.seen[-1] if self.seen else 0
            self.seen += connection.scalars(
                sa.select(Change.seq).where(Change.seq > last).order_by(Change.seq)
            )


@contextmanager
def polling(database):
    poller = Poller(database)
    poller.start()
    try:
        yield poller
    finally:
        poller.is_over.set()
        poller.join()


class TestManyWriters:
    def test_a_poller_sees_every_row_in_order(self, database):
        writers = [threading.Thread(target=write, args=(database, number)) for number in range(WRITERS)]
        with polling(database) as one, polling(database) as other:
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
        assert one.seen == other.seen == list(range(1, WRITERS * ROUNDS + 1))

    def test_the_version_is_the_last_row_at_every_moment(self, database):
        writer = threading.Thread(target=write, args=(database, 0))
        writer.start()
        pairs = []
        while writer.is_alive():
            with database.reading() as connection:
                newest = sa.select(sa.func.coalesce(sa.func.max(Change.seq), 0)).scalar_subquery()
                pairs.append(tuple(connection.execute(sa.select(Atlas.version, newest)).one()))
        writer.join()
        assert [pair for pair in pairs if pair[0] != pair[1]] == []

    def test_each_update_stands_on_the_one_before(self, database):
        with database.writing(Author("maker", "1")) as session:
            writing.create(session, PURPOSES, {"name": "Shared", "description": "0"})

        def count():
            for _ in range(ROUNDS):
                with database.writing(Author("counter", "1")) as session:
                    shared = session.scalars(sa.select(Purpose)).one()
                    shared.description = str(int(shared.description) + 1)

        counters = [threading.Thread(target=count) for _ in range(4)]
        for counter in counters:
            counter.start()
        for counter in counters:
            counter.join()
        with database.reading() as connection:
            row = connection.execute(sa.select(Purpose.description, Purpose.revision)).one()
        assert tuple(row) == (str(4 * ROUNDS), 4 * ROUNDS + 1)


class TestWithoutTurns:
    """The control, on PostgreSQL: what the lock of the atlas's row protects from."""

    @pytest.fixture
    def database(self, postgresql_farm, monkeypatch):
        monkeypatch.setattr(db, "_wait_for_turn", lambda _connection: None)
        url = postgresql_farm.fresh("empty")
        database = Database(patient(url))
        yield database
        database.dispose()
        postgresql_farm.drop(url)

    def test_an_update_on_what_another_one_changed_is_refused(self, database):
        with database.writing(Author("maker", "1")) as session:
            writing.create(session, PURPOSES, {"name": "Shared"})
        with pytest.raises(StaleDataError):
            overtake(database)


def overtake(database):
    """Read, let another writer change what was read, and write."""
    with database.writing(Author("slow", "1")) as slow:
        shared = slow.scalars(sa.select(Purpose)).one()
        with database.writing(Author("fast", "1")) as fast:
            fast.scalars(sa.select(Purpose)).one().description = "fast"
        shared.description = "slow"
