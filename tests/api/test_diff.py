"""What differs between two states: record by record, member by member."""

import json

import pytest

from tests.client import assert_problem, walk


def version(client):
    return int(client.get("/libraries").headers["Atlas-Version"])


def diff(client, query):
    response = client.get(f"/diff?{query}")
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def told(document):
    return {(item["difference"], item["slug"]) for item in document["items"]}


@pytest.fixture
def past(client, make):
    """A version before one record was added, one changed, one removed, one renamed, and one came and went."""
    for name in ("Changed", "Removed", "Renamed", "Same"):
        make.library(name=name)
    before = version(client)
    make.library(name="Passing")
    client.delete("/libraries/passing")
    make.library(name="Added")
    client.patch("/libraries/changed", {"summary": "First."})
    client.patch("/libraries/changed", {"summary": "Second."})
    client.delete("/libraries/removed")
    client.patch("/libraries/renamed", {"slug": "new-name"})
    return before


class TestDiff:
    def test_each_record_that_differs_is_told_once(self, client, past):
        document = diff(client, f"from={past}")
        assert told(document) == {
            ("added", "added"),
            ("changed", "changed"),
            ("removed", "removed"),
            ("changed", "new-name"),
        }
        assert (document["from"], document["to"], document["total"]) == (past, version(client), 4)

    def test_members_are_told_from_the_first_state_to_the_last(self, client, past):
        changed = next(item for item in diff(client, f"from={past}")["items"] if item["slug"] == "changed")
        assert [(one["member"], one["before"], one["after"]) for one in changed["changed"]] == [
            ("summary", None, "Second.")
        ]
        assert changed["url"] == "http://localhost/api/v1/libraries/changed/history"

    def test_a_rename_is_told_as_one(self, client, past):
        renamed = next(item for item in diff(client, f"from={past}")["items"] if item["slug"] == "new-name")
        assert (renamed["difference"], renamed["old_slug"]) == ("changed", "renamed")

    def test_a_slug_that_came_again_is_another_record(self, client, make):
        make.library(name="One")
        before = version(client)
        client.delete("/libraries/one")
        make.library(name="One")
        assert told(diff(client, f"from={before}")) == {("removed", "one"), ("added", "one")}

    def test_nothing_differs_from_itself(self, client, past):
        assert diff(client, f"from={past}&to={past}")["items"] == []

    def test_states_may_be_told_by_time(self, client, at, make):
        at("2026-01-01T00:00:00Z")
        make.library(name="First")
        at("2026-02-01T00:00:00Z")
        make.library(name="Second")
        found = diff(client, "from=2026-01-15T00:00:00Z&to=2026-02-01T00:00:00Z")
        assert told(found) == {("added", "second")}

    def test_kinds_are_either_or(self, client, make):
        make.team()
        make.purpose()
        kinds = {item["kind"] for item in diff(client, "from=0&kind=team&kind=purpose")["items"]}
        assert kinds == {"team", "purpose"}

    def test_pages_are_of_the_same_two_states(self, client, past, make):
        first = diff(client, f"from={past}&limit=3")
        make.library(name="Later")
        [last] = walk(client, first["next"])
        assert [len(first["items"]), len(last["items"])] == [3, 1]
        assert (last["from"], last["to"]) == (first["from"], first["to"])

    def test_ndjson_gives_all(self, client, past):
        lines = client.get(f"/diff?from={past}&format=ndjson").data.splitlines()
        assert [json.loads(line) for line in lines] == diff(client, f"from={past}")["items"]

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("", "from"),
            ("from=999", "from"),
            ("from=0&to=999", "to"),
            ("from=1&to=0", "from"),
            ("from=x", "from"),
            ("from=0&to=2999-01-01T00:00:00Z", "to"),
        ],
    )
    def test_what_is_not_right_is_told(self, client, make, query, parameter):
        make.library()
        assert_problem(client.get(f"/diff?{query}"), 422, "invalid", parameter=parameter)

    def test_the_number_of_statements_is_fixed(self, seeded, statements):
        for limit in (2, 200):
            with statements() as seen:
                diff(seeded, f"from=0&limit={limit}")
            assert len(seen) == 9
