"""The limit of imports writes all that an import writes, into every table, on both databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.db import Author, Base, Database
from app.services.importing.checking import check
from app.services.importing.undertaking import Import
from bench.generate import generate
from bench.import_limits import executemany, look, written_since
from bench.import_rates import documents_of, renamed
from bench.world import Size
from tests.databases import patient

AUTHOR = Author("bench", "bench")
SIZE = Size(60)


def rows_of(database):
    """Give all rows of all tables, and of the search index, sorted."""
    index = "rowid" if database.is_sqlite else "id, terms::text"
    with database.reading() as connection:
        rows = {
            table.name: sorted(connection.execute(sa.select(table)).all(), key=repr)
            for table in Base.metadata.sorted_tables
        }
        found = connection.exec_driver_sql(f"SELECT {index} FROM search_index ORDER BY 1").all()  # noqa: S608  # names from above
    return {**rows, "search_index": found}


def take_in(database, items):
    """Import items, and give the rows that came of it."""
    undertaking = Import(check(items), AUTHOR, database.clock)
    with database.reading() as connection:
        before = look(connection)
    with database.writing(AUTHOR) as session:
        undertaking.write(session)
    with database.reading() as connection:
        return written_since(connection, before)


@pytest.fixture
def databases(farm):
    """Two databases without any records, at the same time."""
    urls = [farm.fresh("empty") for _ in range(2)]
    found = [Database(patient(url), clock=lambda: datetime(2026, 1, 31, tzinfo=UTC)) for url in urls]
    yield found
    for url, database in zip(urls, found, strict=True):
        database.dispose()
        farm.drop(url)


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """Records of every kind, with parts of every kind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('made')}/made.db"
    generate(patient(url), SIZE, seed=1)
    return documents_of(patient(url))


class TestExecutemany:
    def test_it_writes_what_an_import_writes_into_an_empty_atlas(self, databases, items):
        imported, copy = databases
        executemany(copy, take_in(imported, items))
        assert rows_of(copy) == rows_of(imported)

    def test_it_writes_what_an_import_writes_into_a_full_one(self, databases, items):
        imported, copy = databases
        for database in databases:
            take_in(database, items)
        executemany(copy, take_in(imported, renamed(items, 40)))
        assert rows_of(copy) == rows_of(imported)

    def test_every_table_that_an_import_fills_is_written(self, databases, items):
        imported, _copy = databases
        empty = rows_of(imported)
        written = {one.table for one in take_in(imported, items)}
        full = rows_of(imported)
        assert written == {name for name, rows in full.items() if rows != empty[name]}
        assert written >= {"tally", "change_record", "change_team", "search_index", "usage_version"}
