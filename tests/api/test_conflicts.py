import pytest

from tests.client import walk

CORE = {"team": "core", "library": "flask"}


@pytest.fixture
def world(make):
    """Two teams, two libraries."""
    for team in ("core", "data"):
        make.team(slug=team, name=team)
    for library in ("flask", "numpy"):
        make.library(slug=library, name=library)
    return make


@pytest.fixture
def contradict(world):
    """Makes a claim and its denial: `contradict({...}, {...})` with members of each."""

    def make(uses=None, does_not_use=None):
        world.use_case(**{**CORE, "slug": "yes", **(uses or {})})
        world.use_case(**{**CORE, "slug": "no", "stance": "does_not_use", **(does_not_use or {})})

    return make


def pairs(client, query=""):
    """Give who contradicts whom about what."""
    answer = client.get(f"/conflicts{query}")
    assert answer.status_code == 200, answer.get_json()
    return [
        (item["team"]["slug"], item["library"]["slug"], item["uses"]["slug"], item["does_not_use"]["slug"])
        for item in answer.get_json()["items"]
    ]


FOUND = [("core", "flask", "yes", "no")]


class TestConflicts:
    def test_a_claim_and_its_denial_are_one(self, client, contradict):
        contradict()
        assert pairs(client) == FOUND

    def test_both_come_with_their_evidence(self, client, contradict):
        contradict()
        (item,) = client.get("/conflicts").get_json()["items"]
        assert item["uses"] == client.get("/use-cases/yes").get_json()
        assert item["does_not_use"] == client.get("/use-cases/no").get_json()

    @pytest.mark.parametrize("other", [{"team": "data"}, {"library": "numpy"}, {"stance": "uses"}])
    def test_no_other_denial_is(self, client, contradict, other):
        contradict(None, other)
        assert pairs(client) == []

    @pytest.mark.parametrize("retired", ["yes", "no"])
    def test_a_retired_one_does_not_count(self, client, contradict, retired):
        contradict()
        client.patch(f"/use-cases/{retired}", {"status": "retired"})
        assert pairs(client) == []

    @pytest.mark.parametrize(
        ("uses", "denies", "is_found"),
        [
            ({"until": "2020-01-01"}, {"since": "2020-01-02"}, False),
            ({"since": "2020-01-02"}, {"until": "2020-01-01"}, False),
            ({"until": "2020-01-01"}, {"since": "2020-01-01"}, True),
            ({"since": "2020-01-01", "until": "2020-12-31"}, {"since": "2019-01-01"}, True),
            ({"since": "2020-01-01"}, {"since": "2021-01-01", "until": "2021-12-31"}, True),
            ({"until": "2020-01-01"}, {"until": "2019-01-01"}, True),
        ],
    )
    def test_they_are_of_one_time(self, client, contradict, uses, denies, is_found):
        contradict(uses, denies)
        assert bool(pairs(client)) == is_found

    def test_several_roles_make_it_no_more(self, client, contradict):
        usages = [{"library": "flask", "role": role} for role in ("uses", "extends")]
        contradict({"usages": usages}, {"usages": usages})
        assert pairs(client) == FOUND


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "is_found"),
        [
            ("?team=core", True),
            ("?team=data", False),
            ("?team=data&team=core", True),
            ("?library=Flask", True),
            ("?library=numpy", False),
            ("?library=flask&team=data", False),
            ("?team=nobody", False),
        ],
    )
    def test_they_speak_of_team_and_library(self, client, contradict, query, is_found):
        contradict()
        assert bool(pairs(client, query)) == is_found


class TestPages:
    def test_they_lead_to_the_end_in_order(self, client, world):
        for number in range(3):
            world.use_case(slug=f"no-{number}", team="core", library="flask", stance="does_not_use")
            world.use_case(slug=f"yes-{number}", team="core", library="flask")
        pages = walk(client, "/conflicts?limit=4")
        found = [
            (item["uses"]["slug"], item["does_not_use"]["slug"]) for page in pages for item in page["items"]
        ]
        assert [len(page["items"]) for page in pages] == [4, 4, 1]
        assert found == [(f"yes-{yes}", f"no-{no}") for yes in range(3) for no in range(3)]
        assert {page["total"] for page in pages} == {9}

    def test_it_takes_a_fixed_number_of_statements(self, client, world, statements):
        for number in range(4):
            world.use_case(slug=f"no-{number}", team="core", library="flask", stance="does_not_use")
            world.use_case(slug=f"yes-{number}", team="core", library="flask")
        with statements() as one:
            client.get("/conflicts?limit=1")
        with statements() as many:
            client.get("/conflicts")
        # The version, the count, the page, the claims and their three parts.
        assert (len(one), len(many)) == (7, 7)
