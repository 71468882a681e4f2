import pytest

from app.models import Kind
from app.services.claiming.merging import merge

CATALOG = "radar"


KINDS = {
    "libraries": Kind.LIBRARY,
    "teams": Kind.TEAM,
    "use_cases": Kind.USE_CASE,
    "purposes": Kind.PURPOSE,
}


@pytest.fixture
def merged(database):
    """Brings records together with those that are there: `merged(libraries=[...])`."""

    def bring(**records):
        with database.reading() as connection:
            return merge(connection, {KINDS[name]: items for name, items in records.items()}, CATALOG)

    return bring


def claim(library, **members):
    usages = [{"library": library, "role": "uses"}]
    return {"slug": "web", "team": "core", "title": "Web", "usages": usages, "evidence": [], **members}


class TestLibraries:
    def test_one_that_is_there_keeps_what_it_says_and_gains_what_it_does_not(self, make, merged):
        make.library(name="Flask", summary="A framework.")
        (library,) = merged(
            libraries=[{"slug": "flask", "name": "flask", "summary": "X.", "license": "MIT"}]
        )[Kind.LIBRARY]
        assert (library["name"], library["summary"], library["license"]) == ("Flask", "A framework.", "MIT")

    @pytest.mark.parametrize(
        "item",
        [
            {"slug": "flask-web", "name": "FLASK"},
            {"slug": "micro", "name": "The micro one"},
            {"slug": "other", "name": "Other", "purl": "pkg:pypi/flask"},
        ],
    )
    def test_one_is_found_by_name_alias_or_package(self, make, merged, item):
        make.library(name="Flask", aliases=["The micro one"], purl="pkg:pypi/flask")
        found = merged(libraries=[item], use_cases=[claim(item["slug"])])
        assert [library["slug"] for library in found[Kind.LIBRARY]] == ["flask"]
        assert found[Kind.USE_CASE][0]["usages"][0]["library"] == "flask"

    def test_one_of_another_language_is_another_one(self, make, merged):
        make.library(name="flask", purl="pkg:pypi/flask")
        item = {"slug": "flask", "name": "flask", "purl": "pkg:npm/flask"}
        found = merged(libraries=[item], use_cases=[claim("flask")])
        (library,) = found[Kind.LIBRARY]
        assert library["name"] == "flask (npm)"
        assert library["slug"] != "flask"
        assert found[Kind.USE_CASE][0]["usages"][0]["library"] == library["slug"]


class TestTeams:
    def test_one_of_another_organization_is_another_one(self, make, merged):
        make.team(slug="core", name="Core")
        (team,) = merged(teams=[{"slug": "core", "name": "Core", "organization": "elsewhere"}])[Kind.TEAM]
        assert team["slug"].startswith("core-")


class TestClaims:
    def test_one_that_is_there_gains_usages_and_purposes_and_keeps_other_evidence(self, make, merged):
        make.team(slug="core")
        there = make.use_case(slug="web", team="core", library=make.library(name="Flask")["slug"])
        evidence = [{"source": CATALOG, "line": 3}]
        said = claim("ruff", purposes=["linting"], evidence=evidence)
        (found,) = merged(purposes=[{"slug": "linting", "name": "Linting"}], use_cases=[said])[Kind.USE_CASE]
        assert [usage["library"] for usage in found["usages"]] == ["flask", "ruff"]
        assert found["purposes"] == ["linting"]
        assert [piece["source"] for piece in found["evidence"]] == [
            there["evidence"][0]["source"]["slug"],
            CATALOG,
        ]

    def test_one_of_another_team_is_left_alone(self, make, merged):
        make.use_case(slug="web")
        make.team(slug="core")
        (found,) = merged(use_cases=[claim("ruff")])[Kind.USE_CASE]
        assert found["slug"].startswith("web-")
