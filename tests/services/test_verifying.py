"""Whatever is done to a log behind the atlas's back shows."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import Author
from app.models import Atlas, Audit, Change, Kind
from app.services import auditing, chain, writing
from app.services.registry import COLLECTIONS
from app.services.verifying import breaks_of, chains_of, heads_of
from tests.databases import open_log

ROWS = 6
TABLES = {"change": Change.__table__, "audit": Audit.__table__}
LOGS = pytest.mark.parametrize("log", TABLES)
OTHER = {
    "at": "2020-01-01 00:00:00.000000+00:00",
    "actor": "somebody else",
    "request_id": "another",
    "action": "delete",
    "kind": "source",
    "slug": "another",
    "revision": 77,
    "before": '{"a": 1}',
    "after": '{"slug": "x"}',
    "subject": "another",
    "detail": "{}",
    "hash": "f" * 64,
}


@pytest.fixture
def written(database):
    """An atlas with six rows in each of its logs."""
    with database.writing(Author("somebody", "1")) as session:
        for number in range(ROWS):
            writing.create(session, COLLECTIONS[Kind.ORGANIZATION], {"name": f"Nr {number}"})
            auditing.note(session, "token.create", f"token {number}", {"b": 1, "a": [number]})
    return database


@contextmanager
def tampering(database):
    """Give a connection on which nothing guards the logs; what is done with it leaves nothing behind."""
    with database.writer.connect() as connection:
        open_log(connection)
        if database.is_sqlite:
            connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        else:
            for name in ("ck_change_before", "ck_change_after"):
                connection.execute(sa.text(f"ALTER TABLE change DROP CONSTRAINT {name}"))
        yield connection
        connection.rollback()


def broken_by(database, *statements):
    """Give the logs and rows that are seen to be wrong after some statements."""
    with tampering(database) as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
        return breaks(connection)


def breaks(connection, heads=None):
    return [
        (broken.log, broken.seq)
        for log in chains_of(connection, heads)
        for broken in breaks_of(connection, log, lambda _more: None)
    ]


def changed(log, column, seq):
    value = OTHER[column].replace("'", "''") if isinstance(OTHER[column], str) else OTHER[column]
    return f"UPDATE {log} SET {column} = '{value}' WHERE seq = {seq}"  # noqa: S608  # names from our own tables


def deletion(log, which):
    return f"DELETE FROM {log} WHERE {which}"  # noqa: S608  # the same


class TestBreaks:
    def test_there_are_none_in_logs_as_they_were_written(self, written):
        assert broken_by(written) == []

    @pytest.mark.parametrize(
        ("log", "column"),
        [
            (log, column.name)
            for log, table in TABLES.items()
            for column in table.columns
            if column.name != "seq"
        ],
    )
    def test_a_changed_column_shows(self, written, log, column):
        assert (log, 3) in broken_by(written, changed(log, column, 3))

    @LOGS
    @pytest.mark.parametrize("seq", [1, 3, ROWS])
    def test_a_deleted_row_shows(self, written, log, seq):
        assert broken_by(written, deletion(log, f"seq = {seq}")) == [(log, seq)]

    @LOGS
    def test_rows_that_changed_places_show(self, written, log):
        moves = [(2, 99), (3, 2), (99, 3)]
        swap = [f"UPDATE {log} SET seq = {new} WHERE seq = {old}" for old, new in moves]  # noqa: S608  # ours
        assert broken_by(written, *swap) == [(log, 2), (log, 3), (log, 4)]

    @LOGS
    def test_a_log_that_was_cut_off_shows(self, written, log):
        assert broken_by(written, deletion(log, "seq > 2")) == [(log, 3)]
        assert broken_by(written, deletion(log, "1 = 1")) == [(log, 1)]

    def test_a_log_that_was_cut_off_with_its_version_shows_by_a_head(self, written):
        with written.reading() as connection:
            head = chain.head(connection)
        with tampering(written) as connection:
            connection.execute(sa.delete(Change).where(Change.seq > 2))
            connection.execute(sa.update(Atlas).values(version=2))
            assert breaks(connection) == []
            assert breaks(connection, {ROWS: head}) == [("change", ROWS)]

    def test_a_chain_that_was_made_anew_shows_by_a_head(self, written):
        with written.reading() as connection:
            assert breaks(connection, {2: "0" * 64}) == [("change", 2)]
            assert breaks(connection, {ROWS: chain.head(connection)}) == []

    @LOGS
    def test_a_row_too_many_shows(self, written, log):
        column = {"change": "version", "audit": "audit_seq"}[log]
        assert broken_by(written, f"UPDATE atlas SET {column} = 5") == [(log, ROWS)]  # noqa: S608  # ours

    def test_a_row_that_cannot_be_read_shows(self, written):
        if written.is_sqlite:
            assert broken_by(written, "UPDATE change SET after = '{' WHERE seq = 3")[0] == ("change", 3)
            assert broken_by(written, "UPDATE change SET kind = 'x' WHERE seq = 3")[0] == ("change", 3)

    def test_a_pruned_log_is_whole(self, written):
        with written.writing(Author("somebody", "1")) as session:
            chain.anchor(session.connection(), 4)
            session.connection().execute(sa.delete(Change).where(Change.seq <= 4))
        assert broken_by(written) == []
        assert broken_by(written, "DELETE FROM change WHERE seq = 5") == [("change", 5)]

    @given(data=st.data())
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    def test_whatever_is_done_shows(self, written, data):
        log = data.draw(st.sampled_from(list(TABLES)))
        seq = data.draw(st.integers(1, ROWS))
        columns = [column.name for column in TABLES[log].columns if column.name != "seq"]
        column = data.draw(st.sampled_from(columns))
        which = f"seq {data.draw(st.sampled_from(['=', '>=', '<=']))} {seq}"
        statement = data.draw(st.sampled_from([changed(log, column, seq), deletion(log, which)]))
        found = broken_by(written, statement)
        assert {name for name, _seq in found} == {log}


class TestHeads:
    def test_they_tell_where_the_logs_end(self, written):
        with written.reading() as connection:
            heads = heads_of(connection)
            assert heads["head"] == chain.head(connection)
            assert heads["audit"]["seq"] == ROWS
            assert heads["audit"]["head"] == connection.scalar(sa.select(Audit.hash).where(Audit.seq == ROWS))

    def test_of_an_empty_atlas_they_are_the_beginning(self, database):
        with database.reading() as connection:
            assert heads_of(connection) == {"head": chain.NO_HASH, "audit": {"seq": 0, "head": chain.NO_HASH}}


class TestNote:
    @pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
    def test_no_row_is_changed_or_deleted(self, written, statement):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), written.writer.begin() as connection:
            connection.execute(sa.text(statement))
