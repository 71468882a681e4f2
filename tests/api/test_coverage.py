import pytest

from tests.client import assert_problem, walk
from tests.shapes import assert_shape


def coverage(client, query=""):
    response = client.get(f"/coverage?{query}")
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def states(answer):
    return {
        item["team"]["slug"]: {slug: cell["state"] for slug, cell in item["cells"].items()}
        for item in answer["items"]
    }


@pytest.fixture
def claimed(make):
    """One team and what is said of it: a library that it uses, one that it does not, one of both."""
    team = make.team(name="Core")["slug"]
    for name in ("used", "unused", "both", "nothing"):
        make.library(name=name)
    for library in ("used", "both"):
        make.use_case(library=library, team=team)
    for library in ("unused", "both"):
        make.use_case(library=library, team=team, stance="does_not_use")


class TestCells:
    def test_each_has_the_state_of_what_is_said(self, client, claimed):
        answer = coverage(client, "library=used&library=unused&library=both&library=nothing")
        assert states(answer)["core"] == {
            "used": "used",
            "unused": "stated_not_used",
            "both": "disputed",
            "nothing": "no_evidence",
        }

    def test_no_evidence_is_said_to_be_no_statement(self, client, claimed):
        answer = coverage(client, "library=nothing")
        unknown = {"state": "no_evidence", "use_cases": 0, "newest_evidence": None}
        assert answer["items"][0]["cells"]["nothing"] == unknown
        assert "no statement" in answer["legend"]["no_evidence"]

    def test_one_counts_both_sides_and_has_the_newest_evidence(self, client, make, claimed):
        new = make.source(title="New", published_on="2026-01-31")["slug"]
        make.use_case(library="used", team="core", evidence=[{"source": new}])
        cell = coverage(client, "library=used")["items"][0]["cells"]["used"]
        assert (cell["use_cases"], cell["newest_evidence"]["source"]["slug"]) == (2, "new")

    def test_what_is_retired_is_no_evidence(self, client, make):
        make.use_case(library=make.library(name="a")["slug"], status="retired")
        (item,) = coverage(client, "library=a")["items"]
        assert item["cells"]["a"]["state"] == "no_evidence"
        assert item["sources"][0]["use_cases"] == 1


class TestLibraries:
    def test_the_most_used_stand_first(self, seeded):
        answer = coverage(seeded, "limit_libraries=2")
        assert [library["slug"] for library in answer["libraries"]] == ["python", "amazon-web-services"]

    def test_those_of_the_chosen_teams_count(self, seeded):
        answer = coverage(seeded, "team=core&limit_libraries=2")
        assert [library["slug"] for library in answer["libraries"]] == ["numpy", "pandas"]

    def test_a_name_that_is_nobodys_shows_no_column(self, seeded):
        answer = coverage(seeded, "library=nothing")
        assert (answer["libraries"], answer["items"][0]["cells"]) == ([], {})


class TestTeams:
    @pytest.mark.parametrize("query", ["team=CORE", "area=Statistical%20analysis"])
    def test_they_are_filtered_like_the_list(self, seeded, query):
        assert list(states(coverage(seeded, query))) == ["core"]

    def test_an_organization_has_its_own(self, seeded):
        assert coverage(seeded, "organization=netflix")["total"] == 9

    def test_pages_together_are_the_whole(self, seeded):
        whole = coverage(seeded)
        pages = walk(seeded, "/coverage?limit=2")
        assert [item for page in pages for item in page["items"]] == whole["items"]

    def test_one_that_nobody_looked_at_has_no_sources(self, client, make):
        make.team(name="Core")
        (item,) = coverage(client)["items"]
        assert (item["sources"], item["cells"]) == ([], {})

    def test_a_source_says_how_much_and_when(self, seeded):
        (item,) = coverage(seeded, "team=video-encoding")["items"]
        (looked,) = item["sources"]
        assert looked["source"]["slug"] == "techrepublic-netflix-python-2019"
        assert (looked["use_cases"], looked["on"]) == (3, "2019-04-30")


class TestWhatCounts:
    def test_a_purpose_leaves_other_use_cases_out_and_the_teams_in(self, client, make):
        web = make.purpose(name="Web")["slug"]
        make.use_case(library=make.library(name="a")["slug"], purpose=web, team=make.team(name="In")["slug"])
        make.use_case(library="a", team=make.team(name="Out")["slug"])
        answer = coverage(client, "purpose=web")
        assert states(answer) == {"in": {"a": "used"}, "out": {"a": "no_evidence"}}
        assert answer["items"][1]["sources"] == []

    def test_a_source_leaves_out_what_others_say(self, client, make):
        own, other = (make.source(title=title)["slug"] for title in ("Own", "Other"))
        team = make.team(name="Core")["slug"]
        make.use_case(library=make.library(name="a")["slug"], team=team, evidence=[{"source": own}])
        make.use_case(library=make.library(name="b")["slug"], team=team, evidence=[{"source": other}])
        answer = coverage(client, "source=own&library=a&library=b")
        assert states(answer) == {"core": {"a": "used", "b": "no_evidence"}}
        assert [looked["source"]["slug"] for looked in answer["items"][0]["sources"]] == ["own"]


class TestQuery:
    @pytest.mark.parametrize(
        ("name", "value"), [("limit", 51), ("limit", 0), ("limit_libraries", 101), ("limit_libraries", 0)]
    )
    def test_it_is_bounded(self, seeded, name, value):
        assert_problem(seeded.get(f"/coverage?{name}={value}"), 422, "invalid", parameter=name)

    def test_it_shows_at_most_100_named_libraries(self, seeded):
        query = "&".join(["library=numpy"] * 101)
        assert_problem(seeded.get(f"/coverage?{query}"), 422, "invalid", parameter="library")

    def test_a_cursor_is_bound_to_the_columns(self, seeded):
        page = coverage(seeded, "limit=2&limit_libraries=2")["next"]
        other = page.replace("limit_libraries=2", "limit_libraries=3")
        assert_problem(seeded.get(other), 422, "invalid", parameter="cursor")

    def test_it_is_of_its_shape(self, seeded):
        assert_shape(seeded, "get_coverage", coverage(seeded, "limit=3&limit_libraries=3"))

    @pytest.mark.parametrize("query", ["limit=1&limit_libraries=1", "limit=50&limit_libraries=100"])
    def test_the_number_of_statements_is_fixed(self, seeded, statements, query):
        with statements() as seen:
            coverage(seeded, query)
        assert len(seen) == 7
