"""Every list takes a fixed number of SQL statements, however long it is."""

import dataclasses

import pytest

from app.api.contract import operations_of
from app.api.site import NAMESPACES
from tests.client import Client
from tests.conftest import bound
from tests.databases import patient

# Version, count, the ids of the page and their rows; one more for each part of a record, and for each
# name that has to be looked up.
LISTS = {
    "/organizations": 4,
    "/teams": 5,
    "/libraries": 6,
    "/purposes": 4,
    "/use-cases": 7,
    "/sources": 4,
    "/use-cases/netflix-python-across-the-business/evidence": 4,
    "/teams/demand-engineering/use-cases": 9,
    "/libraries/python/use-cases": 9,
    "/purposes/model-training/use-cases": 9,
    "/sources/techrepublic-netflix-python-2019/use-cases": 9,
    "/teams/demand-engineering/libraries": 7,
    "/teams/demand-engineering/worklist": 6,
    "/libraries/python/teams": 7,
    "/purposes/model-training/libraries": 7,
    "/libraries/python/related": 6,
    "/organizations/netflix/history": 5,
    "/teams/demand-engineering/history": 5,
    "/libraries/python/history": 5,
    "/purposes/model-training/history": 5,
    "/use-cases/netflix-python-across-the-business/history": 5,
    "/sources/techrepublic-netflix-python-2019/history": 5,
}


@pytest.fixture
def seeded(session_app, seeded_url):
    """A client of a seeded atlas that keeps no records; what keeping them saves stands in test_keeping.py."""
    with bound(session_app, dataclasses.replace(patient(seeded_url), record_bytes=0)):
        yield Client(session_app, None)


def count_statements(seeded, statements, path):
    with statements() as seen:
        response = seeded.get(path)
    assert response.status_code == 200
    return len(seen)


def is_page(operation):
    return operation.returns is not None and operation.returns.__name__.endswith("PageSchema")


class TestLists:
    @pytest.mark.parametrize(("path", "expected"), LISTS.items())
    def test_the_number_does_not_depend_on_the_length(self, seeded, statements, path, expected):
        counts = [count_statements(seeded, statements, f"{path}?limit={limit}") for limit in (5, 50)]
        assert counts == [expected, expected]

    @pytest.mark.parametrize(("path", "expected"), LISTS.items())
    def test_the_count_is_one_of_them(self, seeded, statements, path, expected):
        # How many use cases have a value, or teams use a library, is known anyway: so is how to find them.
        is_known = path.endswith(("/use-cases", "/python/teams")) and path != "/use-cases"
        assert count_statements(seeded, statements, f"{path}?total=false") == expected - (not is_known)

    def test_every_list_stands_here(self):
        operations = operations_of(NAMESPACES)
        lists = [path for (path, _method), operation in operations.items() if is_page(operation)]
        # Those that have to be asked something, or by an admin; see their own tests.
        elsewhere = [
            "/api/v1/conflicts",
            "/api/v1/diff",
            "/api/v1/tokens",
            "/api/v1/webhooks",
            "/api/v1/webhooks/{public}/deliveries",
        ]
        assert sorted(lists) == sorted([*(f"/api/v1{_template(path)}" for path in LISTS), *elsewhere])


class TestFilters:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/use-cases?library=python&role=uses&team=core", 9),
            ("/use-cases?q=python+data+netflix", 7),
            ("/use-cases?source=techrepublic-netflix-python-2019&evidence_kind=documented", 8),
            ("/libraries?purpose=model-training&used_by=core&used_by=machine-learning", 8),
            ("/teams?uses=python&uses=numpy&purpose=model-training", 7),
        ],
    )
    def test_each_kind_of_name_is_looked_up_once(self, seeded, statements, path, expected):
        assert count_statements(seeded, statements, path) == expected


class TestShapes:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/teams/demand-engineering/libraries?used_on=2019-06-01", 7),
            ("/libraries/python/teams?used_on=2019-06-01", 7),
            ("/purposes/model-training/libraries?used_on=2019-06-01", 7),
            ("/libraries/python/related?used_on=2019-06-01", 6),
            ("/use-cases?fields=title", 4),
            ("/use-cases?fields=title,evidence", 5),
            ("/use-cases?expand=team", 10),
            ("/use-cases?expand=libraries", 11),
            ("/use-cases?expand=purposes", 9),
            ("/use-cases?expand=evidence", 9),
            ("/use-cases?expand=team,libraries,purposes,evidence", 18),
            ("/libraries?expand=maker,replaced_by", 12),
            ("/teams?expand=organization", 7),
        ],
    )
    def test_the_number_does_not_depend_on_the_length(self, seeded, statements, path, expected):
        counts = [count_statements(seeded, statements, f"{path}&limit={limit}") for limit in (5, 50)]
        assert counts == [expected, expected]


class TestItems:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/organizations/netflix", 3),
            ("/teams/core", 4),
            ("/libraries/python", 5),
            ("/use-cases/netflix-python-across-the-business", 6),
            ("/use-cases/netflix-python-across-the-business?fields=title", 3),
        ],
    )
    def test_it_takes_one_for_each_part(self, seeded, statements, path, expected):
        assert count_statements(seeded, statements, path) == expected

    def test_an_unchanged_list_takes_one(self, seeded, statements):
        etag = seeded.get("/libraries").headers["ETag"]
        with statements() as seen:
            assert seeded.get("/libraries", headers={"If-None-Match": etag}).status_code == 304
        assert len(seen) == 1


def _template(path):
    """Put the placeholder where a slug stands: the second part of a path of three."""
    parts = path.split("/")
    if len(parts) > 2:
        parts[2] = "{slug}"
    return "/".join(parts)
