import sqlalchemy as sa

from app.db import Author
from app.models import Atlas, Kind
from app.services.registry import COLLECTIONS
from app.services.seeding import first_data_set, seed

AUTHOR = Author("tests", "1")


def version(database):
    with database.reading() as connection:
        return connection.scalar(sa.select(Atlas.version))


class TestSeed:
    def test_it_goes_through_the_ordinary_import(self, database):
        with database.writing(AUTHOR) as session:
            report = seed(session)
        records = sum(len(items) for items in first_data_set().values())
        assert len(report.created) == version(database) == records

    def test_a_second_time_changes_nothing(self, own_seeded):
        database = own_seeded.app.extensions["database"]
        before = version(database)
        with database.writing(AUTHOR) as session:
            report = seed(session)
        assert (report.created, report.updated, version(database)) == ([], [], before)

    def test_every_record_of_the_files_is_in_its_list(self, seeded):
        for kind, items in first_data_set().items():
            path = COLLECTIONS[kind].path
            total = seeded.get(f"/{path}?limit=1").get_json()["total"]
            assert total == len(items)


class TestFirstDataSet:
    def test_it_holds_every_kind(self):
        assert set(first_data_set()) == set(Kind)

    def test_dates_are_text(self):
        dates = [source.get("published_on") for source in first_data_set()[Kind.SOURCE]]
        assert {type(date) for date in dates if date} == {str}
