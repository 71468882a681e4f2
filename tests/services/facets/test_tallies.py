"""Tallies and lists are what a count of everything gives, after whatever was written."""

import random

import pytest
from sqlalchemy import select

from app.db import Author
from app.models import Kind, ListedUseCase, Tally
from app.services.facets import having, tallies
from app.services.facets.listing import LISTED, relist
from app.services.flattening import flatten, writable
from app.services.registry import COLLECTIONS
from app.services.writing import create, patch
from tests.random_atlas import fill

AUTHOR = Author("tests", "tests")


def kept(database):
    """Read the tallies, but for what there is nothing of, and the lists."""
    with database.reading() as connection:
        rows = connection.execute(select(Tally.facet, Tally.value, Tally.records)).all()
        listed = connection.execute(select(ListedUseCase.__table__)).all()
    numbers = {(row.facet, row.value): row.records for row in rows if row.records}
    return numbers, set(map(tuple, listed))


def recounted(database):
    """Count everything anew and read that."""
    with database.writing(AUTHOR) as session:
        tallies.recount(session.connection())
        relist(session.connection())
    return kept(database)


@pytest.fixture
def use_case(make):
    """A use case: the team `core` extends `flask`, which is about `web`, for `alerts`."""
    team, library = make.team(slug="core", area="Data"), make.library(slug="flask", topics=["web"])
    purpose = make.purpose(slug="alerts")
    names = {"team": team["slug"], "library": library["slug"], "purpose": purpose["slug"]}
    return make.use_case(slug="alerting", **names, role="extends")["slug"]


class TestKept:
    @pytest.mark.parametrize(
        "change",
        [
            ("patch", "/use-cases/alerting", {"status": "disputed"}),
            ("patch", "/use-cases/alerting", {"usages": []}),
            ("patch", "/use-cases/alerting", {"title": "Another"}),
            ("patch", "/use-cases/alerting", {"slug": "another"}),
            ("patch", "/use-cases/alerting", {"purposes": []}),
            ("patch", "/teams/core", {"area": "Platform"}),
            ("patch", "/teams/core", {"area": None}),
            ("patch", "/teams/core", {"name": "Another"}),
            ("patch", "/libraries/flask", {"topics": ["web", "http"]}),
            ("patch", "/libraries/flask", {"topics": []}),
            ("patch", "/libraries/flask", {"lifecycle": "archived"}),
            ("delete", "/use-cases/alerting", None),
            ("delete", "/teams/core?cascade=true", None),
        ],
        ids=str,
    )
    def test_they_follow_every_change(self, database, client, use_case, change):
        method, path, body = change
        response = client.delete(path) if body is None else getattr(client, method)(path, body)
        assert response.status_code in {200, 204}
        assert kept(database) == recounted(database)

    @pytest.mark.parametrize("seed", range(2))
    def test_they_are_what_a_count_gives_after_random_writes(self, database, client, make, seed):
        fill(make, seed)
        chance = random.Random(seed)  # noqa: S311  # the same for the same seed
        slugs = [item["slug"] for item in client.get("/use-cases?limit=200").get_json()["items"]]
        for slug in chance.sample(slugs, 8):
            client.delete(f"/use-cases/{slug}")
        for slug in ("core", "team-1", "team-2"):
            client.patch(f"/teams/{slug}", {"area": chance.choice([None, "Data & more", "Elsewhere"])})
        assert kept(database) == recounted(database)

    def test_imports_keep_them_too(self, database, client, make, use_case):
        make.team(slug="other", area="Ops")
        library = client.get("/libraries/flask").get_json()
        case = client.get("/use-cases/alerting").get_json()
        body = {
            "teams": [{**client.get("/teams/core").get_json(), "area": "Moved"}],
            "libraries": [{**library, "topics": ["http"], "lifecycle": "deprecated"}],
            "use-cases": [{**case, "slug": "second", "team": "other"}, {**case, "status": "confirmed"}],
        }
        report = client.post("/import", body)
        assert report.status_code == 200, report.text
        assert (report.get_json()["created"], report.get_json()["updated"]) == (1, 3)
        assert kept(database) == recounted(database)

    def test_what_is_rolled_back_leaves_them_alone(self, database, client, use_case):
        before = kept(database)
        usages = [{"library": "flask", "role": "uses"}, {"library": "nothing", "role": "uses"}]
        assert client.patch(f"/use-cases/{use_case}", {"usages": usages}).status_code == 409
        assert kept(database) == before

    def test_more_use_cases_than_one_statement_takes_are_counted(self, database, make, monkeypatch):
        monkeypatch.setattr(having, "_CHUNK", 4)
        fill(make, 3)
        with database.writing(AUTHOR) as session:
            parts = list(having.had_by(session.connection(), range(1, 100)))
        assert max(map(len, parts)) == 4
        whole = tallies.counts_of(had for part in parts for had in part.values())
        numbers, _listed = kept(database)
        assert whole
        assert all(numbers[key] == number for key, number in whole.items())

    def test_every_list_is_kept(self, database, use_case):
        _numbers, listed = kept(database)
        # No maker, so no organization but the team's; the evidence has a source.
        assert {row[0] for row in listed} == LISTED

    def test_what_is_written_twice_in_one_transaction_is_listed_once(self, database, client, use_case):
        model = COLLECTIONS[Kind.USE_CASE]
        body = {**client.get("/use-cases/alerting").get_json(), "slug": "second", "title": "Second"}
        with database.writing(AUTHOR) as session:
            create(session, model, writable(model.schema, flatten(model.schema, body)))
            patch(session, model, "second", {"title": "Third", "status": "confirmed"})
            patch(session, COLLECTIONS[Kind.TEAM], "core", {"area": "Other"})
        assert kept(database) == recounted(database)

    def test_a_kind_is_counted(self, database, make):
        make.team()
        make.team()
        with database.reading() as connection:
            assert tallies.number_of(connection, Kind.TEAM) == 2
            assert tallies.number_of(connection, Kind.USE_CASE) == 0
