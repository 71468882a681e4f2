from tests.client import assert_problem, walk
from tests.shapes import assert_shape


class TestRelated:
    def test_the_closest_comes_first(self, seeded):
        items = seeded.get("/libraries/numpy/related").get_json()["items"]
        assert items[0] == {
            "library": {"slug": "scipy", "name": "SciPy"},
            "teams_together": 3,
            "teams_of_other": 3,
            "jaccard": 1.0,
            "use_cases_together": 3,
        }

    def test_pages_together_are_the_whole(self, seeded):
        whole = seeded.get("/libraries/numpy/related?limit=200").get_json()
        pages = walk(seeded, "/libraries/numpy/related?limit=3")
        assert [item for page in pages for item in page["items"]] == whole["items"]
        assert whole["total"] == len(whole["items"])

    def test_it_is_of_its_shape(self, seeded):
        answer = seeded.get("/libraries/numpy/related?limit=2").get_json()
        assert_shape(seeded, "list_related_libraries", answer)

    def test_a_library_that_nobody_uses_has_none(self, client, make):
        make.library(name="Flask")
        answer = client.get("/libraries/flask/related").get_json()
        assert (answer["items"], answer["total"]) == ([], 0)

    def test_half_of_a_ten_thousandth_goes_to_the_even_one(self, client, make):
        for name in ("a", "b"):
            make.library(name=name)
        organization, source = make.organization()["slug"], make.source()["slug"]
        teams = [make.team(organization=organization)["slug"] for _ in range(32)]
        for team in teams:
            make.use_case(library="a", team=team, evidence=[{"source": source}])
        make.use_case(library="b", team=teams[0])
        assert client.get("/libraries/a/related").get_json()["items"][0]["jaccard"] == 0.0312

    def test_the_limit_is_200(self, seeded):
        assert_problem(seeded.get("/libraries/numpy/related?limit=201"), 422, parameter="limit")

    def test_an_unknown_library_is_answered_with_near_names(self, seeded):
        assert "numpy" in assert_problem(seeded.get("/libraries/nunpy/related"), 404)["near"]


class TestPurposeLibraries:
    def test_those_of_most_teams_come_first(self, client, make):
        web = make.purpose(name="Web")["slug"]
        for name in ("a", "b"):
            make.library(name=name)
        for library in ("a", "b", "b"):
            make.use_case(library=library, purpose=web)
        items = client.get("/purposes/web/libraries").get_json()["items"]
        assert [(item["library"]["slug"], item["team_count"]) for item in items] == [("b", 2), ("a", 1)]

    def test_the_first_five_teams_are_named(self, client, make):
        web, library = make.purpose(name="Web")["slug"], make.library(name="a")["slug"]
        for name in "gfedcba":
            make.use_case(library=library, purpose=web, team=make.team(name=f"Team {name}")["slug"])
        (item,) = client.get("/purposes/web/libraries").get_json()["items"]
        assert [team["name"] for team in item["teams"]] == [f"Team {name}" for name in "abcde"]
        assert (item["team_count"], item["use_cases"], item["roles"]) == (7, 7, ["uses"])

    def test_pages_together_are_the_whole(self, seeded):
        whole = seeded.get("/purposes/model-training/libraries").get_json()
        pages = walk(seeded, "/purposes/model-training/libraries?limit=2")
        assert [item for page in pages for item in page["items"]] == whole["items"]

    def test_it_is_of_its_shape(self, seeded):
        answer = seeded.get("/purposes/model-training/libraries?limit=2").get_json()
        assert_shape(seeded, "list_purpose_libraries", answer)
