from tests.client import assert_problem, slugs


class TestCreate:
    def test_it_answers_with_every_member(self, client, at):
        at("2026-01-31T12:00:00Z")
        response = client.post("/purposes", {"name": "Numerical analysis", "description": "Sums."})
        assert response.get_json() == {
            "slug": "numerical-analysis",
            "name": "Numerical analysis",
            "description": "Sums.",
            "revision": 1,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    def test_it_refuses_a_taken_name(self, client, make):
        make.purpose(name="Testing")
        problem = assert_problem(
            client.post("/purposes", {"name": "testing ", "slug": "other"}), 409, pointer="/name"
        )
        assert problem["conflict"] == "http://localhost/api/v1/purposes/testing"


class TestList:
    def test_q_looks_through_the_description(self, client, make):
        make.purpose(name="One", description="Adding up")
        make.purpose(name="Two")
        assert slugs(client.get("/purposes?q=adding")) == ["one"]


class TestUseCases:
    def test_it_holds_those_that_serve_it(self, client, make):
        make.use_case(purpose=make.purpose(name="Web")["slug"], slug="own")
        make.use_case(purpose=make.purpose()["slug"])
        assert slugs(client.get("/purposes/web/use-cases")) == ["own"]

    def test_it_is_404_where_there_is_no_such_purpose(self, client):
        assert_problem(client.get("/purposes/web/use-cases"), 404, "not_found")


class TestDelete:
    def test_it_names_the_use_case_that_serves_it(self, client, make):
        make.use_case(purpose=make.purpose(name="Web")["slug"], slug="serving")
        problem = assert_problem(client.delete("/purposes/web"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The use case serving points at it."]
