import pytest

from tests.client import assert_problem, slugs, walk
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)
SORTS = ["slug", "created_at", "updated_at"]
TURNS = [
    sort
    for column in SORTS
    for sort in (column, f"-{column}", f"{column},-slug", f"-{column},slug", f"-{column},created_at,-slug")
]


def label(path):
    return "title" if path in {"use-cases", "sources"} else "name"


def make_uneven(make, at, path):
    """Make records of which some share times, made and changed in another order than that of their names."""
    for number in range(7):
        at(f"2026-01-0{1 + number * 5 % 7 // 2}T12:00:00Z")
        make.any(path, slug=f"r-{number * 3 % 7}", **{label(path): f"Name {number * 2 % 7}"})
    for number in (5, 2):
        at(f"2026-02-0{number}T12:00:00Z")
        make.client.patch(f"/{path}/r-{number}", {label(path): f"Name {8 + number}"})


def sorted_slugs(records, words):
    """Sort records as `sort=` says, the slug as the last word, in the direction of all the others."""
    turned = {word.startswith("-") for word in words}
    for word in reversed([*words, "-slug" if turned == {True} else "slug"]):
        records = sorted(records, key=lambda record: record[word.strip("-")], reverse=word.startswith("-"))
    return [record["slug"] for record in records]


class TestPages:
    @COLLECTIONS
    def test_they_hold_every_record_once_and_in_order(self, client, make, at, path):
        make_uneven(make, at, path)
        whole = slugs(client.get(f"/{path}"))
        pages = walk(client, f"/{path}?limit=3")
        assert [record["slug"] for page in pages for record in page["items"]] == whole
        assert [len(page["items"]) for page in pages] == [3] * (len(whole) // 3) + [len(whole) % 3][
            : len(whole) % 3
        ]

    @pytest.mark.parametrize("sort", [*TURNS, "name,-updated_at", "-name,slug", "-updated_at,name"])
    def test_they_follow_every_sort(self, client, make, at, sort):
        make_uneven(make, at, "purposes")
        records = client.get("/purposes").get_json()["items"]
        pages = walk(client, f"/purposes?limit=2&sort={sort}")
        found = [record["slug"] for page in pages for record in page["items"]]
        assert found == sorted_slugs(records, sort.split(","))

    @COLLECTIONS
    @pytest.mark.parametrize("sign", ["", "-"])
    def test_each_kind_is_sorted_by_each_word(self, client, make, at, path, sign):
        make_uneven(make, at, path)
        for word in (label(path), *SORTS):
            records = client.get(f"/{path}").get_json()["items"]
            found = slugs(client.get(f"/{path}?sort={sign}{word}"))
            assert found == sorted_slugs(records, [sign + word])

    def test_records_that_are_equal_in_the_sort_are_all_there(self, client, make, at):
        at("2026-01-01T12:00:00Z")
        made = {make.purpose()["slug"] for _number in range(7)}
        pages = walk(client, "/purposes?limit=2&sort=-created_at,updated_at")
        found = [record["slug"] for page in pages for record in page["items"]]
        assert (len(found), set(found)) == (7, made)

    def test_titles_that_are_equal_are_told_apart_by_slug(self, client, make):
        for number in range(5):
            make.source(title="Minutes", slug=f"m-{number}")
        pages = walk(client, "/sources?limit=2&sort=-title")
        assert [record["slug"] for page in pages for record in page["items"]] == [
            f"m-{number}" for number in (4, 3, 2, 1, 0)
        ]

    def test_names_are_in_order_without_regard_to_case(self, client, make):
        for name in ("beta", "Alpha", "ALPINE", "alp"):
            make.purpose(name=name)
        assert slugs(client.get("/purposes")) == ["alp", "alpha", "alpine", "beta"]

    def test_a_record_made_behind_the_place_is_seen(self, client, make):
        for name in "abde":
            make.purpose(name=name)
        following = client.get("/purposes?limit=2").get_json()["next"]
        make.purpose(name="c")
        assert slugs(client.get(following)) == ["c", "d"]

    def test_a_record_made_before_the_place_moves_nothing(self, client, make):
        for name in "bcde":
            make.purpose(name=name)
        following = client.get("/purposes?limit=2").get_json()["next"]
        make.purpose(name="a")
        assert slugs(client.get(following)) == ["d", "e"]

    def test_the_last_record_seen_may_be_gone(self, client, make):
        for name in "abcd":
            make.purpose(name=name)
        following = client.get("/purposes?limit=2").get_json()["next"]
        client.delete("/purposes/b")
        assert slugs(client.get(following)) == ["c", "d"]

    def test_a_full_last_page_has_no_next(self, client, make):
        for name in "abcd":
            make.purpose(name=name)
        assert [page["next"] is None for page in walk(client, "/purposes?limit=2")] == [False, True]


