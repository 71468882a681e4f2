import pytest

from tests.client import assert_problem, walk


@pytest.fixture
def serving(make):
    """A use case with one piece of evidence."""
    return make.use_case(slug="serving")


def evidence(client, slug="serving"):
    return client.get(f"/use-cases/{slug}/evidence").get_json()["items"]


class TestList:
    def test_it_holds_whole_pieces(self, client, make):
        made = make.whole("use-cases", slug="serving")
        page = client.get("/use-cases/serving/evidence").get_json()
        assert page == {"items": made["evidence"], "next": None, "total": 2, "limit": 50}

    def test_it_holds_those_of_the_use_case_alone(self, client, make, serving):
        make.use_case()
        assert evidence(client) == serving["evidence"]

    def test_it_pages_from_the_oldest_on(self, client, make):
        source = make.source()["slug"]
        make.use_case(slug="serving", evidence=[{"source": source, "line": line} for line in (9, 8, 7)])
        pages = walk(client, "/use-cases/serving/evidence?limit=2")
        assert [[row["line"] for row in page["items"]] for page in pages] == [[9, 8], [7]]

    def test_a_cursor_belongs_to_one_use_case(self, client, make):
        for slug in ("one", "two"):
            source = make.source()["slug"]
            make.use_case(slug=slug, evidence=[{"source": source, "line": line} for line in (1, 2)])
        following = client.get("/use-cases/one/evidence?limit=1").get_json()["next"]
        response = client.get(following.replace("/one/", "/two/"))
        assert_problem(response, 422, "invalid", parameter="cursor")

    def test_it_is_404_where_there_is_no_such_use_case(self, client):
        assert_problem(client.get("/use-cases/none/evidence"), 404, "not_found")


class TestAdd:
    def test_it_answers_with_the_piece_and_its_place(self, client, make, serving):
        source = make.source(title="Code", kind="code")["slug"]
        response = client.post("/use-cases/serving/evidence", {"source": source, "line": 3})
        made = response.get_json()
        assert response.status_code == 201
        assert response.headers["Location"].endswith(f"/api/v1/use-cases/serving/evidence/{made['id']}")
        assert evidence(client) == [*serving["evidence"], made]

    def test_it_is_a_change_of_the_use_case(self, client, make, serving):
        client.post("/use-cases/serving/evidence", {"source": make.source()["slug"]})
        assert client.get("/use-cases/serving").get_json()["revision"] == 2

    def test_the_same_piece_is_not_added_twice(self, client, serving):
        source = serving["evidence"][0]["source"]["slug"]
        assert_problem(client.post("/use-cases/serving/evidence", {"source": source}), 409)
        assert client.get("/use-cases/serving").get_json() == serving

    def test_its_place_leads_to_it(self, client, make, serving):
        made = client.post("/use-cases/serving/evidence", {"source": make.source()["slug"]})
        assert client.get(made.headers["Location"]).get_json() == made.get_json()

    def test_it_is_refused_for_a_use_case_that_has_changed(self, client, make, serving):
        tag = client.get("/use-cases/serving").headers["ETag"]
        client.patch("/use-cases/serving", {"title": "Another"})
        body = {"source": make.source()["slug"]}
        assert_problem(client.post("/use-cases/serving/evidence", body, headers={"If-Match": tag}), 412)

    def test_it_needs_a_source(self, client, serving):
        response = client.post("/use-cases/serving/evidence", {"line": 3})
        assert_problem(response, 422, "invalid", pointer="/source")

    def test_it_refuses_a_source_that_is_not_there(self, client, serving):
        response = client.post("/use-cases/serving/evidence", {"source": "none"})
        assert_problem(response, 409, "unknown_reference", pointer="/source")

    @pytest.mark.parametrize(
        ("place", "pointer"),
        [
            ({"start": 4}, ""),
            ({"end": 4}, ""),
            ({"start": 4, "end": 4}, "/end"),
            ({"start": 4, "end": 3}, "/end"),
        ],
    )
    def test_its_place_has_a_beginning_before_its_end(self, client, make, serving, place, pointer):
        body = {"source": make.source()["slug"], **place}
        assert_problem(client.post("/use-cases/serving/evidence", body), 422, "invalid", pointer=pointer)

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("line", 0),
            ("line", 2**31),
            ("start", -1),
            ("end", 0),
            ("line", 1.5),
            ("line", True),
            ("line", "1"),
        ],
    )
    def test_its_numbers_are_whole_and_within_limits(self, client, make, serving, member, value):
        body = {"source": make.source()["slug"], "start": 0, "end": 9, member: value}
        response = client.post("/use-cases/serving/evidence", body)
        assert_problem(response, 422, "invalid", pointer=f"/{member}")

    def test_it_is_404_where_there_is_no_such_use_case(self, client, make):
        response = client.post("/use-cases/none/evidence", {"source": make.source()["slug"]})
        assert_problem(response, 404, "not_found")


class TestDelete:
    def test_it_is_gone_then(self, client, make):
        first, second = make.whole("use-cases", slug="serving")["evidence"]
        response = client.delete(f"/use-cases/serving/evidence/{first['id']}")
        assert response.status_code == 204
        assert evidence(client) == [second]

    def test_it_is_a_change_of_the_use_case(self, client, make):
        first, _second = make.whole("use-cases", slug="serving")["evidence"]
        client.delete(f"/use-cases/serving/evidence/{first['id']}")
        assert client.get("/use-cases/serving").get_json()["revision"] == 2

    def test_the_last_piece_stays(self, client, serving):
        response = client.delete(f"/use-cases/serving/evidence/{serving['evidence'][0]['id']}")
        assert_problem(response, 409, "conflict")
        assert evidence(client) == serving["evidence"]

    def test_a_piece_of_another_use_case_is_not_found_here(self, client, make, serving):
        other = make.whole("use-cases")["evidence"][0]["id"]
        assert_problem(client.delete(f"/use-cases/serving/evidence/{other}"), 404, "not_found")

    @pytest.mark.parametrize("id_", ["0", "999999999999999999999999999999", "-1", "one"])
    def test_what_is_no_id_is_not_found(self, client, serving, id_):
        assert_problem(client.delete(f"/use-cases/serving/evidence/{id_}"), 404, "not_found")


class TestRead:
    def test_evidence_of_another_use_case_is_not_found(self, client, make, serving):
        other = make.use_case()["evidence"][0]["id"]
        assert_problem(client.get(f"/use-cases/serving/evidence/{other}"), 404)
