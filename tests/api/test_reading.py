import pytest
from werkzeug.http import http_date, parse_date

from tests.client import assert_problem
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)


class TestEtagOfARecord:
    @COLLECTIONS
    def test_it_makes_304(self, client, make, path):
        url = f"/{path}/{make.whole(path)['slug']}"
        etag = client.get(url).headers["ETag"]
        response = client.get(url, headers={"If-None-Match": etag})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == etag

    def test_it_is_strong(self, client, make):
        make.library(name="Flask")
        assert client.get("/libraries/flask").headers["ETag"].startswith('"')

    @pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "*"])
    def test_every_form_of_if_none_match_is_read(self, client, make, form):
        make.library(name="Flask")
        etag = client.get("/libraries/flask").headers["ETag"]
        response = client.get("/libraries/flask", headers={"If-None-Match": form.format(etag)})
        assert response.status_code == 304

    def test_it_changes_with_the_record(self, client, make):
        make.library(name="Flask")
        etag = client.get("/libraries/flask").headers["ETag"]
        client.patch("/libraries/flask", {"summary": "New"})
        response = client.get("/libraries/flask", headers={"If-None-Match": etag})
        assert (response.status_code, response.get_json()["summary"]) == (200, "New")

    def test_it_changes_with_the_name_of_what_it_points_at(self, client, make):
        make.team(name="Core", organization=make.organization(name="Old", slug="acme")["slug"])
        etag = client.get("/teams/core").headers["ETag"]
        client.patch("/organizations/acme", {"name": "New"})
        response = client.get("/teams/core", headers={"If-None-Match": etag})
        assert (response.status_code, response.get_json()["organization"]["name"]) == (200, "New")

    def test_it_stays_when_another_record_changes(self, client, make):
        make.library(name="Flask")
        etag = client.get("/libraries/flask").headers["ETag"]
        make.library()
        assert client.get("/libraries/flask").headers["ETag"] == etag

    def test_another_shape_has_another_one(self, client, make):
        make.library(name="Flask")
        queries = ("", "?fields=slug", "?fields=name", "?fields=slug,revision,created_at")
        assert len({client.get(f"/libraries/flask{query}").headers["ETag"] for query in queries}) == 4

    def test_a_record_made_anew_under_the_slug_has_another_one(self, client, make):
        make.library(name="Flask")
        etag = client.get("/libraries/flask").headers["ETag"]
        client.delete("/libraries/flask")
        make.library(name="Flask")
        assert client.get("/libraries/flask").headers["ETag"] != etag


class TestEtagOfAList:
    @pytest.mark.parametrize(
        "path",
        [*MAKERS, "use-cases/u/evidence", "teams/t/use-cases", "teams/t/libraries", "libraries/l/teams"],
    )
    def test_it_makes_304_until_something_changes(self, client, make, path):
        library, team = make.library(name="l")["slug"], make.team(name="t")["slug"]
        make.use_case(slug="u", team=team, library=library)
        etag = client.get(f"/{path}").headers["ETag"]
        sent = {"If-None-Match": etag}
        assert client.get(f"/{path}", headers=sent).status_code == 304
        make.purpose()
        assert client.get(f"/{path}", headers=sent).status_code == 200

    def test_a_refused_write_changes_nothing(self, client, make):
        make.library(name="Flask")
        etag = client.get("/libraries").headers["ETag"]
        client.post("/libraries", {"name": "Flask"})
        assert client.get("/libraries").headers["ETag"] == etag

    def test_a_wrong_query_is_not_hidden_by_it(self, client):
        etag = client.get("/libraries").headers["ETag"]
        response = client.get("/libraries?limit=0", headers={"If-None-Match": etag})
        assert_problem(response, 422, "invalid", parameter="limit")


class TestNotModified:
    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask"])
    def test_it_carries_what_the_answer_would(self, client, make, path):
        make.library(name="Flask")
        full = client.get(path)
        response = client.get(path, headers={"If-None-Match": full.headers["ETag"]})
        for name in ("ETag", "Cache-Control", "Vary", "Atlas-Version"):
            assert response.headers[name] == full.headers[name]


class TestLastModified:
    @COLLECTIONS
    def test_it_is_when_the_record_was_changed(self, client, make, at, path):
        at("2026-01-31T12:00:00Z")
        response = client.get(f"/{path}/{make.any(path)['slug']}")
        assert parse_date(response.headers["Last-Modified"]).isoformat() == "2026-01-31T12:00:00+00:00"

    def test_a_list_has_none(self, client, make):
        make.library()
        assert "Last-Modified" not in client.get("/libraries").headers

    def test_it_stands_on_the_answer_to_a_change(self, client, make, at):
        make.library(name="Flask")
        at("2026-01-31T12:00:00Z")
        response = client.patch("/libraries/flask", {"summary": "New"})
        assert response.headers["Last-Modified"] == http_date(1_769_860_800)


class TestHead:
    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask", "/libraries/flask/teams"])
    def test_it_is_get_without_a_body(self, client, make, path):
        make.library(name="Flask")
        got, headed = client.get(path), client.open("HEAD", path, token="")
        assert (headed.status_code, headed.data) == (200, b"")
        for name in ("ETag", "Content-Type", "Content-Length", "Atlas-Version", "Vary", "Cache-Control"):
            assert headed.headers[name] == got.headers[name]

    def test_it_is_404_without_a_body(self, client):
        response = client.open("HEAD", "/libraries/none", token="")
        assert (response.status_code, response.data) == (404, b"")


