"""The history of records: who changed what and when, through renames and deletion."""

import pytest

from tests.client import assert_problem, walk
from tests.factories import MAKERS

COLLECTIONS = pytest.mark.parametrize("path", MAKERS)


def history(client, path):
    response = client.get(f"{path}/history")
    assert response.status_code == 200, response.get_json()
    return response.get_json()["items"]


def changed(entry):
    return {one["member"]: (one["before"], one["after"]) for one in entry["changed"]}


class TestHistory:
    @COLLECTIONS
    def test_it_tells_each_change_newest_first(self, client, make, path):
        record = make.any(path)
        label = "title" if "title" in record else "name"
        client.patch(f"/{path}/{record['slug']}", {label: "Another"})
        update, create = history(client, f"/{path}/{record['slug']}")
        assert (create["action"], create["revision"], create["actor"]) == ("create", 1, "tester")
        assert (update["action"], update["revision"], update["kind"]) == ("update", 2, MAKERS[path])
        assert changed(update) == {label: (record[label], "Another")}
        assert update["seq"] > create["seq"]

    def test_a_creation_tells_what_was_given(self, client):
        client.post("/libraries", {"name": "NumPy", "topics": ["science"]})
        [entry] = history(client, "/libraries/numpy")
        assert changed(entry) == {
            "slug": (None, "numpy"),
            "name": (None, "NumPy"),
            "kind": (None, "library"),
            "origin": (None, "open_source"),
            "topics": (None, ["science"]),
            "lifecycle": (None, "unknown"),
        }

    def test_items_of_lists_are_told_apart(self, client):
        client.post("/libraries", {"name": "NumPy", "topics": ["a", "b"]})
        client.patch("/libraries/numpy", {"topics": ["b", "c"]})
        [one] = history(client, "/libraries/numpy")[0]["changed"]
        assert (one["added"], one["removed"]) == (["c"], ["a"])

    def test_it_goes_through_renames(self, client, make):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        assert [entry["slug"] for entry in history(client, "/libraries/new")] == ["new", "old"]
        response = client.get("/libraries/old/history")
        assert_problem(response, 308, "renamed")
        assert response.headers["Location"].endswith("/libraries/new/history")

    def test_it_outlives_the_record(self, client, make):
        make.library(name="Old", topics=["a"])
        client.delete("/libraries/old")
        deletion = history(client, "/libraries/old")[0]
        assert deletion["action"] == "delete"
        assert changed(deletion)["topics"] == (["a"], None)

    def test_both_records_of_a_slug_are_told(self, client, make):
        """The id comes again on SQLite: what came in between with the same id is not told."""
        for name in ("One", "Between", "One"):
            make.library(name=name)
            client.delete(f"/libraries/{name.lower()}")
        make.library(name="One")
        actions = [entry["action"] for entry in history(client, "/libraries/one")]
        assert actions == ["create", "delete", "create", "delete", "create"]

    def test_an_earlier_record_of_the_slug_keeps_its_other_slugs(self, client, make):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        client.delete("/libraries/new")
        make.library(name="New")
        slugs = [entry["slug"] for entry in history(client, "/libraries/new")]
        assert slugs == ["new", "new", "new", "old"]
        assert [entry["slug"] for entry in history(client, "/libraries/old")] == ["new", "new", "old"]

    def test_pages_hold_each_change_once(self, client, make):
        make.library(name="One")
        for number in range(6):
            client.patch("/libraries/one", {"summary": f"Number {number}"})
        pages = walk(client, "/libraries/one/history?limit=3")
        assert [item["revision"] for page in pages for item in page["items"]] == [7, 6, 5, 4, 3, 2, 1]
        assert pages[0]["total"] == 7

    @pytest.mark.parametrize("format_", ["ndjson", "yaml", "csv"])
    def test_it_can_be_had_in_every_format(self, client, make, format_):
        make.library(name="One")
        client.patch("/libraries/one", {"topics": ["a"]})
        response = client.get(f"/libraries/one/history?format={format_}")
        assert response.status_code == 200
        assert "topics" in response.get_data(as_text=True)

    @pytest.mark.parametrize("slug", ["nobody", "No-Slug", "x" * 200, "a%00b"])
    def test_what_never_was_has_none(self, client, slug):
        assert_problem(client.get(f"/libraries/{slug}/history"), 404, "not_found")


class TestRevision:
    @COLLECTIONS
    def test_it_is_what_put_takes_back(self, client, make, path):
        record = make.any(path)
        label = "title" if "title" in record else "name"
        changed = client.patch(f"/{path}/{record['slug']}", {label: "Another"}).get_json()
        newest, oldest = history(client, f"/{path}/{record['slug']}")
        assert client.get(newest["url"]).get_json()["revision"] == 2
        before = client.get(oldest["url"])
        assert before.get_json()["created_at"] == record["created_at"]
        assert before.headers["ETag"]
        restored = client.put(f"/{path}/{record['slug']}", before.get_json()).get_json()
        stamps = {name: restored[name] for name in ("revision", "updated_at", "fresh_at") if name in restored}
        assert restored == {**record, **stamps}
        assert restored["revision"] == 3
        assert restored != changed

    def test_behind_a_deletion_there_is_nothing(self, client, make):
        make.library(name="Old")
        client.delete("/libraries/old")
        document = assert_problem(client.get(history(client, "/libraries/old")[0]["url"]), 410, "gone")
        assert document["history"] == "http://localhost/api/v1/libraries/old/history"

    @pytest.mark.parametrize("seq", ["0", "1", "999", "9" * 30, "x", "-1", "%00"])
    def test_a_change_of_another_record_is_not_found(self, client, make, seq):
        make.team()
        make.library(name="One")
        assert_problem(client.get(f"/libraries/one/history/{seq}"), 404, "not_found")


class TestGone:
    @COLLECTIONS
    def test_a_record_that_was_is_gone(self, client, make, path):
        slug = make.any(path)["slug"]
        client.delete(f"/{path}/{slug}")
        response = client.get(f"/{path}/{slug}")
        document = assert_problem(response, 410, "gone")
        place = f"http://localhost/api/v1/{path}/{slug}/history"
        assert document["history"] == place
        assert response.headers["Link"] == f'<{place}>; rel="version-history"'

    def test_an_old_slug_of_it_is_gone_too(self, client, make):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        client.delete("/libraries/new")
        assert_problem(client.get("/libraries/old"), 410, "gone")

    def test_it_may_come_again(self, client, make):
        make.library(name="Old")
        client.delete("/libraries/old")
        make.library(name="Old")
        assert client.get("/libraries/old").status_code == 200

    def test_before_it_was_it_is_not_gone(self, client, make):
        before = make.library(name="Other") and client.get("/libraries").headers["Atlas-Version"]
        make.library(name="Old")
        client.delete("/libraries/old")
        now = client.get("/libraries").headers["Atlas-Version"]
        assert_problem(client.get(f"/libraries/old?as_of={before}"), 404, "not_found")
        assert_problem(client.get(f"/libraries/old?as_of={now}"), 410, "gone")
