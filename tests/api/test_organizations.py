from tests.client import assert_problem, slugs


class TestCreate:
    def test_it_answers_with_every_member(self, client, at):
        at("2026-01-31T12:00:00Z")
        response = client.post("/organizations", {"name": "Netflix"})
        assert response.get_json() == {
            "slug": "netflix",
            "name": "Netflix",
            "homepage_url": None,
            "description": None,
            "revision": 1,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    def test_it_takes_a_slug_that_is_given(self, client):
        response = client.post("/organizations", {"name": "Netflix", "slug": "nflx"})
        assert response.headers["Location"] == "http://localhost/api/v1/organizations/nflx"

    def test_it_needs_a_name(self, client):
        assert_problem(client.post("/organizations", {"slug": "netflix"}), 422, pointer="/name")


class TestGet:
    def test_it_gives_what_was_made(self, client, make):
        made = make.whole("organizations")
        assert client.get(f"/organizations/{made['slug']}").get_json() == made

    def test_it_offers_near_slugs(self, client, make):
        make.organization(name="Netflix")
        problem = assert_problem(client.get("/organizations/netflx"), 404, "not_found")
        assert problem["near"] == ["netflix"]


class TestList:
    def test_it_is_in_order_of_name(self, client, make):
        for name in ("beta", "Alpha", "Gamma"):
            make.organization(name=name)
        assert slugs(client.get("/organizations")) == ["alpha", "beta", "gamma"]

    def test_it_holds_whole_records(self, client, make):
        made = make.whole("organizations")
        assert client.get("/organizations").get_json()["items"] == [made]

    def test_q_looks_through_the_description(self, client, make):
        make.organization(name="One", description="Makes films")
        make.organization(name="Two")
        assert slugs(client.get("/organizations?q=FILMS")) == ["one"]


class TestDelete:
    def test_it_is_gone_then(self, client, make):
        make.organization(name="Netflix")
        assert client.delete("/organizations/netflix").status_code == 204
        assert_problem(client.get("/organizations/netflix"), 410, "gone")

    def test_it_names_the_team_that_points_at_it(self, client, make):
        make.team(name="Core", organization=make.organization()["slug"])
        problem = assert_problem(client.delete("/organizations/organization-1"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The team core points at it."]

    def test_it_names_the_library_that_points_at_it(self, client, make):
        make.library(name="Metaflow", maker=make.organization()["slug"])
        problem = assert_problem(client.delete("/organizations/organization-1"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The library metaflow points at it."]
