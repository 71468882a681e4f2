import pytest

from tests.client import assert_problem
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)
REQUIRED = [
    ("organizations", "name"),
    ("teams", "name"),
    ("teams", "organization"),
    ("libraries", "name"),
    ("purposes", "name"),
    ("use-cases", "team"),
    ("use-cases", "title"),
    ("use-cases", "evidence"),
    ("sources", "kind"),
    ("sources", "title"),
]


class TestPost:
    @COLLECTIONS
    def test_its_place_leads_to_the_record(self, client, make, path):
        body = {**make.any(path), "slug": "new", "name": "New", "title": "New"}
        body = {
            name: body[name] for name in ("team", "organization", "kind", "evidence", "slug") if name in body
        }
        body["title" if path in {"use-cases", "sources"} else "name"] = "New"
        for row in body.get("evidence", ()):
            row.pop("id"), row.pop("check"), row.pop("checked_at")
        response = client.post(f"/{path}", body)
        assert response.headers["Location"] == f"http://localhost/api/v1/{path}/new"
        assert client.get(f"/{path}/new").get_json() == response.get_json()

    @pytest.mark.parametrize(("method", "path"), [("POST", "/libraries"), ("PUT", "/libraries/flask")])
    def test_its_place_begins_with_the_public_url(self, client, with_settings, method, path):
        with_settings(public_url="https://atlas.example")
        response = client.open(method, path, json={"name": "Flask"})
        assert response.headers["Location"] == "https://atlas.example/api/v1/libraries/flask"

    @COLLECTIONS
    def test_its_etag_is_the_one_that_get_gives(self, client, make, path):
        made = make.whole(path)
        url = f"/{path}/{made['slug']}"
        written = client.patch(url, {"slug": made["slug"]})
        assert written.headers["ETag"] == client.get(url).headers["ETag"]

    @pytest.mark.parametrize("name", ["revision", "created_at", "updated_at"])
    def test_it_refuses_what_the_server_sets(self, client, name):
        response = client.post("/libraries", {"name": "Flask", name: None})
        assert_problem(response, 422, "invalid", pointer=f"/{name}")

    @COLLECTIONS
    def test_a_taken_slug_is_in_the_way(self, client, make, path):
        slug = make.any(path)["slug"]
        body = {**make.whole(path), "slug": slug}
        kept = {
            name: value
            for name, value in body.items()
            if name in {"slug", "name", "title", "organization", "kind", "team"}
        }
        if path == "use-cases":
            kept["evidence"] = [{"source": make.source()["slug"]}]
        problem = assert_problem(client.post(f"/{path}", kept), 409, "conflict")
        assert problem["conflict"].startswith(f"http://localhost/api/v1/{path}/")

    def test_an_unknown_member_is_refused_with_a_near_one(self, client):
        response = client.post("/libraries", {"name": "Flask", "sumary": "Web"})
        problem = assert_problem(response, 422, "invalid", pointer="/sumary")
        assert "Did you mean summary?" in problem["detail"]

    def test_everything_that_is_wrong_is_told_at_once(self, client):
        body = {"kind": "toy", "homepage_url": "ftp://x", "topics": ["Web Site"]}
        problem = assert_problem(client.post("/libraries", body), 422, "invalid")
        pointers = {flaw["pointer"] for flaw in problem["errors"]}
        assert pointers == {"/name", "/kind", "/homepage_url", "/topics/0"}

    @pytest.mark.parametrize("name", ["Ω", "日本語", "!!!", "—"])
    def test_a_name_without_ascii_letters_gets_a_slug_too(self, client, name):
        made = client.post("/libraries", {"name": name}).get_json()
        assert client.get(f"/libraries/{made['slug']}").get_json()["name"] == name


