import pytest

from tests.client import assert_problem
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)
CHANGES = [("PUT", {"name": "Flask", "summary": "New"}), ("PATCH", {"summary": "New"}), ("DELETE", None)]
EACH_CHANGE = pytest.mark.parametrize(("method", "body"), CHANGES)


@pytest.fixture
def flask(client, make):
    """A library, and its ETag."""
    make.library(name="Flask")
    return client.get("/libraries/flask").headers["ETag"]


def change(client, method, body, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(method, "/libraries/flask", json=body, headers=sent)


class TestIfMatch:
    @EACH_CHANGE
    def test_the_etag_of_the_record_lets_a_change_through(self, client, flask, method, body):
        assert change(client, method, body, If_Match=flask).status_code < 300

    @EACH_CHANGE
    def test_an_older_one_does_not(self, client, flask, method, body):
        client.patch("/libraries/flask", {"summary": "Faster"})
        assert_problem(change(client, method, body, If_Match=flask), 412, "precondition_failed")
        assert client.get("/libraries/flask").get_json()["summary"] == "Faster"

    @EACH_CHANGE
    @pytest.mark.parametrize("tag", ['"1"', '"none"', '""', "nonsense", '"1-1"', "W/{0}"])
    def test_another_tag_does_not(self, client, flask, method, body, tag):
        response = change(client, method, body, If_Match=tag.format(flask))
        assert_problem(response, 412, "precondition_failed")

    @EACH_CHANGE
    @pytest.mark.parametrize("tags", ["*", '"other", {0}'])
    def test_any_or_one_of_several_will_do(self, client, flask, method, body, tags):
        assert change(client, method, body, If_Match=tags.format(flask)).status_code < 300

    @COLLECTIONS
    def test_it_works_for_every_kind(self, client, make, path):
        url = f"/{path}/{make.whole(path)['slug']}"
        etag = client.get(url).headers["ETag"]
        assert client.patch(url, {"slug": "new"}, headers={"If-Match": etag}).status_code == 200
        response = client.delete(f"/{path}/new", headers={"If-Match": etag})
        assert_problem(response, 412, "precondition_failed")

    def test_the_etag_of_an_answer_to_a_change_can_be_used_next(self, client, flask):
        etag = change(client, "PATCH", {"summary": "One"}, If_Match=flask).headers["ETag"]
        assert change(client, "PATCH", {"summary": "Two"}, If_Match=etag).status_code == 200

    def test_a_new_name_of_what_it_points_at_is_no_change_of_the_record(self, client, make):
        make.library(name="Flask", maker=make.organization(name="Old", slug="acme")["slug"])
        etag = client.get("/libraries/flask").headers["ETag"]
        client.patch("/organizations/acme", {"name": "New"})
        assert change(client, "PATCH", {"summary": "New"}, If_Match=etag).status_code == 200

    def test_a_record_made_anew_is_another_one(self, client, make, flask):
        client.delete("/libraries/flask")
        make.library(name="Flask")
        assert_problem(change(client, "DELETE", None, If_Match=flask), 412, "precondition_failed")

    @pytest.mark.parametrize("tag", ["*", '"1-1"'])
    def test_nothing_matches_what_is_not_there(self, client, tag):
        response = change(client, "PUT", {"name": "Flask"}, If_Match=tag)
        assert_problem(response, 412, "precondition_failed")
        assert_problem(client.get("/libraries/flask"), 404)

    def test_it_is_looked_at_also_where_nothing_would_change(self, client, flask):
        response = change(client, "PUT", {"name": "Flask"}, If_Match='"1-1"')
        assert_problem(response, 412, "precondition_failed")


class TestIfNoneMatch:
    def test_a_star_creates(self, client):
        assert change(client, "PUT", {"name": "Flask"}, If_None_Match="*").status_code == 201

    def test_a_star_does_not_replace(self, client, make):
        made = make.library(name="Flask")
        response = change(client, "PUT", {"name": "Flask", "summary": "New"}, If_None_Match="*")
        assert_problem(response, 412, "precondition_failed")
        assert client.get("/libraries/flask").get_json() == made


class TestRequireIfMatch:
    @pytest.fixture(autouse=True)
    def _demand(self, flask, with_settings):
        with_settings(require_if_match=True)

    @EACH_CHANGE
    def test_a_change_without_it_is_refused(self, client, method, body):
        assert_problem(change(client, method, body), 428, "precondition_required")
        assert client.get("/libraries/flask").get_json()["revision"] == 1

    @EACH_CHANGE
    def test_a_change_with_it_goes_through(self, client, flask, method, body):
        assert change(client, method, body, If_Match=flask).status_code < 300

    @pytest.mark.parametrize("method", ["POST", "PUT"])
    def test_a_new_record_needs_none(self, client, method):
        path = "/libraries" if method == "POST" else "/libraries/new"
        assert client.open(method, path, json={"name": "New"}).status_code == 201
