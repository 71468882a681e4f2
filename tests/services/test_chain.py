"""The log's chain: every row is linked to the one before it, alike on both databases."""

import pytest
import sqlalchemy as sa

from app.db import Author
from app.models import Atlas, Change, Kind
from app.services import chain, writing
from app.services.importing import import_records
from app.services.registry import COLLECTIONS

AUTHOR = Author("somebody", "request-7")
NO_HASH = "0" * 64


@pytest.fixture
def log(database):
    """Gives the rows of the log, and writes an organization with each call of `log.write(name)`."""
    return Log(database)


class Log:
    def __init__(self, database):
        self.database = database

    def write(self, *names):
        with self.database.writing(AUTHOR) as session:
            for name in names:
                writing.create(session, COLLECTIONS[Kind.ORGANIZATION], {"name": name})

    def rows(self):
        with self.database.reading() as connection:
            return connection.execute(sa.select(*chain.LINKED, Change.hash).order_by(Change.seq)).all()

    def head(self):
        with self.database.reading() as connection:
            return chain.head(connection)

    def execute(self, statement):
        with self.database.writing(AUTHOR) as session:
            session.connection().execute(statement)


def links(rows, previous=NO_HASH):
    """Give the hashes that the rows should have, as they are read back."""
    for *values, _hash in rows:
        previous = chain.link(previous, values)
        yield previous


class TestLink:
    def test_each_row_is_linked_to_the_one_before(self, log):
        log.write("One", "Ünicode \N{GRINNING FACE}")
        log.write("Three")
        rows = log.rows()
        assert [row.hash for row in rows] == list(links(rows))
        assert len({row.hash for row in rows}) == 3

    def test_imported_rows_are_linked_too(self, log):
        log.write("One")
        with log.database.writing(AUTHOR) as session:
            import_records(session, {"organizations": [{"name": "Two"}, {"name": "Three"}]})
        rows = log.rows()
        assert [row.hash for row in rows] == list(links(rows))

    def test_the_order_of_members_makes_no_difference(self):
        assert chain.link(NO_HASH, [{"a": 1, "b": 2}]) == chain.link(NO_HASH, [{"b": 2, "a": 1}])


class TestHead:
    def test_it_is_the_anchor_of_an_empty_log(self, log):
        assert log.head() == NO_HASH

    def test_it_is_the_hash_of_the_last_row(self, log):
        log.write("One", "Two")
        assert log.head() == log.rows()[-1].hash


class TestGuard:
    """The database itself keeps the log as it is."""

    @pytest.mark.parametrize(
        "statement", [sa.update(Change).values(actor="x"), sa.delete(Change)], ids=["update", "delete"]
    )
    def test_no_row_is_changed_or_deleted(self, log, statement):
        log.write("One", "Two")
        with pytest.raises(sa.exc.DatabaseError, match="append-only"):
            log.execute(statement)
        assert len(log.rows()) == 2

    def test_the_log_is_not_truncated(self, log):
        log.write("One")
        if not log.database.is_sqlite:
            with pytest.raises(sa.exc.DatabaseError, match="append-only"):
                log.execute(sa.text("TRUNCATE change"))
        assert len(log.rows()) == 1


class TestAnchor:
    def test_what_lies_before_it_may_go_and_the_rest_still_holds(self, log):
        log.write("One", "Two", "Three")
        second = log.rows()[1].hash
        with log.database.writing(AUTHOR) as session:
            chain.anchor(session.connection(), 2)
            session.connection().execute(sa.delete(Change).where(Change.seq <= 2))
        (last,) = log.rows()
        assert list(links([last], second)) == [last.hash]
        with log.database.reading() as connection:
            anchor = connection.execute(sa.select(Atlas.anchor_seq, Atlas.anchor_hash)).one()
        assert anchor == (2, second)

    def test_what_lies_behind_it_stays(self, log):
        log.write("One", "Two", "Three")
        with log.database.writing(AUTHOR) as session:
            chain.anchor(session.connection(), 2)
        with pytest.raises(sa.exc.DatabaseError, match="append-only"):
            log.execute(sa.delete(Change).where(Change.seq == 3))

    def test_a_log_that_is_all_pruned_goes_on(self, log):
        log.write("One", "Two")
        head = log.head()
        with log.database.writing(AUTHOR) as session:
            chain.anchor(session.connection(), 2)
            session.connection().execute(sa.delete(Change))
        assert log.head() == head
        log.write("Three")
        assert list(links(log.rows(), head)) == [log.head()]
