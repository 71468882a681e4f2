from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.config import Settings
from app.db import Author, Database, Instant, hold_open
from app.models import Atlas
from tests.client import Client, assert_problem
from tests.conftest import bound

AUTHOR = Author("tester", "request-1")


@pytest.fixture
def sqlite(sqlite_farm):
    """Engines of a database on SQLite, whatever else the tests run on."""
    url = sqlite_farm.fresh("empty")
    database = Database(Settings(database_url=url, read_timeout_seconds=0.05, write_timeout_seconds=0.05))
    yield database
    database.dispose()
    sqlite_farm.drop(url)


@pytest.fixture
def postgresql(postgresql_farm):
    """Engines of a database on PostgreSQL, whatever else the tests run on."""
    url = postgresql_farm.fresh("empty")
    database = Database(Settings(database_url=url, read_timeout_seconds=30.0, threads=1))
    yield database
    database.dispose()
    postgresql_farm.drop(url)


class TestTimeLimits:
    @pytest.mark.parametrize("role", ["reader", "writer"])
    def test_sqlite_stops_a_long_question(self, sqlite, role):
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        with (
            getattr(sqlite, role).connect() as connection,
            pytest.raises(sa.exc.OperationalError, match="interrupted"),
        ):
            connection.execute(sa.text(endless))

    def test_postgresql_stops_a_long_question(self, postgresql):
        with postgresql.reading() as connection:
            connection.execute(sa.text("SET statement_timeout = '100ms'"))
            with pytest.raises(sa.exc.OperationalError, match="statement timeout"):
                connection.execute(sa.text("SELECT pg_sleep(60)"))


class TestPostgresqlConnections:
    @pytest.mark.parametrize(
        ("role", "name", "value"),
        [
            ("reader", "TimeZone", "UTC"),
            ("reader", "statement_timeout", "30s"),
            ("writer", "statement_timeout", "5s"),
            ("writer", "lock_timeout", "4500ms"),
            ("reader", "idle_in_transaction_session_timeout", "10s"),
            ("writer", "synchronous_commit", "on"),
            ("reader", "transaction_read_only", "on"),
            ("writer", "transaction_read_only", "off"),
            ("reader", "transaction_isolation", "repeatable read"),
            ("writer", "transaction_isolation", "read committed"),
            ("reader", "application_name", "toolatlas"),
        ],
    )
    def test_they_are_set_up(self, postgresql, role, name, value):
        with getattr(postgresql, role).connect() as connection:
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value

    def test_only_the_writer_can_write(self, postgresql):
        with postgresql.reading() as connection, pytest.raises(sa.exc.InternalError, match="read-only"):
            connection.execute(sa.update(Atlas).values(version=9))

    @pytest.mark.parametrize("role", ["reader", "writer"])
    def test_a_connection_that_was_cut_is_replaced(self, postgresql, role, postgresql_farm):
        engine = getattr(postgresql, role)
        with engine.connect() as connection:
            process = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with postgresql_farm.admin.connect() as admin:
            admin.execute(sa.text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        with engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT pg_backend_pid()")) != process


class TestReading:
    def test_it_sees_one_state_throughout(self, database):
        with database.reading() as connection:
            before = connection.scalar(sa.select(Atlas.version))
            with database.writer.begin() as writer:
                writer.execute(sa.update(Atlas).values(version=7))
            assert connection.scalar(sa.select(Atlas.version)) == before

    def test_it_sees_a_new_state_the_next_time(self, database):
        with database.writer.begin() as writer:
            writer.execute(sa.update(Atlas).values(version=7))
        with database.reading() as connection:
            assert connection.scalar(sa.select(Atlas.version)) == 7


class TestWriting:
    def test_returning_commits(self, database):
        with database.writing(AUTHOR) as session:
            session.execute(sa.update(Atlas).values(version=5))
        with database.reading() as connection:
            assert connection.scalar(sa.select(Atlas.version)) == 5

    def test_raising_rolls_back(self, database):
        with suppress(ZeroDivisionError), database.writing(AUTHOR) as session:
            session.execute(sa.update(Atlas).values(version=5))
            raise ZeroDivisionError
        with database.reading() as connection:
            assert connection.scalar(sa.select(Atlas.version)) == 0


class TestPool:
    def test_a_request_that_gets_no_connection_is_told_to_come_back(self, session_app, farm):
        url = farm.fresh("empty")
        with bound(session_app, Settings(database_url=url, threads=1)) as database, database.reading():
            response = Client(session_app, None).get("/teams")
        farm.drop(url)
        assert_problem(response, 503, "busy")
        assert response.headers["Retry-After"] == "1"


class TestDescribe:
    def test_it_says_which_database_serves(self, database):
        described = database.describe()
        assert described["name"] == database.reader.dialect.name

    def test_it_names_the_version_of_sqlite(self, sqlite):
        with sqlite.reading() as connection:
            assert sqlite.describe()["version"] == connection.scalar(sa.text("SELECT sqlite_version()"))


class TestInstant:
    @pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
    def test_it_comes_back_in_utc(self, dialect):
        system = SimpleNamespace(name=dialect)
        given = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
        kept = Instant().process_bind_param(given, system)
        read = kept.isoformat(" ") if dialect == "sqlite" else kept
        assert Instant().result_processor(system, None)(read) == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
    def test_it_may_be_missing(self, dialect):
        system = SimpleNamespace(name=dialect)
        assert Instant().process_bind_param(None, system) is None
        assert Instant().result_processor(system, None)(None) is None


class TestHoldOpen:
    def test_a_transaction_may_wait_a_minute(self, database):
        with database.reading() as connection:
            hold_open(connection)
            if connection.dialect.name == "postgresql":
                assert connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "1min"

    def test_the_next_one_may_not(self, database):
        with database.reading() as connection:
            hold_open(connection)
        with database.reading() as connection:
            if connection.dialect.name == "postgresql":
                assert connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "10s"
