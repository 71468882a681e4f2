from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.db import Database
from app.models import Purpose
from app.services.prepared import Prepared, has_given_id, ids_given, is_among_given
from tests.databases import patient


def names(dialect):
    """Select the names of given purposes."""
    return sa.select(Purpose.name).where(has_given_id(dialect, Purpose.id)).order_by(Purpose.name)


@pytest.fixture
def postgresql(postgresql_farm):
    """An empty atlas on PostgreSQL."""
    url = postgresql_farm.fresh("empty")
    database = Database(patient(url))
    yield database
    database.dispose()
    postgresql_farm.drop(url)


class TestPrepared:
    def test_it_reads_what_the_parameters_say(self, database, make):
        for name in ("Alerts", "Reports", "Tests"):
            make.purpose(name=name)
        prepared = Prepared(names)
        with database.reading() as connection:
            ids = connection.scalars(sa.select(Purpose.id).where(Purpose.name != "Tests")).all()
            given = ids_given(connection.dialect, ids)
            assert [tuple(row) for row in prepared.rows(connection, **given)] == [("Alerts",), ("Reports",)]
            assert prepared.rows(connection, **ids_given(connection.dialect, [])) == []

    def test_the_statement_is_made_once(self, database):
        made = []
        prepared = Prepared(lambda dialect: made.append(dialect.name) or sa.select(Purpose.name))
        with database.reading() as connection:
            assert [prepared.rows(connection), prepared.rows(connection)] == [[], []]
            assert made == [connection.dialect.name]

    def test_values_are_converted_on_both_ways(self, database, make):
        make.purpose(name="Alerts")
        moment = sa.bindparam("moment", type_=Purpose.created_at.type)
        statement = sa.select(Purpose.name, Purpose.created_at).where(Purpose.created_at <= moment)
        prepared = Prepared(lambda _dialect: statement)
        with database.reading() as connection:
            ((name, made),) = prepared.converted_rows(connection, moment=datetime(2100, 1, 1, tzinfo=UTC))
            assert (name, made.tzinfo) == ("Alerts", UTC)
            assert prepared.converted_rows(connection, moment=datetime(1999, 1, 1, tzinfo=UTC)) == []


class TestGivenIds:
    @pytest.mark.parametrize("holds", [has_given_id, is_among_given])
    def test_those_rows_are_found(self, database, make, holds):
        for name in ("Alerts", "Reports", "Tests"):
            make.purpose(name=name)
        prepared = Prepared(lambda dialect: sa.select(Purpose.name).where(holds(dialect, Purpose.id)))
        with database.reading() as connection:
            ids = connection.scalars(sa.select(Purpose.id).where(Purpose.name != "Tests")).all()
            rows = prepared.rows(connection, **ids_given(connection.dialect, ids))
        assert sorted(row[0] for row in rows) == ["Alerts", "Reports"]

    @pytest.mark.parametrize("holds", [has_given_id, is_among_given])
    def test_postgresql_reads_them_once_though_it_looks_at_every_row(self, postgresql, holds):
        """As it does in tables that it knows nothing of yet; they were read again for each row once."""
        prepared = Prepared(lambda dialect: sa.select(Purpose.name).where(holds(dialect, Purpose.id)))
        with postgresql.reading() as connection:
            for way in ("indexscan", "bitmapscan", "indexonlyscan"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            form = prepared.form(connection.dialect)
            given = ids_given(connection.dialect, [1, 2])
            plan = connection.exec_driver_sql(f"EXPLAIN {form.sql}", {**form.fixed, **given}).scalars().all()
        assert any("Seq Scan" in step for step in plan)
        assert [step for step in plan if "Filter" in step and "integer[]" in step] == []