class TestPut:
    @COLLECTIONS
    def test_it_creates(self, client, make, path):
        made = make.whole(path)
        client.delete(f"/{path}/{made['slug']}")
        response = client.put(f"/{path}/{made['slug']}", made)
        assert response.status_code == 201
        assert response.headers["Location"] == f"http://localhost/api/v1/{path}/{made['slug']}"

    @COLLECTIONS
    def test_it_replaces(self, client, make, path):
        label = "title" if path in {"use-cases", "sources"} else "name"
        made = make.any(path)
        response = client.put(f"/{path}/{made['slug']}", {**made, label: "Other"})
        assert (response.status_code, response.get_json()[label]) == (200, "Other")
        assert "Location" not in response.headers

    @COLLECTIONS
    def test_what_is_left_out_goes_back_to_its_default(self, client, make, path):
        bare, full = make.any(path), make.whole(path)
        required = {member for collection, member in REQUIRED if collection == path}
        body = {name: full[name] for name in required}
        changed = client.put(f"/{path}/{full['slug']}", body).get_json()
        own = {"slug", "revision", "created_at", "updated_at", "fresh_at", *required}
        assert {**changed, **dict.fromkeys(own)} == {**bare, **dict.fromkeys(own), **_emptied(path)}

    @COLLECTIONS
    def test_it_passes_over_what_the_server_sets(self, client, make, path):
        made = make.any(path)
        sent = {**made, "revision": 99, "created_at": "never", "updated_at": None}
        assert client.put(f"/{path}/{made['slug']}", sent).get_json() == made

    def test_the_slug_of_the_body_may_be_left_out(self, client):
        assert client.put("/libraries/flask", {"name": "Flask"}).get_json()["slug"] == "flask"

    def test_the_slug_of_the_body_is_that_of_the_url(self, client):
        response = client.put("/libraries/flask", {"name": "Flask", "slug": "other"})
        assert_problem(response, 422, "invalid", pointer="/slug")

    @pytest.mark.parametrize("slug", ["Flask", "a--b", "-a", "a_b", "a" * 81, "%C3%A9"])
    def test_the_slug_of_the_url_is_a_good_one(self, client, slug):
        response = client.put(f"/libraries/{slug}", {"name": "Flask"})
        assert_problem(response, 422, "invalid", pointer="/slug")

    def test_an_unknown_member_is_refused(self, client):
        response = client.put("/libraries/flask", {"name": "Flask", "colour": "red"})
        assert_problem(response, 422, "invalid", pointer="/colour")

    def test_a_new_record_cannot_have_a_taken_name(self, client, make):
        make.library(name="Flask")
        response = client.put("/libraries/other", {"name": "flask"})
        assert_problem(response, 409, "conflict", pointer="/name")

    def test_a_replaced_record_cannot_take_a_taken_name(self, client, make):
        make.library(name="Flask")
        make.library(name="Other")
        response = client.put("/libraries/other", {"name": "flask"})
        assert_problem(response, 409, "conflict", pointer="/name")

    def test_the_spelling_of_a_name_may_change(self, client, make):
        make.library(name="Flask")
        assert client.put("/libraries/flask", {"name": "FLASK"}).get_json()["name"] == "FLASK"


