import random

import pytest

from app.models import Kind
from app.schemas import facets as schemas
from app.schemas.records import shape_of
from app.services.facets.places import FACETS
from app.services.registry import COLLECTIONS
from tests.api.counted import atlas_of, count
from tests.client import assert_problem
from tests.random_atlas import fill

WORDS = {COLLECTIONS[kind].path: list(facets) for kind, facets in FACETS.items()}
SINGLE = {
    COLLECTIONS[kind].path: [word for word, facet in facets.items() if facet.is_single]
    for kind, facets in FACETS.items()
}
QUERIES = {
    Kind.ORGANIZATION: schemas.OrganizationFacetQuerySchema,
    Kind.TEAM: schemas.TeamFacetQuerySchema,
    Kind.LIBRARY: schemas.LibraryFacetQuerySchema,
    Kind.PURPOSE: schemas.PurposeFacetQuerySchema,
    Kind.USE_CASE: schemas.UseCaseFacetQuerySchema,
    Kind.SOURCE: schemas.SourceFacetQuerySchema,
}
EVERY_PATH = pytest.mark.parametrize("path", WORDS)


def ask(client, path, words, asked=(), **options):
    """Ask for facets; filters are given as pairs."""
    parameters = [*asked, ("by", ",".join(words)), *{"limit": 200, **options}.items()]
    response = client.get(f"/{path}/facets", query_string=parameters)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def counts_of(facet):
    return {value["value"]: value["count"] for value in facet["values"]}


def random_filters(chance, atlas, path):
    """Choose one or two filters of a list, each with one or two values that occur."""
    chosen = {}
    for word in chance.sample(WORDS[path], min(len(WORDS[path]), chance.randint(1, 2))):
        values = sorted(count(atlas, path, word, {})[0])
        if values:
            chosen[word] = chance.sample(values, min(len(values), chance.randint(1, 2)))
    return chosen


@pytest.fixture
def atlas(client, make):
    fill(make, 1)
    return atlas_of(client)


def questions(atlas, path):
    """Choose filters for a list, as values by word and as pairs; the same for the same list."""
    chance = random.Random(path)  # noqa: S311  # the same for the same seed
    chosen = [{}, *(random_filters(chance, atlas, path) for _ in range(4))]
    return [(asked, [(word, value) for word in asked for value in asked[word]]) for asked in chosen]


class TestCounts:
    def test_they_are_those_of_an_independent_count(self, client, atlas):
        for path, words in WORDS.items():
            for asked, pairs in questions(atlas, path):
                for is_excluded in (False, True):
                    given = ask(client, path, words, pairs, exclude_self=str(is_excluded).lower())
                    for facet in given["facets"]:
                        expected = count(atlas, path, facet["by"], asked, exclude_self=is_excluded)
                        found = (counts_of(facet), facet["missing"], facet["counted"])
                        assert found == (dict(expected[0]), *expected[1:]), (facet["by"], asked)

    def test_each_is_the_total_of_the_list_that_its_url_leads_to(self, client, atlas):
        for path, every_word in WORDS.items():
            for asked, pairs in questions(atlas, path)[:2]:
                words = [word for word in every_word if word not in asked]
                for facet in ask(client, path, words, pairs)["facets"] if words else ():
                    for value in facet["values"]:
                        total = client.get(f"{value['url']}&limit=1").get_json()["total"]
                        assert value["count"] == total, value["url"]

    def test_those_of_words_with_one_value_a_record_add_up(self, client, atlas):
        for path, words in SINGLE.items():
            for facet in ask(client, path, words, limit=1)["facets"] if words else ():
                shown = sum(value["count"] for value in facet["values"])
                assert shown + facet["rest"]["count"] + facet["missing"] == facet["counted"]


