from tests.client import assert_problem


class TestCreate:
    def test_it_answers_with_the_record_and_its_place(self, client):
        response = client.post("/libraries", {"name": "Ruff"})
        assert response.status_code == 201
        assert response.headers["Location"] == "http://localhost/api/v1/libraries/ruff"
        assert response.get_json()["slug"] == "ruff"

    def test_it_refuses_a_taken_name(self, client, make):
        make.library(name="Ruff")
        problem = assert_problem(
            client.post("/libraries", {"name": "RUFF", "slug": "other"}), 409, pointer="/name"
        )
        assert problem["conflict"] == "http://localhost/api/v1/libraries/ruff"


class TestList:
    def test_it_takes_a_fixed_number_of_statements(self, seeded, statements):
        with statements() as seen:
            seeded.get("/libraries?limit=5")
        with statements() as seen_more:
            seeded.get("/libraries?limit=50")
        assert len(seen) == len(seen_more) == 5