class TestPatch:
    @pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
    def test_it_changes_what_is_given(self, client, make, media_type):
        made = make.library(name="Flask")
        response = client.patch("/libraries/flask", {"summary": "Web"}, headers={"Content-Type": media_type})
        changed = {"summary": "Web", "revision": 2, "updated_at": response.get_json()["updated_at"]}
        assert response.get_json() == {**made, **changed}

    @pytest.mark.parametrize("media_type", ["application/json-patch+json", "text/plain"])
    def test_another_media_type_is_told_the_right_one(self, client, make, media_type):
        make.library(name="Flask")
        response = client.patch("/libraries/flask", {}, headers={"Content-Type": media_type})
        problem = assert_problem(response, 415, "unsupported_media_type")
        assert "-H 'Content-Type: application/merge-patch+json'" in problem["detail"]

    @COLLECTIONS
    def test_null_sets_a_member_back_to_its_default(self, client, make, path):
        bare, full = make.any(path), make.whole(path)
        required = {member for collection, member in REQUIRED if collection == path}
        stamps = {"revision", "created_at", "updated_at", "fresh_at"}
        judges = {"confirmed_at", "confirmed_by", "disputed_at", "disputed_by"}
        kept = {"slug", *stamps, *judges, *required}
        nulls = {name: None for name in full if name not in kept}
        changed = client.patch(f"/{path}/{full['slug']}", nulls).get_json()
        assert {name: changed[name] for name in nulls} == {name: bare[name] for name in nulls} | _emptied(
            path
        )

    @pytest.mark.parametrize(("path", "member"), REQUIRED)
    def test_null_does_not_take_away_what_is_needed(self, client, make, path, member):
        slug = make.any(path)["slug"]
        assert_problem(client.patch(f"/{path}/{slug}", {member: None}), 422, "invalid", pointer=f"/{member}")

    @COLLECTIONS
    @pytest.mark.parametrize("member", ["revision", "created_at", "updated_at"])
    def test_it_refuses_what_the_server_sets(self, client, make, path, member):
        made = make.any(path)
        response = client.patch(f"/{path}/{made['slug']}", {member: made[member]})
        problem = assert_problem(response, 422, "invalid", pointer=f"/{member}")
        assert problem["errors"][0]["code"] == "read_only"

    def test_an_unknown_member_is_refused(self, client, make):
        make.library(name="Flask")
        response = client.patch("/libraries/flask", {"sumary": "Web"})
        assert "summary" in assert_problem(response, 422, pointer="/sumary")["detail"]

    def test_a_list_is_replaced_as_a_whole(self, client, make):
        make.library(name="Flask", topics=["a", "b"])
        changed = client.patch("/libraries/flask", {"topics": ["c"]}).get_json()
        assert changed["topics"] == ["c"]

    def test_a_reference_may_be_a_bare_slug(self, client, make):
        make.library(name="Flask")
        changed = client.patch("/libraries/flask", {"maker": make.organization(name="Pallets")["slug"]})
        assert changed.get_json()["maker"] == {"slug": "pallets", "name": "Pallets"}

    def test_a_reference_may_be_an_object(self, client, make):
        make.library(name="Flask", maker=make.organization()["slug"])
        maker = {"slug": make.organization(name="Pallets")["slug"]}
        changed = client.patch("/libraries/flask", {"maker": maker}).get_json()
        assert changed["maker"] == {"slug": "pallets", "name": "Pallets"}

    def test_a_library_does_not_replace_itself(self, client, make):
        make.library(name="Flask")
        response = client.patch("/libraries/flask", {"replaced_by": "flask"})
        assert_problem(response, 422, "invalid", pointer="/replaced_by")

    def test_it_creates_nothing(self, client):
        assert_problem(client.patch("/libraries/flask", {"name": "Flask"}), 404, "not_found")

    def test_a_refused_one_changes_nothing(self, client, make):
        made = make.library(name="Flask")
        client.patch("/libraries/flask", {"summary": "Web", "maker": "none"})
        assert client.get("/libraries/flask").get_json() == made


class TestDelete:
    @COLLECTIONS
    def test_it_answers_with_nothing(self, client, make, path):
        response = client.delete(f"/{path}/{make.whole(path)['slug']}")
        assert (response.status_code, response.data) == (204, b"")

    @COLLECTIONS
    def test_the_second_time_there_is_nothing_left(self, client, make, path):
        slug = make.any(path)["slug"]
        client.delete(f"/{path}/{slug}")
        assert_problem(client.delete(f"/{path}/{slug}"), 404, "not_found")

    def test_it_names_ten_of_the_records_that_point_at_it(self, client, make):
        organization = make.organization()["slug"]
        for _number in range(11):
            make.team(organization=organization)
        problem = assert_problem(client.delete(f"/organizations/{organization}"), 409, "still_referenced")
        assert (len(problem["errors"]), problem["detail"][:2]) == (10, "11")


def _emptied(path):
    """Give what a bare use case of the factory has and a default has not."""
    return {"usages": [], "purposes": []} if path == "use-cases" else {}
