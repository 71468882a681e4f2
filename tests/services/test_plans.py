"""No list reads a whole table, and none sorts one for a page.

SQLite plans without knowing how many rows there are (nobody runs ANALYZE), so
that a small atlas has the plans of a large one. PostgreSQL's depend on the
rows: they are looked at in an atlas of 100,000 use cases, among the long tests.
"""

import re

import pytest
from sqlalchemy import event

from app.models import Claim, Evidence, Team, Usage, UseCase, UseCasePurpose
from app.services.facets import crossed, singled_out
from app.services.relations import usage_views
from bench.generate import generate
from bench.world import Size
from tests.client import Client
from tests.conftest import bound
from tests.databases import patient

_LARGE = [model.__tablename__ for model in (UseCase, Usage, UseCasePurpose, Evidence, Team, Claim)]
_SCAN = re.compile(rf"SCAN ({'|'.join(_LARGE)})\b( USING (?:COVERING )?INDEX)?")
_SEQUENTIAL = re.compile(rf"Seq Scan on ({'|'.join(_LARGE)})\b")
_WHOLE = re.compile(r"(use_case|seen_\d) (EXISTS )?USING INTEGER PRIMARY KEY")
_SORTS = re.compile("USE TEMP B-TREE FOR ORDER BY|^ *(?:-> +)?Sort ", re.MULTILINE)

# Lists that are kept in their order; see app/services/facets/listing.py.
LISTED = [
    "/use-cases?library={library}",
    "/use-cases?library={library}&sort=-title",
    "/use-cases?purpose={purpose}",
    "/use-cases?source={source}",
    "/use-cases?topic={topic}",
    "/use-cases?organization={organization}",
    "/use-cases?area={area}",
    "/use-cases?lifecycle=active",
    "/libraries/{library}/use-cases",
    "/purposes/{purpose}/use-cases",
]
# Several filters; see app/services/facets/crossed.py.
CROSSED = [
    "/use-cases?library={library}&status=documented",
    "/use-cases?library={library}&purpose={purpose}&sort=-title",
    "/use-cases?status=documented&stance=uses",
    "/use-cases?source={source}&stance=uses&role=uses",
    "/use-cases?area={area}&status=documented",
    "/use-cases?topic={topic}&evidence_kind=observed",
    "/use-cases?organization={organization}&lifecycle=active",
]
PATHS = [
    *LISTED,
    *CROSSED,
    "/use-cases",
    "/use-cases?sort=-updated_at",
    "/use-cases?sort=slug",
    "/use-cases?team={team}",
    "/use-cases?status=documented",
    "/use-cases?stance=does_not_use",
    "/use-cases?library={library}&sort=-updated_at",
    "/use-cases?role=builds",
    "/use-cases?evidence_kind=observed",
    "/use-cases?team={team}&status=documented",
    "/teams/{team}/use-cases",
    "/use-cases/facets?by=team,library,status,topic",
    "/teams",
    "/libraries",
]


class Planner:
    """Asks, and gives the plan of each statement that was needed."""

    def __init__(self, client):
        self.client = client
        self.reader = client.app.extensions["database"].reader
        self.names = self._most_named()

    def plans(self, path):
        """Give pairs of a statement and its plan; also those of the second page."""
        seen = []
        note = lambda _connection, _cursor, *statement: seen.append(statement[:2])  # noqa: E731  # said once
        event.listen(self.reader, "before_cursor_execute", note)
        response = self.client.get(path.format(**self.names))
        assert response.status_code == 200
        if following := response.get_json().get("next"):
            self.client.get(following.removeprefix("http://localhost/api/v1"))
        event.remove(self.reader, "before_cursor_execute", note)
        return [
            (statement, self._explain(statement, parameters))
            for statement, parameters in seen
            if statement.startswith("SELECT") and "tally" not in statement
        ]

    def _explain(self, statement, parameters):
        word = "EXPLAIN QUERY PLAN " if self.reader.dialect.name == "sqlite" else "EXPLAIN "
        with self.reader.connect() as connection:
            rows = connection.exec_driver_sql(word + statement, parameters).all()
        return "\n".join(str(row[-1]) for row in rows)

    def _most_named(self):
        words = ("team", "library", "purpose", "source", "topic", "organization", "area")
        facets = self.client.get(f"/use-cases/facets?by={','.join(words)}&limit=1").get_json()["facets"]
        return {facet["by"]: facet["values"][0]["value"] for facet in facets}


