import pytest
from sqlalchemy import select

from app.db import Author
from app.models import Claim, Library, Purpose, PurposeClaim, Team, UseCase
from app.services import claims
from tests.random_atlas import fill

AUTHOR = Author("tests", "tests")


@pytest.fixture
def use_case(make):
    """A use case: the team `core` extends `flask` for `alerts`."""
    team, library = make.team(name="Core", slug="core"), make.library(slug="flask")
    purpose = make.purpose(slug="alerts")
    names = {"team": team["slug"], "library": library["slug"], "purpose": purpose["slug"]}
    return make.use_case(slug="alerting", **names, role="extends")["slug"]


def read(database):
    """Read the claims by slugs: those of libraries, and those for purposes."""
    claim = select(Team.slug, Library.slug, UseCase.slug, Claim.role).select_from(Claim)
    claim = claim.join(Team, Team.id == Claim.team_id).join(Library, Library.id == Claim.library_id)
    served = select(Purpose.slug, Team.slug, Library.slug, UseCase.slug, PurposeClaim.role)
    served = served.select_from(PurposeClaim).join(Purpose, Purpose.id == PurposeClaim.purpose_id)
    served = served.join(Team, Team.id == PurposeClaim.team_id)
    served = served.join(Library, Library.id == PurposeClaim.library_id)
    with database.reading() as connection:
        rows = connection.execute(claim.join(UseCase, UseCase.id == Claim.use_case_id))
        for_purposes = connection.execute(served.join(UseCase, UseCase.id == PurposeClaim.use_case_id))
        return {tuple(row) for row in rows}, {tuple(row) for row in for_purposes}


def said(client):
    """Work out the claims from the use cases as the API gives them."""
    rows, for_purposes = set(), set()
    for item in client.get("/use-cases?limit=200").get_json()["items"]:
        for usage in item["usages"] if item["stance"] == "uses" and item["status"] != "retired" else ():
            row = (item["team"]["slug"], usage["library"]["slug"], item["slug"], usage["role"])
            rows.add(row)
            for_purposes |= {(purpose["slug"], *row) for purpose in item["purposes"]}
    return rows, for_purposes


class TestDerived:
    def test_a_use_case_makes_a_claim_for_each_usage_and_purpose(self, database, use_case):
        row = ("core", "flask", "alerting", "extends")
        assert read(database) == ({row}, {("alerts", *row)})

    @pytest.mark.parametrize("change", [{"stance": "does_not_use"}, {"status": "retired"}, {"usages": []}])
    def test_what_does_not_count_makes_none(self, database, client, use_case, change):
        assert client.patch(f"/use-cases/{use_case}", change).status_code == 200
        assert read(database) == (set(), set())

    def test_they_go_with_the_use_case(self, database, client, use_case):
        assert client.delete(f"/use-cases/{use_case}").status_code == 204
        assert read(database) == (set(), set())

    def test_they_go_with_the_team_that_is_deleted_with_its_use_cases(self, database, client, use_case):
        assert client.delete("/teams/core?cascade=true").status_code == 204
        assert read(database) == (set(), set())

    def test_they_follow_every_change(self, database, client, make, use_case):
        changes = {
            "team": make.team(slug="other")["slug"],
            "purposes": ["alerts", make.purpose(slug="reports")["slug"]],
            "usages": [
                {"library": "flask", "role": "builds"},
                {"library": make.library(slug="numpy")["slug"], "role": "uses"},
            ],
        }
        for name, value in changes.items():
            client.patch(f"/use-cases/{use_case}", {name: value})
            assert read(database) == said(client)

    def test_what_is_rolled_back_leaves_them_alone(self, database, client, use_case):
        before = read(database)
        usages = [{"library": "flask", "role": "uses"}, {"library": "nothing", "role": "uses"}]
        assert client.patch(f"/use-cases/{use_case}", {"usages": usages}).status_code == 409
        assert read(database) == before

    @pytest.mark.parametrize("seed", range(2))
    def test_they_are_what_the_use_cases_say(self, database, client, make, seed):
        fill(make, seed)
        assert read(database) == said(client)

    def test_more_use_cases_than_one_statement_takes_are_derived(self, database, client, make, monkeypatch):
        monkeypatch.setattr(claims, "_CHUNK", 4)
        fill(make, 3)
        with database.writing(AUTHOR) as session:
            ids = session.scalars(select(UseCase.id)).all()
            claims.derive(session.connection(), ids, ids)
        assert read(database) == said(client)
