import runpy
import sqlite3
import stat
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app import db
from app.config import Settings
from app.db import Database
from app.models import Atlas
from tests.databases import patient


@pytest.fixture
def sqlite(sqlite_farm):
    """Engines of a database on SQLite, whatever else the tests run on."""
    url = sqlite_farm.fresh("empty")
    database = Database(Settings(database_url=url, read_timeout_seconds=0.05, write_timeout_seconds=0.05))
    yield database
    database.dispose()
    sqlite_farm.drop(url)


def pragma(connection, name):
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


class TestSqliteConnections:
    @pytest.mark.parametrize("role", ["reader", "writer"])
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("busy_timeout", 50),
            ("foreign_keys", 1),
            ("synchronous", 2),
            ("wal_autocheckpoint", 1000),
            ("journal_size_limit", 67_108_864),
            ("mmap_size", 0),
            ("trusted_schema", 0),
            ("cell_size_check", 1),
        ],
    )
    def test_they_are_set_up(self, sqlite, role, name, value):
        with getattr(sqlite, role).connect() as connection:
            assert (pragma(connection, name) or 0) == value

    @pytest.mark.parametrize("role", ["reader", "writer"])
    def test_they_keep_the_log_that_the_version_is_safe_with(self, sqlite, role):
        with getattr(sqlite, role).connect() as connection:
            assert pragma(connection, "journal_mode") == sqlite.describe()["journal"]

    def test_only_the_writer_can_write(self, sqlite):
        with sqlite.reading() as connection:
            assert pragma(connection, "query_only") == 1
            with pytest.raises(sa.exc.OperationalError, match="readonly"):
                connection.execute(sa.update(Atlas).values(version=9))

    @pytest.mark.parametrize(
        ("version", "journal"),
        [((3, 40, 1), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((4, 0, 0), "wal")],
    )
    def test_an_old_sqlite_keeps_a_rollback_journal(self, version, journal):
        assert db._journal_mode(SimpleNamespace(sqlite_version_info=version)) == journal

    def test_an_old_one_can_still_be_served(self, tmp_path, monkeypatch):
        monkeypatch.setattr(db, "_FIRST_SAFE_WAL", (99, 0, 0))
        database = Database(patient(f"sqlite:///{tmp_path}/atlas.db"))
        with database.writer.connect() as connection:
            assert pragma(connection, "journal_mode") == database.describe()["journal"] == "delete"
        database.dispose()

    def test_the_standard_library_serves_where_there_is_no_wheel(self, monkeypatch):
        for name in ("pysqlite3", "pysqlite3.dbapi2"):
            monkeypatch.setitem(sys.modules, name, None)
        assert runpy.run_path(db.__file__)["sqlite_module"] is sqlite3

    def test_the_file_is_private(self, tmp_path):
        path = tmp_path / "new" / "atlas.db"
        Database(Settings(database_url=f"sqlite:///{path}"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_files_beside_it_are_as_private(self, sqlite):
        with sqlite.writer.begin() as connection:
            connection.execute(sa.update(Atlas).values(version=1))
            path = Path(sqlite.writer.url.database)
            modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(f"{path.name}-*")}
        assert modes == {stat.S_IMODE(path.stat().st_mode)}


class TestSqliteWriters:
    def test_a_second_one_waits_and_is_told(self, sqlite):
        with (
            sqlite.writer.begin(),
            pytest.raises(sa.exc.OperationalError, match="locked"),
            sqlite.writer.begin(),
        ):
            pytest.fail("two writers at once")

    def test_what_no_waiting_mends_is_told_at_once(self, sqlite, monkeypatch):
        monkeypatch.setattr(db.time, "sleep", lambda _seconds: pytest.fail("it waits"))
        with sqlite.writer.connect() as connection:
            connection.connection.dbapi_connection.execute("BEGIN")
            with pytest.raises(sa.exc.OperationalError, match="within a transaction"):
                connection.begin()

    def test_readers_are_not_kept_waiting(self, sqlite):
        with sqlite.writer.begin() as writer:
            writer.execute(sa.update(Atlas).values(version=1))
            with sqlite.reading() as reader:
                assert reader.scalar(sa.select(Atlas.version)) == 0

    def test_none_is_lost(self, sqlite_farm):
        url = sqlite_farm.fresh("empty")
        database = Database(patient(url))
        assert count_to(database.writer) == 40
        database.dispose()
        sqlite_farm.drop(url)

    def test_deferred_ones_would_be(self, sqlite):
        """The control: what reads first and writes then loses to who was faster."""
        with sqlite.reader.connect() as one, sqlite.writer.connect() as other:
            one.execute(sa.select(Atlas.version)).all()
            one.exec_driver_sql("PRAGMA query_only=OFF")
            other.execute(sa.update(Atlas).values(version=1))
            other.commit()
            with pytest.raises(sa.exc.OperationalError, match="locked"):
                one.execute(sa.update(Atlas).values(version=2))


def count_to(engine, threads=4, rounds=10):
    """Let threads add to a number, each by reading it and writing one more; give what it is then."""

    def add():
        for _ in range(rounds):
            with engine.begin() as connection:
                version = connection.scalar(sa.select(Atlas.version))
                connection.execute(sa.update(Atlas).values(version=version + 1))

    workers = [threading.Thread(target=add) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with engine.connect() as connection:
        return connection.scalar(sa.select(Atlas.version))
