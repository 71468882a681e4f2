import pytest

from tests.client import assert_problem
from tests.shapes import assert_shape


def slugs_in(references):
    return [reference["slug"] for reference in references]


def compare(client, query):
    response = client.get(f"/compare?{query}")
    assert response.status_code == 200, response.get_json()
    return response.get_json()


class TestTeams:
    def test_it_tells_what_all_some_and_one_use(self, seeded):
        answer = compare(seeded, "team=core&team=demand-engineering&team=machine-learning")
        libraries = answer["libraries"]
        assert slugs_in(libraries["shared"]) == ["numpy", "python", "scipy"]
        pandas = {"slug": "pandas", "name": "pandas"}
        assert {"library": pandas, "of": ["core", "machine-learning"]} in libraries["some"]
        assert slugs_in(libraries["only"]["core"]) == ["ruptures"]

    def test_it_is_of_its_shape(self, seeded):
        answer = compare(seeded, "team=core&team=demand-engineering&team=machine-learning")
        assert_shape(seeded, "compare", answer)

    def test_what_is_not_in_use_does_not_count(self, client, make):
        teams = [make.team(name=name)["slug"] for name in ("a", "b")]
        make.use_case(team="a", status="retired")
        answer = compare(client, "team=a&team=b")
        assert slugs_in(answer["items"]) == teams
        assert answer["libraries"] == {"shared": [], "some": [], "only": {"a": [], "b": []}}


class TestLibraries:
    def test_it_tells_who_uses_all_some_and_one(self, seeded):
        answer = compare(seeded, "library=numpy&library=scipy&library=scikit-learn")
        assert slugs_in(answer["teams"]["shared"]) == ["machine-learning"]
        core = {"slug": "core", "name": "CORE"}
        assert answer["teams"]["some"][0] == {"team": core, "of": ["numpy", "scipy"]}
        assert slugs_in(answer["purposes"]["shared"]) == ["scientific-computing"]

    def test_it_puts_what_they_are_side_by_side(self, client, make):
        make.library(name="a", kind="framework", license="MIT")
        make.library(name="b", origin="in_house", lifecycle="archived")
        assert compare(client, "library=a&library=b")["facts"] == {
            "kind": {"a": "framework", "b": "library"},
            "lifecycle": {"a": "unknown", "b": "archived"},
            "license": {"a": "MIT", "b": None},
            "origin": {"a": "open_source", "b": "in_house"},
        }

    def test_it_is_of_its_shape(self, seeded):
        assert_shape(seeded, "compare", compare(seeded, "library=numpy&library=bolt"))

    def test_they_are_named_in_any_way_and_stand_in_the_order_asked(self, seeded):
        answer = compare(seeded, "library=SciPy&library=sklearn&library=numpy")
        assert slugs_in(answer["items"]) == ["scipy", "scikit-learn", "numpy"]


class TestQuery:
    @pytest.mark.parametrize(
        "query",
        [
            "team=core",
            "team=core&library=numpy",
            "team=core&team=demand-engineering&library=numpy&library=scipy",
            "&".join(["team=core"] * 6),
            "team=core&team=CORE",
        ],
    )
    def test_it_takes_2_to_5_of_one_sort(self, seeded, query):
        assert_problem(seeded.get(f"/compare?{query}"), 422, "invalid", parameter="team")

    def test_nothing_to_compare_is_found_without_names(self, seeded):
        problem = assert_problem(seeded.get("/compare"), 404, parameter="team")
        assert "?team=a&team=b" in problem["detail"]

    def test_an_unknown_name_is_answered_with_near_ones(self, seeded):
        problem = assert_problem(seeded.get("/compare?team=core&team=machine-lerning"), 404, parameter="team")
        assert problem["near"] == ["machine-learning"]
        assert "lerning" not in problem["detail"]

    def test_a_name_of_several_is_refused(self, client, make):
        slugs = [make.team(name="Platform", slug=f"platform-{n}")["slug"] for n in (1, 2)]
        problem = assert_problem(client.get(f"/compare?team={slugs[0]}&team=Platform"), 422, parameter="team")
        assert "platform-1, platform-2" in problem["detail"]

    def test_a_slug_is_never_the_name_of_several(self, client, make):
        make.team(name="Platform", slug="platform")
        make.team(name="Platform", slug="other")
        answer = compare(client, "team=platform&team=other")
        assert slugs_in(answer["items"]) == ["platform", "other"]

    @pytest.mark.parametrize("query", ["team=core&team=machine-learning", "team=python&team=core"])
    def test_the_number_of_statements_is_small(self, seeded, statements, query):
        with statements() as seen:
            seeded.get(f"/compare?{query}")
        assert len(seen) <= 6
