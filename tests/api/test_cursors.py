from urllib.parse import parse_qs, urlsplit

import pytest

from tests.client import assert_problem, slugs, walk


class TestNext:
    def test_it_keeps_the_rest_of_the_query(self, client, make):
        for name in "abc":
            make.library(name=name, kind="service", language="C & D", summary="é")
        query = "kind=service&kind=framework&language=C+%26+D&q=%C3%A9&fields=slug&sort=-name&limit=2"
        following = client.get(f"/libraries?{query}").get_json()["next"]
        asked = parse_qs(urlsplit(following).query)
        asked.pop("cursor")
        assert asked == parse_qs(query)

    def test_it_is_absolute(self, client, make):
        for name in "ab":
            make.purpose(name=name)
        following = client.get("/purposes?limit=1").get_json()["next"]
        assert following.startswith("http://localhost/api/v1/purposes?limit=1&cursor=")

    def test_it_begins_with_the_public_url(self, client, make, with_settings):
        for name in "ab":
            make.purpose(name=name)
        with_settings(public_url="https://atlas.example")
        following = client.get("/purposes?limit=1").get_json()["next"]
        assert following.startswith("https://atlas.example/api/v1/purposes?")

    def test_it_stands_in_the_link_header(self, client, make):
        for name in "ab":
            make.purpose(name=name)
        response = client.get("/purposes?limit=1")
        assert response.headers["Link"] == f'<{response.get_json()["next"]}>; rel="next"'

    def test_the_last_page_has_no_link(self, client, make):
        make.purpose()
        assert "Link" not in client.get("/purposes").headers

    def test_a_sub_list_leads_on_too(self, client, make):
        team = make.team(name="Core")["slug"]
        for slug in "abc":
            make.use_case(slug=slug, team=team, title=slug)
        pages = walk(client, "/teams/core/use-cases?limit=2")
        assert [[record["slug"] for record in page["items"]] for page in pages] == [["a", "b"], ["c"]]


class TestCursor:
    @pytest.fixture
    def following(self, client, make):
        """The URL of a second page."""
        for name in "abc":
            make.library(name=name)
        return client.get("/libraries?limit=1&sort=name").get_json()["next"]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("sort=name", "sort=-name"),
            ("sort=name", "sort=slug"),
            ("sort=name", "kind=library"),
            ("sort=name", "sort=name&q=a"),
            ("sort=name", "sort=name&unused=true"),
            ("/libraries", "/purposes"),
        ],
    )
    def test_it_belongs_to_its_filters_and_its_order(self, client, following, old, new):
        response = client.get(following.replace(old, new))
        assert_problem(response, 422, "invalid", parameter="cursor")

    @pytest.mark.parametrize("change", ["limit=2", "limit=1&total=false", "limit=1&fields=slug"])
    def test_the_size_and_shape_of_a_page_may_change(self, client, following, change):
        assert slugs(client.get(following.replace("limit=1", change)))[0] == "b"

    def test_it_belongs_to_one_record_of_a_sub_list(self, client, make):
        for team in ("one", "two"):
            make.team(name=team)
            for _number in range(2):
                make.use_case(team=team)
        following = client.get("/teams/one/use-cases?limit=1").get_json()["next"]
        response = client.get(following.replace("/one/", "/two/"))
        assert_problem(response, 422, "invalid", parameter="cursor")

    @pytest.mark.parametrize("place", range(0, 28, 3))
    def test_a_changed_letter_is_refused(self, client, following, place):
        start, cursor = following.split("cursor=")
        letter = "A" if cursor[place] != "A" else "B"
        damaged = cursor[:place] + letter + cursor[place + 1 :]
        assert_problem(client.get(f"{start}cursor={damaged}"), 422, "invalid", parameter="cursor")

    @pytest.mark.parametrize(
        "cursor", ["x", "", "====", "AAAA", "%00", "é", "A" * 4001, "W10", "bnVsbA", "%F0%9F%92%A9"]
    )
    def test_what_is_no_cursor_is_refused(self, client, cursor):
        assert_problem(client.get(f"/libraries?cursor={cursor}"), 422, "invalid", parameter="cursor")

    def test_a_longer_or_shorter_one_is_refused(self, client, following):
        for damaged in (following + "A", following + "=", following[:-1]):
            assert_problem(client.get(damaged), 422, "invalid", parameter="cursor")
