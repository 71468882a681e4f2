import pytest

from tests.client import assert_problem, slugs


class TestCreate:
    def test_it_answers_with_every_member(self, client, make, at):
        make.organization(name="Netflix")
        at("2026-01-31T12:00:00Z")
        response = client.post("/teams", {"name": "CORE", "organization": "netflix"})
        assert response.get_json() == {
            "slug": "core",
            "name": "CORE",
            "organization": {"slug": "netflix", "name": "Netflix"},
            "area": None,
            "description": None,
            "contact_url": None,
            "aliases": [],
            "revision": 1,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    def test_it_names_a_near_organization(self, client, make):
        make.organization(name="Netflix")
        response = client.post("/teams", {"name": "CORE", "organization": "netflx"})
        problem = assert_problem(response, 409, "unknown_reference", pointer="/organization")
        assert "netflix" in problem["detail"]

    def test_it_takes_a_reference_as_it_is_given(self, client, make):
        organization = {"slug": make.organization()["slug"], "name": "Organization 1"}
        response = client.post("/teams", {"name": "CORE", "organization": organization})
        assert response.get_json()["organization"] == organization

    def test_two_organizations_may_have_teams_of_one_name(self, client, make):
        make.team(name="Core")
        assert make.team(name="Core", slug="other-core")["slug"] == "other-core"

    def test_it_refuses_a_name_taken_in_its_organization(self, client, make):
        make.team(name="Core", organization=make.organization()["slug"])
        body = {"name": "CORE", "slug": "second", "organization": "organization-1"}
        problem = assert_problem(client.post("/teams", body), 409, "conflict", pointer="/name")
        assert problem["conflict"] == "http://localhost/api/v1/teams/core"


class TestFilters:
    @pytest.mark.parametrize("name", ["acme", "Acme", "ACME"])
    def test_organization_is_named_by_slug_or_name(self, client, make, name):
        make.team(name="In", organization=make.organization(name="Acme", slug="acme")["slug"])
        make.team(name="Out")
        assert slugs(client.get(f"/teams?organization={name}")) == ["in"]

    def test_organization_may_be_named_by_an_old_slug(self, client, make):
        make.team(name="In", organization=make.organization(name="Acme")["slug"])
        make.team(name="Out")
        client.patch("/organizations/acme", {"slug": "acme-inc"})
        assert slugs(client.get("/teams?organization=acme")) == ["in"]

    def test_area_is_the_field_of_work(self, client, make):
        make.team(name="In", area="Security")
        make.team(name="Out", area="Operations")
        make.team(name="None")
        assert slugs(client.get("/teams?area=Security")) == ["in"]

    def test_uses_is_a_library_of_its_use_cases(self, client, make):
        make.use_case(team=make.team(name="In")["slug"], library=make.library(name="Flask")["slug"])
        make.use_case(team=make.team(name="Out")["slug"])
        assert slugs(client.get("/teams?uses=flask")) == ["in"]

    @pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])
    def test_uses_passes_over_what_is_not_in_use(self, client, make, members):
        make.use_case(library=make.library(name="Flask")["slug"], **members)
        assert slugs(client.get("/teams?uses=flask")) == []

    def test_purpose_is_one_of_its_use_cases(self, client, make):
        make.use_case(team=make.team(name="In")["slug"], purpose=make.purpose(name="Testing")["slug"])
        make.use_case(team=make.team(name="Out")["slug"], purpose=make.purpose()["slug"])
        assert slugs(client.get("/teams?purpose=testing")) == ["in"]

    def test_uses_and_purpose_speak_of_one_use_case(self, client, make):
        flask, web = make.library(name="Flask")["slug"], make.purpose(name="Web")["slug"]
        make.use_case(team=make.team(name="In")["slug"], library=flask, purpose=web)
        make.use_case(team=make.team(name="Out")["slug"], library=flask)
        make.use_case(team="out", purpose=web)
        assert slugs(client.get("/teams?uses=flask&purpose=web")) == ["in"]

    def test_q_looks_through_aliases(self, client, make):
        make.team(name="In", aliases=["Demand engineers"])
        make.team(name="Out")
        assert slugs(client.get("/teams?q=demand")) == ["in"]

    @pytest.mark.parametrize("query", ["area=A&area=B", "organization=one&organization=two", "uses=x&uses=y"])
    def test_a_repeated_filter_means_or(self, client, make, query):
        for name, area, library in (("One", "A", "X"), ("Two", "B", "Y"), ("Three", "C", "Z")):
            team = make.team(name=name, area=area, organization=make.organization(name=name)["slug"])
            make.use_case(team=team["slug"], library=make.library(name=library)["slug"])
        assert slugs(client.get(f"/teams?{query}")) == ["one", "two"]

    def test_different_filters_mean_and(self, client, make):
        organization = make.organization(name="Acme")["slug"]
        make.team(name="In", area="A", organization=organization)
        make.team(name="Elsewhere", area="A")
        make.team(name="Other", area="B", organization=organization)
        assert slugs(client.get("/teams?area=A&organization=acme")) == ["in"]

    def test_a_name_that_nobody_has_finds_nothing(self, client, make):
        make.team()
        assert slugs(client.get("/teams?organization=nobody")) == []


class TestUseCases:
    def test_it_holds_those_of_the_team_alone(self, client, make):
        make.use_case(team=make.team(name="Core")["slug"], title="Own", slug="own")
        make.use_case()
        assert slugs(client.get("/teams/core/use-cases")) == ["own"]

    def test_it_can_be_filtered_further(self, client, make):
        team = make.team(name="Core")["slug"]
        make.use_case(team=team, slug="in", status="confirmed")
        make.use_case(team=team, slug="out")
        assert slugs(client.get("/teams/core/use-cases?status=confirmed")) == ["in"]

    def test_it_has_no_filter_for_the_team(self, client, make):
        make.team(name="Core")
        response = client.get("/teams/core/use-cases?team=core")
        assert_problem(response, 422, "invalid", parameter="team")

    def test_it_is_404_where_there_is_no_such_team(self, client):
        assert_problem(client.get("/teams/core/use-cases"), 404, "not_found")

    def test_an_old_slug_leads_on_with_its_query(self, client, make):
        make.team(name="Core")
        client.patch("/teams/core", {"slug": "kernel"})
        response = client.get("/teams/core/use-cases?limit=2")
        assert_problem(response, 308, "renamed")
        assert response.headers["Location"] == "http://localhost/api/v1/teams/kernel/use-cases?limit=2"


class TestDelete:
    def test_it_names_the_use_case_that_points_at_it(self, client, make):
        make.use_case(team=make.team(name="Core")["slug"], slug="serving")
        problem = assert_problem(client.delete("/teams/core"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The use case serving points at it."]

    def test_cascade_takes_its_use_cases_along(self, client, make):
        make.use_case(team=make.team(name="Core")["slug"], slug="own")
        make.use_case(slug="other")
        assert client.delete("/teams/core?cascade=true").status_code == 204
        assert slugs(client.get("/use-cases")) == ["other"]

    def test_cascade_false_is_no_cascade(self, client, make):
        make.use_case(team=make.team(name="Core")["slug"])
        assert_problem(client.delete("/teams/core?cascade=false"), 409, "still_referenced")

    def test_cascade_is_true_or_false(self, client, make):
        make.team(name="Core")
        assert_problem(client.delete("/teams/core?cascade=1"), 422, parameter="cascade")

    def test_cascade_is_offered_for_teams_alone(self, client, make):
        make.library(name="Flask")
        assert_problem(client.delete("/libraries/flask?cascade=true"), 422, parameter="cascade")