class TestOptions:
    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/libraries", {"GET", "HEAD", "OPTIONS", "POST"}),
            ("/libraries/flask", {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}),
            ("/libraries/flask/teams", {"GET", "HEAD", "OPTIONS"}),
            ("/use-cases/serving/evidence", {"GET", "HEAD", "OPTIONS", "POST"}),
            ("/use-cases/serving/evidence/1", {"GET", "HEAD", "OPTIONS", "DELETE"}),
        ],
    )
    def test_it_lists_the_methods(self, client, path, methods):
        response = client.open("OPTIONS", path, token="")
        assert response.status_code == 200
        assert set(response.headers["Allow"].split(", ")) == methods

    @pytest.mark.parametrize(("method", "path"), [("DELETE", "/libraries"), ("POST", "/libraries/flask")])
    def test_another_method_is_told_the_same(self, client, method, path):
        response = client.open(method, path)
        assert_problem(response, 405, "method_not_allowed")
        offered = client.open("OPTIONS", path).headers["Allow"]
        assert set(response.headers["Allow"].split(", ")) == set(offered.split(", "))


class TestAccept:
    @pytest.mark.parametrize(
        "accept", ["application/json", "*/*", "application/*", "text/html, */*;q=0.1", "APPLICATION/JSON"]
    )
    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask"])
    def test_json_is_given_to_those_who_take_it(self, client, make, accept, path):
        make.library(name="Flask")
        response = client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.content_type) == (200, "application/json")

    @pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*", "application/xml"])
    def test_others_are_told_what_there_is(self, client, accept):
        response = client.get("/libraries/flask", headers={"Accept": accept})
        assert assert_problem(response, 406, "not_acceptable")["available"] == ["application/json"]

    def test_a_write_that_could_not_be_answered_is_not_done(self, client):
        response = client.post("/libraries", {"name": "Flask"}, headers={"Accept": "text/html"})
        assert_problem(response, 406, "not_acceptable")
        assert_problem(client.get("/libraries/flask"), 404)


class TestVersion:
    def test_each_change_moves_it_on(self, client, make):
        before = int(client.get("/libraries").headers["Atlas-Version"])
        make.library(name="Flask")
        assert client.patch("/libraries/flask", {"summary": "New"}).headers["Atlas-Version"] == str(
            before + 2
        )
        assert client.delete("/libraries/flask").headers["Atlas-Version"] == str(before + 3)
        assert client.get("/libraries").headers["Atlas-Version"] == str(before + 3)

    @pytest.mark.parametrize("path", ["/libraries/none", "/nowhere", "/libraries?limit=0"])
    def test_problems_carry_it_too(self, client, make, path):
        make.library()
        assert client.get(path).headers["Atlas-Version"] == client.get("/libraries").headers["Atlas-Version"]

    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask"])
    def test_a_version_that_is_reached_is_served(self, client, make, path):
        make.library(name="Flask")
        version = client.get("/libraries").headers["Atlas-Version"]
        assert client.get(path, headers={"Atlas-Min-Version": version}).status_code == 200

    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask", "/libraries/none"])
    def test_a_later_one_is_not_yet_here(self, client, make, path):
        make.library(name="Flask")
        version = int(client.get("/libraries").headers["Atlas-Version"])
        response = client.get(path, headers={"Atlas-Min-Version": str(version + 1)})
        assert_problem(response, 503, "behind")
        assert int(response.headers["Retry-After"]) >= 1

    def test_a_write_waits_for_it_too(self, client):
        response = client.post("/libraries", {"name": "Flask"}, headers={"Atlas-Min-Version": "99"})
        assert_problem(response, 503, "behind")
        assert_problem(client.get("/libraries/flask"), 404)

    @pytest.mark.parametrize("version", ["-1", "one", "1.0", "", "9" * 19, "\u0661"])
    def test_what_is_no_version_is_refused(self, client, version):
        response = client.get("/libraries", headers={"Atlas-Min-Version": version})
        assert_problem(response, 422, "invalid", parameter="Atlas-Min-Version")


class TestCaching:
    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask"])
    def test_an_open_answer_is_asked_for_again(self, client, make, path):
        make.library(name="Flask")
        response = client.get(path)
        assert response.headers["Cache-Control"] == "no-cache"
        assert {"Accept", "Authorization"} <= set(response.headers["Vary"].split(", "))

    def test_an_answer_to_a_token_is_kept_by_nobody(self, client, secret):
        assert client.get("/libraries", token=secret).headers["Cache-Control"] == "private, no-store"

    def test_a_problem_is_kept_by_nobody(self, client):
        assert client.get("/libraries/none").headers["Cache-Control"] == "no-store"


class TestTrailingSlash:
    @pytest.mark.parametrize("path", ["/libraries", "/libraries/flask", "/libraries/flask/teams"])
    def test_it_makes_no_difference_to_reading(self, client, make, path):
        make.library(name="Flask")
        response = client.get(f"{path}/")
        assert (response.status_code, response.get_json()) == (200, client.get(path).get_json())

    def test_it_makes_no_difference_to_writing(self, client):
        response = client.post("/libraries/", {"name": "Flask"})
        assert response.headers["Location"] == "http://localhost/api/v1/libraries/flask"
        assert client.put("/libraries/flask/", {"name": "Flask", "summary": "New"}).status_code == 200
        assert client.delete("/libraries/flask/").status_code == 204

    def test_the_place_of_a_record_that_put_makes_has_none(self, client):
        response = client.put("/libraries/flask/", {"name": "Flask"})
        assert response.headers["Location"] == "http://localhost/api/v1/libraries/flask"