def whole_tables(statement, plan):
    """Find tables that are read as a whole; a page that is read in order ends with its last item."""
    is_page = "LIMIT" in statement
    scans = [match for match in _SCAN.findall(plan) if not (is_page and match[1])]
    return scans + _SEQUENTIAL.findall(plan)


@pytest.fixture
def small(sqlite_farm, session_app):
    """A planner of a small atlas on SQLite."""
    url = sqlite_farm.fresh("empty")
    generate(patient(url), Size(100), seed=1)
    with bound(session_app, patient(url)):
        yield Planner(Client(session_app, None))
    sqlite_farm.drop(url)


@pytest.fixture(scope="module")
def large_url(farm):
    """A database of 100,000 use cases."""
    url = farm.fresh("empty")
    generate(patient(url), Size(100_000), seed=1)
    yield url
    farm.drop(url)


class TestPlans:
    def test_no_table_is_read_as_a_whole(self, small):
        for path in PATHS:
            for statement, plan in small.plans(path):
                assert not whole_tables(statement, plan), f"{path}\n{statement}\n{plan}"

    def test_no_page_of_many_is_sorted(self, small, monkeypatch):
        monkeypatch.setattr(singled_out, "_PAGE", 0)  # any number is many
        monkeypatch.setattr(crossed, "_PAGE", 0)
        for path in PATHS:
            pages = [plan for statement, plan in small.plans(path) if "LIMIT" in statement]
            assert pages or "facets" in path
            assert not [plan for plan in pages if _SORTS.search(plan)], path

    @pytest.mark.parametrize("path", ["/suggest?q=a", "/suggest?q=st", "/search?q=zzzzzzzzz"])
    def test_no_question_reads_the_whole_vocabulary(self, small, path):
        plans = [plan for statement, plan in small.plans(path) if "search_word" in statement]
        assert plans
        assert not [plan for plan in plans if "SCAN search_word" in plan or "length=?)" in plan]

    @pytest.mark.parametrize("path", ["/suggest?q=a", "/suggest?q=st"])
    def test_the_commonest_words_by_their_first_letters_stand_ready(self, small, path):
        [plan] = [plan for statement, plan in small.plans(path) if "search_word" in statement]
        assert "USING INDEX ix_search_word_first_" in plan
        assert not _SORTS.search(plan)

    def test_the_users_of_a_library_that_many_use_are_not_sorted(self, small, monkeypatch):
        monkeypatch.setattr(usage_views, "_PAGE", 0)  # any number is many
        plans = small.plans("/libraries/{library}/teams")
        pages = [plan for statement, plan in plans if "LIMIT" in statement]
        assert pages
        assert not [plan for plan in pages if _SORTS.search(plan)]

    @pytest.mark.parametrize("path", CROSSED)
    def test_no_use_case_is_read_before_it_is_known_to_belong_to_a_list(self, small, path):
        asked = [plan for statement, plan in small.plans(path) if "EXISTS" in statement]
        assert asked
        assert not [plan for plan in asked if _WHOLE.search(plan)]

    def test_no_list_that_is_kept_is_sorted(self, small):
        for path in (*LISTED, *CROSSED):
            pages = [plan for statement, plan in small.plans(path) if "LIMIT" in statement]
            assert pages
            assert not [plan for plan in pages if _SORTS.search(plan)], path


@pytest.mark.soak
class TestLargePlans:
    def test_no_table_is_read_as_a_whole(self, large_url, session_app):
        with bound(session_app, patient(large_url)):
            planner = Planner(Client(session_app, None))
            found = [
                (path, statement, plan)
                for path in PATHS
                for statement, plan in planner.plans(path)
                if whole_tables(statement, plan)
            ]
        assert found == []

    def test_no_list_that_is_kept_is_sorted(self, large_url, session_app):
        with bound(session_app, patient(large_url)):
            planner = Planner(Client(session_app, None))
            found = [
                (path, statement, plan)
                for path in LISTED
                for statement, plan in planner.plans(path)
                if "LIMIT" in statement and _SORTS.search(plan)
            ]
        assert found == []