class TestAnswer:
    def test_it_holds_the_total_and_a_facet_for_each_word(self, seeded):
        answer = seeded.get("/use-cases/facets?library=numpy&by=role,team&limit=1").get_json()
        url = "http://localhost/api/v1/use-cases?library=numpy"
        uses = {"value": "uses", "label": "uses", "count": 3, "url": f"{url}&role=uses"}
        core = {"value": "core", "label": "CORE", "count": 1, "url": f"{url}&team=core"}
        assert answer == {
            "total": 3,
            "facets": [
                {
                    "by": "role",
                    "values": [uses],
                    "rest": {"values": 0, "count": 0},
                    "missing": 0,
                    "counted": 3,
                },
                {
                    "by": "team",
                    "values": [core],
                    "rest": {"values": 2, "count": 2},
                    "missing": 0,
                    "counted": 3,
                },
            ],
        }

    def test_it_is_empty_in_an_empty_atlas(self, client):
        facet = client.get("/use-cases/facets?by=topic").get_json()["facets"][0]
        rest = {"values": 0, "count": 0}
        assert facet == {"by": "topic", "values": [], "rest": rest, "missing": 0, "counted": 0}

    def test_values_stand_by_count_then_name_then_slug(self, client, make):
        organization = make.organization(name="One", slug="one")["slug"]
        for slug, name in (("z", "Alpha"), ("y", "Beta"), ("x", "Gamma")):
            make.use_case(team=make.team(slug=slug, name=name, organization=organization)["slug"])
        make.use_case(team="x")
        twin = make.team(slug="a", name="Beta", organization=make.organization()["slug"])["slug"]
        make.use_case(team=twin)
        facet = client.get("/use-cases/facets?by=team").get_json()["facets"][0]
        assert list(counts_of(facet)) == ["x", "z", "a", "y"]

    def test_a_value_that_is_asked_for_already_is_not_added_twice(self, client, make):
        make.library(kind="service")
        facet = client.get("/libraries/facets?kind=service&by=kind").get_json()["facets"][0]
        assert facet["values"][0]["url"] == "http://localhost/api/v1/libraries?kind=service"

    def test_urls_are_safe_whatever_the_value(self, client, make):
        make.team(area="R&D / 100% = ü")
        value = client.get("/teams/facets/?by=area").get_json()["facets"][0]["values"][0]
        assert client.get(value["url"]).get_json()["total"] == 1

    def test_a_slug_means_one_team_though_another_is_named_so(self, client, make):
        make.use_case(team=make.team(name="Core", slug="core")["slug"])
        make.use_case(team=make.team(name="Core", slug="second")["slug"])
        facet = client.get("/use-cases/facets?by=team").get_json()["facets"][0]
        assert [client.get(value["url"]).get_json()["total"] for value in facet["values"]] == [1, 1]

    def test_a_licence_of_any_length_can_be_filtered_by(self, client, make):
        make.library(license=" OR ".join(["MIT"] * 60))
        value = client.get("/libraries/facets?by=license").get_json()["facets"][0]["values"][0]
        assert client.get(value["url"]).get_json()["total"] == 1

    def test_nothing_changed_is_told(self, seeded):
        etag = seeded.get("/teams/facets?by=area").headers["ETag"]
        assert seeded.get("/teams/facets?by=area", headers={"If-None-Match": etag}).status_code == 304


class TestQuestion:
    @EVERY_PATH
    def test_it_names_a_word_at_least(self, seeded, path):
        assert_problem(seeded.get(f"/{path}/facets"), 422, "invalid", parameter="by")
        assert_problem(seeded.get(f"/{path}/facets?by="), 422, "invalid", parameter="by")

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("by=nonsense", "by"),
            ("by=team&limit=0", "limit"),
            ("by=team&limit=201", "limit"),
            ("by=team&exclude_self=1", "exclude_self"),
            ("by=team&cursor=a", "cursor"),
            ("by=team&sort=title", "sort"),
            ("by=team&fields=title", "fields"),
            ("by=team&stance=nonsense", "stance"),
        ],
    )
    def test_it_is_refused_with_the_parameter(self, seeded, query, parameter):
        assert_problem(seeded.get(f"/use-cases/facets?{query}"), 422, parameter=parameter)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_it_may_be_by_each_facet_and_by_nothing_else(self, kind):
        assert set(shape_of(QUERIES[kind]).fields["by"].allowed) == set(FACETS[kind])

    @pytest.mark.parametrize("kind", list(Kind))
    def test_each_word_is_a_filter_of_the_list(self, kind):
        assert set(FACETS[kind]) <= set(COLLECTIONS[kind].filters)


class TestStatements:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("by=team", 6),
            ("by=team,status", 10),
            ("by=library", 6),
            ("by=team&status=confirmed", 3),
            ("by=library&library=numpy&exclude_self=true", 9),
        ],
    )
    def test_their_number_does_not_depend_on_the_size(self, client, make, statements, query, expected):
        seen = []
        for _ in range(2):
            make.use_case(purpose=make.purpose()["slug"])
            with statements() as executed:
                client.get(f"/use-cases/facets?{query}")
            seen.append(len(executed))
        assert seen == [expected, expected]
