import pytest

from tests.client import assert_problem, slugs
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)


def rename(client, old, new, path="libraries"):
    response = client.patch(f"/{path}/{old}", {"slug": new})
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def place_of(client, slug, path="libraries"):
    """Give where a slug leads to."""
    response = client.get(f"/{path}/{slug}")
    assert_problem(response, 308, "renamed")
    return response.headers["Location"].removeprefix(f"http://localhost/api/v1/{path}/")


class TestRename:
    @COLLECTIONS
    def test_the_old_slug_leads_to_the_new_one(self, client, make, path):
        old = make.any(path)["slug"]
        renamed = rename(client, old, "new", path)
        assert place_of(client, old, path) == "new"
        assert client.get(f"/{path}/new").get_json() == renamed

    def test_it_keeps_the_query(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        location = client.get("/libraries/old?fields=name&expand=maker").headers["Location"]
        assert location == "http://localhost/api/v1/libraries/new?fields=name&expand=maker"

    @pytest.mark.parametrize(("method", "body"), [("PUT", {"name": "Old"}), ("PATCH", {}), ("DELETE", None)])
    def test_a_change_is_sent_on_too(self, client, make, method, body):
        make.library(name="Old")
        rename(client, "old", "new")
        response = client.open(method, "/libraries/old", json=body)
        assert_problem(response, 308, "renamed")
        assert response.headers["Location"] == "http://localhost/api/v1/libraries/new"

    def test_what_points_at_it_goes_on_pointing_at_it(self, client, make):
        make.use_case(library=make.library(name="Old")["slug"], slug="serving")
        rename(client, "old", "new")
        usages = client.get("/use-cases/serving").get_json()["usages"]
        assert [usage["library"]["slug"] for usage in usages] == ["new"]

    def test_every_old_slug_leads_to_the_newest(self, client, make):
        make.library(name="First")
        rename(client, "first", "second")
        rename(client, "second", "third")
        assert (place_of(client, "first"), place_of(client, "second")) == ("third", "third")

    def test_it_can_be_named_back(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        assert rename(client, "new", "old")["slug"] == "old"
        assert client.get("/libraries/old").status_code == 200
        assert place_of(client, "new") == "old"

    def test_it_can_go_to_and_fro(self, client, make):
        make.library(name="Old")
        for _turn in range(3):
            rename(client, "old", "new")
            rename(client, "new", "old")
        assert client.get("/libraries/old").get_json()["revision"] == 7

    def test_the_new_slug_cannot_be_that_of_another_one(self, client, make):
        make.library(name="Old")
        make.library(name="New")
        problem = assert_problem(client.patch("/libraries/old", {"slug": "new"}), 409, pointer="/slug")
        assert problem["conflict"] == "http://localhost/api/v1/libraries/new"

    def test_an_old_slug_is_not_free_for_another_one(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        problem = assert_problem(
            client.post("/libraries", {"name": "Other", "slug": "old"}), 409, pointer="/slug"
        )
        assert problem["conflict"] == "http://localhost/api/v1/libraries/new"

    def test_an_old_slug_is_free_when_the_record_is_gone(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        client.delete("/libraries/new")
        assert make.library(name="Other", slug="old")["slug"] == "old"

    def test_another_kind_may_have_the_old_slug(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        assert make.purpose(name="Old")["slug"] == "old"

    @pytest.mark.parametrize("slug", ["Old", "a b", "", "-", 1, "a" * 81])
    def test_a_bad_slug_is_refused(self, client, make, slug):
        make.library(name="Fine")
        response = client.patch("/libraries/fine", {"slug": slug})
        assert_problem(response, 422, "invalid", pointer="/slug")

    @pytest.mark.parametrize("slug", ["batch", "facets"])
    def test_a_word_of_urls_is_no_slug(self, client, make, slug):
        make.library(name="Fine")
        problem = assert_problem(client.patch("/libraries/fine", {"slug": slug}), 409, pointer="/slug")
        assert problem["errors"][0]["code"] == "reserved"

    @COLLECTIONS
    def test_null_leaves_the_slug_as_it_is(self, client, make, path):
        made = make.any(path)
        assert client.patch(f"/{path}/{made['slug']}", {"slug": None}).get_json() == made

    def test_a_put_to_an_old_slug_makes_no_new_record(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        client.put("/libraries/old", {"name": "Other"})
        assert slugs(client.get("/libraries")) == ["new"]


class TestAliases:
    @pytest.mark.parametrize("path", ["libraries", "teams"])
    def test_an_alias_leads_to_the_record(self, client, make, path):
        make.any(path, name="Amazon Web Services", aliases=["AWS"])
        assert place_of(client, "aws", path) == "amazon-web-services"

    @pytest.mark.parametrize("path", ["libraries", "teams"])
    def test_an_alias_that_is_taken_away_leads_nowhere(self, client, make, path):
        make.any(path, name="Amazon Web Services", aliases=["AWS", "Amazon"])
        client.patch(f"/{path}/amazon-web-services", {"aliases": ["Amazon"]})
        assert_problem(client.get(f"/{path}/aws"), 404, "not_found")
        assert place_of(client, "amazon", path) == "amazon-web-services"

    def test_the_spelling_of_an_alias_may_change(self, client, make):
        make.library(name="Amazon Web Services", aliases=["AWS"])
        changed = client.patch("/libraries/amazon-web-services", {"aliases": ["aws"]}).get_json()
        assert (changed["aliases"], changed["revision"]) == (["aws"], 2)

    def test_a_change_of_aliases_alone_is_a_change(self, client, make):
        make.team(name="Core")
        changed = client.patch("/teams/core", {"aliases": ["Kernel"]}).get_json()
        assert (changed["aliases"], changed["revision"]) == (["Kernel"], 2)

    def test_the_slug_may_become_that_of_an_own_alias(self, client, make):
        make.library(name="Amazon Web Services", aliases=["AWS"])
        rename(client, "amazon-web-services", "aws")
        assert client.get("/libraries/aws").get_json()["aliases"] == ["AWS"]

    def test_an_own_old_slug_may_become_an_alias(self, client, make):
        make.library(name="Old")
        rename(client, "old", "new")
        changed = client.patch("/libraries/new", {"aliases": ["old"]}).get_json()
        assert changed["aliases"] == ["old"]
        assert place_of(client, "old") == "new"

    def test_an_old_slug_is_no_alias(self, client, make):
        make.library(name="Old")
        assert rename(client, "old", "new")["aliases"] == []

    @pytest.mark.parametrize("alias", ["Flask", "FLASK", "micro", "Fl\u0430sk"], ids=ascii)
    def test_a_name_of_another_library_is_taken(self, client, make, alias):
        make.library(name="Flask", aliases=["Micro"])
        response = client.post("/libraries", {"name": "Other", "aliases": ["fine", alias]})
        problem = assert_problem(response, 409, "conflict")
        assert problem["conflict"] == "http://localhost/api/v1/libraries/flask"
        assert problem["errors"][0]["pointer"].startswith("/aliases/")

    def test_the_slug_of_another_library_is_taken(self, client, make):
        make.library(name="Micro framework", slug="flask")
        response = client.post("/libraries", {"name": "Other", "aliases": ["Flask"]})
        problem = assert_problem(response, 409, "conflict", pointer="/aliases/0")
        assert problem["conflict"] == "http://localhost/api/v1/libraries/flask"

    def test_a_name_cannot_be_the_alias_of_another_library(self, client, make):
        make.library(name="Amazon Web Services", aliases=["AWS"])
        response = client.post("/libraries", {"name": "aws", "slug": "other"})
        assert_problem(response, 409, "conflict", pointer="/name")

    def test_a_slug_cannot_be_the_alias_of_another_library(self, client, make):
        make.library(name="Amazon Web Services", aliases=["AWS"])
        response = client.post("/libraries", {"name": "Other", "slug": "aws"})
        assert_problem(response, 409, "conflict", pointer="/slug")

    def test_a_team_is_not_called_like_an_alias_of_another_one(self, client, make):
        organization = make.team(name="Core", aliases=["Kernel"])["organization"]
        body = {"name": "Kernel", "slug": "other", "organization": organization}
        assert_problem(client.post("/teams", body), 409, "conflict", pointer="/name")

    def test_the_old_slug_may_come_back_as_slug_and_alias_at_once(self, client, make):
        make.library(name="Some", slug="old")
        rename(client, "old", "new")
        changed = client.patch("/libraries/new", {"slug": "old", "aliases": ["Old"]}).get_json()
        assert (changed["slug"], changed["aliases"], changed["revision"]) == ("old", ["Old"], 3)

    def test_an_alias_like_the_old_slug_goes_on_leading_to_the_record(self, client, make):
        make.library(name="Simple Storage", slug="s3", aliases=["S3"])
        rename(client, "s3", "simple-storage")
        assert place_of(client, "s3") == "simple-storage"
        assert client.get("/libraries/simple-storage").get_json()["aliases"] == ["S3"]
