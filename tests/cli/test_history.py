import csv
import io
import json

import pytest


@pytest.fixture
def record(make, client):
    """A record that was made, changed and renamed."""
    make.library(name="Old", summary="x\x1b".strip("\x1b"), topics=["arrays"])
    client.patch("/libraries/old", {"summary": "y", "topics": ["numbers"]})
    client.patch("/libraries/old", {"slug": "new"})


class TestShow:
    def test_it_tells_each_member(self, run, record):
        result = run("history", "show", "library/new")
        lines = result.stdout.splitlines()
        assert (result.exit_code, lines[0].split()[0], lines[0].split()[2:]) == (
            0,
            "3",
            ["tester", "update", "new"],
        )
        assert lines[1] == '    slug: "old" -> "new"'
        assert lines[3:5] == ['    summary: "x" -> "y"', '    topics: +"numbers" -"arrays"']

    @pytest.mark.parametrize("name", ["library/new", "libraries/new", "library/old"])
    def test_a_record_goes_by_its_kind_or_collection_and_each_of_its_slugs(self, run, record, name):
        found = json.loads(run("history", "show", name, "--json").stdout)
        assert [item["seq"] for item in found] == [3, 2, 1]

    def test_a_limit_keeps_the_newest(self, run, record):
        (item,) = json.loads(run("history", "show", "library/new", "--limit", "1", "--json").stdout)
        assert item["seq"] == 3

    def test_what_is_gone_is_told_too(self, run, make, client):
        slug = make.use_case()["slug"]
        client.delete(f"/use-cases/{slug}")
        assert "delete" in run("history", "show", f"use-case/{slug}").stdout.splitlines()[0]

    def test_csv_has_a_row_a_member(self, run, record):
        rows = list(csv.DictReader(io.StringIO(run("history", "show", "library/new", "--csv").stdout)))
        kept = [(row["seq"], row["field"], row["old"], row["new"]) for row in rows[:2]]
        assert kept == [("3", "slug", '"old"', '"new"'), ("2", "summary", '"x"', '"y"')]

    def test_a_change_of_nothing_that_is_told_has_a_row(self, of_server, server):
        names = ("seq", "at", "actor", "request_id", "slug", "revision")
        item = dict.fromkeys(names, "x") | {"action": "update", "changed": []}
        server.give("/teams/x/history", {"items": [item], "next": None})
        assert len(of_server("history", "show", "team/x", "--csv").stdout.splitlines()) == 2

    @pytest.mark.parametrize("name", ["numpy", "planet/x", "library/", "/x"])
    def test_what_is_no_record_is_told(self, away, name):
        result = away("history", "show", name)
        assert result.exit_code == 2
        assert "Must be a kind and a slug, such as library/numpy." in result.stderr

    def test_what_never_was_is_not_found(self, run):
        assert run("history", "show", "team/nobody").exit_code == 1

    @pytest.mark.parametrize("item", [1, {}, {"changed": 1}])
    def test_what_no_atlas_says_is_trouble(self, of_server, server, item):
        server.give("/teams/x/history", {"items": [item], "next": None})
        assert of_server("history", "show", "team/x").exit_code == 3


class TestPrune:
    def test_it_is_done_on_the_host_alone(self, of_server):
        assert of_server("history", "prune", "--before", "1").exit_code == 2