class TestLimit:
    def test_it_is_50_by_itself(self, client):
        assert client.get("/libraries").get_json() == {"items": [], "next": None, "total": 0, "limit": 50}

    @pytest.mark.parametrize("limit", [1, 200])
    def test_it_goes_from_1_to_200(self, client, limit):
        assert client.get(f"/libraries?limit={limit}").get_json()["limit"] == limit

    @pytest.mark.parametrize("limit", ["0", "201", "-1", "1e2", "ten", "", "1.0", "9" * 30, "%D9%A1", "+5"])
    def test_what_is_outside_names_the_maximum(self, client, limit):
        response = client.get(f"/libraries?limit={limit}")
        assert "200" in assert_problem(response, 422, "invalid", parameter="limit")["detail"]


class TestTotal:
    def test_it_counts_all_pages(self, client, make):
        for _number in range(3):
            make.purpose()
        assert [page["total"] for page in walk(client, "/purposes?limit=2")] == [3, 3]

    def test_it_counts_under_the_filters(self, client, make):
        make.library(kind="service")
        make.library(kind="framework")
        assert client.get("/libraries?kind=service").get_json()["total"] == 1

    def test_it_is_null_where_it_is_not_wanted(self, client, make):
        make.purpose()
        assert client.get("/purposes?total=false").get_json()["total"] is None

    @pytest.mark.parametrize("value", ["0", "no", "False", ""])
    def test_it_is_true_or_false(self, client, value):
        assert_problem(client.get(f"/purposes?total={value}"), 422, "invalid", parameter="total")


class TestQuery:
    @COLLECTIONS
    def test_an_unknown_parameter_is_refused_with_a_near_one(self, client, path):
        problem = assert_problem(client.get(f"/{path}?limt=5"), 422, "invalid", parameter="limt")
        assert "Did you mean limit?" in problem["detail"]

    def test_everything_that_is_wrong_is_told_at_once(self, client):
        problem = assert_problem(client.get("/libraries?limit=0&kind=x&colour=red&total=2"), 422, "invalid")
        assert {flaw["parameter"] for flaw in problem["errors"]} == {"limit", "kind", "colour", "total"}

    @pytest.mark.parametrize(
        "name", ["limit=1&limit=2", "q=a&q=b", "sort=name&sort=slug", "total=true&total=true"]
    )
    def test_what_may_stand_once_is_refused_twice(self, client, name):
        problem = assert_problem(client.get(f"/libraries?{name}"), 422, "invalid")
        assert [flaw["code"] for flaw in problem["errors"]] == ["given_twice"]

    @pytest.mark.parametrize("sort", ["summary", "name,nonsense", "--name", "id", "name;drop"])
    def test_a_sort_that_is_not_offered_is_refused(self, client, sort):
        problem = assert_problem(client.get(f"/libraries?sort={sort}"), 422, "invalid", parameter="sort")
        assert "updated_at" in problem["detail"]

    @COLLECTIONS
    @pytest.mark.parametrize("what", ["created", "updated"])
    def test_times_bound_a_list_on_both_sides(self, client, make, at, path, what):
        for day in (1, 2, 3):
            at(f"2026-01-0{day}T12:00:00Z")
            make.any(path, slug=f"d-{day}", **{label(path): f"Day {day}"})
        bounds = f"{what}_after=2026-01-01T12:00:00Z&{what}_before=2026-01-03T13:00:00%2B01:00"
        assert slugs(client.get(f"/{path}?{bounds}")) == ["d-2"]

    @pytest.mark.parametrize(
        "moment", ["2026-01-01", "now", "2026-01-01T12:00:00", "2026-13-01T00:00:00Z", ""]
    )
    def test_a_time_is_rfc_3339(self, client, moment):
        response = client.get(f"/libraries?updated_after={moment}")
        assert_problem(response, 422, "invalid", parameter="updated_after")
