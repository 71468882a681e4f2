from datetime import UTC, datetime

import sqlalchemy as sa

from app.models import Purpose
from app.services.prepared import Prepared, has_given_id, ids_given


def names(dialect):
    """Select the names of given purposes."""
    return sa.select(Purpose.name).where(has_given_id(dialect, Purpose.id)).order_by(Purpose.name)


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
