import pytest

from tests.client import assert_problem
from tests.factories import MAKERS


def items(response):
    assert response.status_code == 200, response.get_json()
    return [item and item["slug"] for item in response.get_json()["items"]]


class TestBatch:
    @pytest.mark.parametrize("path", MAKERS)
    def test_it_keeps_the_order_and_gives_null_for_what_is_missing(self, client, make, path):
        for slug in ("one", "two"):
            make.any(path, slug=slug)
        response = client.post(f"/{path}/batch", {"slugs": ["two", "none", "one", "two"]})
        assert items(response) == ["two", None, "one", "two"]
        assert response.get_json()["limit"] == 200

    @pytest.mark.parametrize("path", MAKERS)
    def test_each_item_is_the_record(self, client, make, path):
        make.whole(path, slug="one")
        given = client.post(f"/{path}/batch", {"slugs": ["one"]}).get_json()["items"]
        assert given == [client.get(f"/{path}/one").get_json()]

    def test_it_needs_no_token(self, anonymous):
        assert items(anonymous.post("/teams/batch", {"slugs": []})) == []

    def test_an_old_slug_leads_to_the_record(self, client, make):
        make.purpose(slug="old")
        client.patch("/purposes/old", {"slug": "new"})
        assert items(client.post("/purposes/batch", {"slugs": ["old"]})) == ["new"]

    @pytest.mark.parametrize("name", ["aws", "AWS", "Amazon's Cloud"])
    def test_an_alias_leads_to_the_record(self, client, make, name):
        make.library(slug="amazon", aliases=["aws", "Amazon's cloud"])
        assert items(client.post("/libraries/batch", {"slugs": [name]})) == ["amazon"]

    def test_fields_and_expand_are_those_of_the_list(self, client, make):
        make.team(slug="core", organization=make.organization(slug="acme")["slug"])
        answer = client.post("/teams/batch?fields=organization&expand=organization", {"slugs": ["core"]})
        whole = client.get("/organizations/acme").get_json()
        assert answer.get_json()["items"] == [{"slug": "core", "organization": whole}]

    def test_200_are_the_most(self, client):
        assert len(items(client.post("/teams/batch", {"slugs": ["a"] * 200}))) == 200
        assert_problem(client.post("/teams/batch", {"slugs": ["a"] * 201}), 422, pointer="/slugs")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/slugs"),
            ({"slugs": "core"}, "/slugs"),
            ({"slugs": [1]}, "/slugs/0"),
            ({"slug": []}, "/slug"),
        ],
    )
    def test_it_is_refused_with_the_place(self, client, body, pointer):
        assert_problem(client.post("/teams/batch", body), 422, "invalid", pointer=pointer)

    def test_a_filter_is_no_parameter_of_it(self, client):
        assert_problem(client.post("/teams/batch?area=a", {"slugs": []}), 422, parameter="area")

    def test_it_is_never_taken_for_unchanged(self, client):
        etag = client.post("/teams/batch", {"slugs": []}).headers["ETag"]
        response = client.post("/teams/batch", {"slugs": ["a"]}, headers={"If-None-Match": etag})
        assert items(response) == [None]

    def test_the_number_of_statements_does_not_depend_on_the_size(self, client, make, statements):
        seen = []
        for slugs in (["a"], ["a", "b", "none"]):
            make.use_case(slug=slugs[-1] if len(slugs) == 1 else "b")
            with statements() as executed:
                client.post("/use-cases/batch", {"slugs": slugs}, token="")
            seen.append(len(executed))
        assert seen[0] == seen[1]
