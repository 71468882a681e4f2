import itertools

import pytest
import sqlalchemy as sa

from app.db import Author
from app.errors import AtlasError
from app.models import Atlas, Kind, Library
from app.services.importing import import_records
from app.services.reading import get
from app.services.registry import COLLECTIONS

AUTHOR = Author("tests", "1")
LIBRARIES = [
    {"slug": "flask-restx", "name": "Flask-RESTX"},
    {"slug": "flask-restplus", "name": "Flask-RESTPlus", "replaced_by": "flask-restx"},
    {"slug": "flask-restful", "name": "Flask-RESTful", "replaced_by": "flask-restplus"},
]
RECORDS = {
    Kind.USE_CASE: [
        {
            "slug": "alerts",
            "title": "Alerts",
            "team": "core",
            "usages": [{"library": "flask-restx"}],
            "evidence": [{"source": "how"}],
        }
    ],
    Kind.LIBRARY: [{**LIBRARIES[0], "maker": "netflix"}],
    Kind.TEAM: [{"slug": "core", "name": "CORE", "organization": "netflix"}],
    Kind.SOURCE: [{"slug": "how", "title": "How", "kind": "article"}],
    Kind.ORGANIZATION: [{"slug": "netflix", "name": "Netflix"}],
}


def take(database, records):
    with database.writing(AUTHOR) as session:
        return import_records(session, records)


def version(database):
    with database.reading() as connection:
        return connection.scalar(sa.select(Atlas.version))


class TestImportRecords:
    def test_kinds_may_stand_in_any_order(self, database):
        assert take(database, RECORDS).created == [
            "organizations/netflix",
            "sources/how",
            "teams/core",
            "libraries/flask-restx",
            "use-cases/alerts",
        ]

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_records_of_a_kind_may_point_at_one_another_in_any_order(self, database, order):
        assert len(take(database, {Kind.LIBRARY: [LIBRARIES[place] for place in order]}).created) == 3
        with database.reading() as connection:
            document = get(connection, COLLECTIONS[Kind.LIBRARY], "flask-restful")
        assert document["replaced_by"]["slug"] == "flask-restplus"

    def test_the_second_time_nothing_changes(self, database):
        take(database, RECORDS)
        before = version(database)
        report = take(database, RECORDS)
        assert (len(report.unchanged), report.created, report.updated) == (5, [], [])
        assert version(database) == before

    def test_it_tells_what_it_changed(self, database):
        take(database, RECORDS)
        report = take(database, {Kind.SOURCE: [{**RECORDS[Kind.SOURCE][0], "title": "How else"}]})
        assert report.updated == ["sources/how"]

    def test_nothing_makes_nothing(self, database):
        assert take(database, {}).created == []

    @pytest.mark.parametrize(
        ("items", "pointer"),
        [
            ([{"slug": "a", "name": "A"}, {"slug": "b"}], "/libraries/1/name"),
            ([{"slug": "a", "name": "A", "nmae": "B"}], "/libraries/0/nmae"),
            ([{"slug": "a", "name": "A", "maker": "nobody"}], "/libraries/0/maker"),
            ([{"slug": "a", "name": "A"}, {"slug": "b", "name": "a"}], "/libraries/1/name"),
            ([{"slug": "A", "name": "A"}], "/libraries/0/slug"),
            ([{"slug": "a", "name": "A", "topics": ["good", "B A D"]}], "/libraries/0/topics/1"),
        ],
    )
    def test_it_points_at_what_is_wrong(self, database, items, pointer):
        with pytest.raises(AtlasError) as caught:
            take(database, {Kind.LIBRARY: items})
        assert [flaw.pointer for flaw in caught.value.flaws] == [pointer]

    def test_it_takes_all_or_nothing(self, database):
        with pytest.raises(AtlasError):
            take(database, {**RECORDS, Kind.USE_CASE: [{**RECORDS[Kind.USE_CASE][0], "team": "nobody"}]})
        with database.reading() as connection:
            assert connection.scalars(sa.select(Library.slug)).all() == []

    def test_a_circle_of_successors_is_refused(self, database):
        circle = [{**LIBRARIES[0], "replaced_by": "flask-restplus"}, LIBRARIES[1]]
        with pytest.raises(AtlasError) as caught:
            take(database, {Kind.LIBRARY: circle})
        assert caught.value.flaws[0].pointer.endswith("/replaced_by")
