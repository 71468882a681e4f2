"""app/services/driver.py"""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.services import driver


@pytest.fixture
def connection(database):
    with database.writer.connect() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE thing (number INTEGER PRIMARY KEY)")
        connection.commit()
        yield connection
        connection.invalidate()  # the table goes with it


def test_it_stands_in_the_transaction_of_the_connection(connection):
    driver.execute(connection, "INSERT INTO thing VALUES (1)", ())
    assert connection.in_transaction()
    assert driver.fetch(connection, "SELECT number FROM thing", ()) == [(1,)]
    connection.rollback()
    assert driver.fetch(connection, "SELECT number FROM thing", ()) == []


def test_many_rows_may_be_none(connection):
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement = "INSERT INTO thing VALUES (?)".replace("?", mark)
    driver.execute_many(connection, statement, [])
    driver.execute_many(connection, statement, [(1,), (2,)])
    assert driver.fetch(connection, "SELECT count(*) FROM thing", ()) == [(2,)]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("do", [driver.fetch, driver.execute])
def test_its_errors_are_those_of_sqlalchemy_and_hide_values(connection, do, is_first):
    if not is_first:
        connection.begin()
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    with pytest.raises(sa.exc.DBAPIError, match="SELECT nothing") as caught:
        do(connection, f"SELECT nothing FROM nowhere WHERE word = {mark}", ("secret",))  # noqa: S608  # a test's
    assert "secret" not in str(caught.value)


def test_a_connection_that_is_lost_is_not_used_again(connection, monkeypatch):
    monkeypatch.setattr(connection.dialect, "is_disconnect", lambda *_of_the_error: True)
    connection.begin()
    with pytest.raises(sa.exc.DBAPIError):
        driver.execute(connection, "SELECT nothing FROM nowhere", ())
    assert connection.invalidated


class TestFewRounds:
    def test_what_gives_no_rows_is_done_before_what_gives_some(self, connection):
        connection.begin()
        with driver.in_few_rounds(connection):
            driver.execute(connection, "INSERT INTO thing VALUES (1)", ())
            driver.execute(connection, "INSERT INTO thing VALUES (2)", ())
            assert driver.fetch(connection, "SELECT count(*) FROM thing", ()) == [(2,)]
            driver.execute(connection, "DELETE FROM thing", ())
        assert driver.fetch(connection, "SELECT count(*) FROM thing", ()) == [(0,)]

    def test_an_error_comes_at_the_end_at_the_latest(self, connection):
        def insert_twice():
            with driver.in_few_rounds(connection):
                driver.execute(connection, "INSERT INTO thing VALUES (1)", ())
                driver.execute(connection, "INSERT INTO thing VALUES (1)", ())

        connection.begin()
        with pytest.raises(sa.exc.IntegrityError):
            insert_twice()
        connection.rollback()
        assert driver.fetch(connection, "SELECT count(*) FROM thing", ()) == [(0,)]


def test_listeners_hear_of_each_statement_once(database, connection):
    heard = []
    connection.begin()

    def hear(_connection, _cursor, statement, values, _context, is_many):
        heard.append((statement, values, is_many))

    event.listen(database.writer, "before_cursor_execute", hear)
    try:
        driver.fetch(connection, "SELECT 1", ())
    finally:
        event.remove(database.writer, "before_cursor_execute", hear)
    assert heard[-1] == ("SELECT 1", (), False)
