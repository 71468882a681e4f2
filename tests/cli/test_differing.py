import csv
import io
import json

import pytest

from app.cli.differing import Change, Difference, differences
from app.services.registry import COLLECTIONS

TEAM = {"slug": "core", "name": "Core", "organization": "acme"}


def without(document, *members):
    return {name: value for name, value in document.items() if name not in members}


@pytest.fixture
def file(tmp_path):
    """Makes an export: `file("a.json", document)`."""

    def make(name, document):
        text = document if isinstance(document, str) else json.dumps(document)
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return make


@pytest.fixture
def export(ask, seeded):
    """What the seeded atlas holds, as an export of JSON has it."""
    paths = [collection.path for collection in COLLECTIONS.values()]
    return {path: seeded.get(f"/{path}?limit=200").get_json()["items"] for path in paths}


class TestDifferences:
    def test_it_tells_what_was_added_removed_and_changed(self):
        old = {("teams", "a"): {"name": "A"}, ("teams", "b"): {"name": "B", "area": None}}
        new = {("libraries", "c"): {"name": "C"}, ("teams", "b"): {"name": "B", "area": "X"}}
        assert list(differences(old, new)) == [
            Difference(Change.ADDED, "libraries", "c", {}),
            Difference(Change.REMOVED, "teams", "a", {}),
            Difference(Change.CHANGED, "teams", "b", {"area": (None, "X")}),
        ]


class TestAtlases:
    def test_an_export_says_the_same_as_its_atlas(self, ask, export, file):
        result = ask("diff", file("a.json", export))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "They say the same.\n")

    def test_lines_say_the_same_as_a_document(self, ask, export, file):
        kinds = {collection.path: kind for kind, collection in COLLECTIONS.items()}
        records = [(kinds[path], record) for path, items in export.items() for record in items]
        lines = [json.dumps({"kind": kind, "record": record}) for kind, record in records]
        assert ask("diff", file("a.json", export), file("a.ndjson", "\n\n".join(lines))).exit_code == 0

    def test_it_shows_each_member_that_changed(self, ask, export, file):
        (flask,) = [item for item in export["libraries"] if item["slug"] == "flask"]
        flask["license"], flask["topics"] = "MIT", ["z", "a"]
        export["purposes"] = export["purposes"][1:]
        export["teams"].append({"slug": "new", "name": "New", "organization": "netflix"})
        result = ask("diff", "atlas", file("a.json", export))
        lines = result.stdout.splitlines()
        assert result.exit_code == 1
        assert lines[:2] == ["~ libraries/flask", '    license: "BSD-3-Clause" -> "MIT"']
        assert [lines[2][:12], *lines[3:]] == ["    topics: ", "- purposes/alert-analysis", "+ teams/new"]
        assert result.stderr == "1 added, 1 removed, 1 changed\n"

    def test_a_second_atlas_is_never_sent_the_token(self, of_server, server):
        for collection in COLLECTIONS.values():
            server.give(f"/{collection.path}", {"items": [], "next": None}, Atlas_Version="1")
        assert of_server("diff", "atlas", server.origin, "--token", "ta_x").exit_code == 0
        sent = [headers["Authorization"] for _method, _path, headers, _body in server.requests]
        assert sent == ["Bearer ta_x"] * 6 + [None] * 6


class TestForms:
    @pytest.fixture
    def files(self, file):
        """An old and a new export that differ in three ways."""
        gone, changed = {**TEAM, "slug": "gone"}, {**TEAM, "area": "=Tools"}
        added = {**TEAM, "slug": "added"}
        return file("old.json", {"teams": [TEAM, gone]}), file("new.json", {"teams": [changed, added]})

    def test_json(self, away, files):
        result = away("diff", *files, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout) == {
            "added": [{"collection": "teams", "slug": "added"}],
            "removed": [{"collection": "teams", "slug": "gone"}],
            "changed": [
                {"collection": "teams", "slug": "core", "fields": {"area": {"old": None, "new": "=Tools"}}}
            ],
        }

    def test_csv(self, away, files):
        rows = list(csv.reader(io.StringIO(away("diff", *files, "--csv").stdout)))
        assert rows == [
            ["change", "collection", "slug", "field", "old", "new"],
            ["added", "teams", "added", "", "", ""],
            ["changed", "teams", "core", "area", "null", '"=Tools"'],
            ["removed", "teams", "gone", "", "", ""],
        ]

    def test_colour_on_a_terminal(self, away, files, monkeypatch):
        monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
        lines = away("diff", *files, color=True).stdout.splitlines()
        assert [line[:5] for line in lines] == ["\x1b[32m", "\x1b[33m", "    a", "\x1b[31m"]


class TestReading:
    def test_spelling_makes_no_difference(self, away, file):
        long = {**TEAM, "organization": {"slug": "acme", "name": "Acme"}, "area": None, "revision": 9}
        long |= {"created_at": "2020-01-01T00:00:00Z", "updated_at": "x", "aliases": []}
        assert (
            away("diff", file("a.json", {"teams": [TEAM]}), file("b.json", {"teams": [long]})).exit_code == 0
        )

    def test_standard_input_is_a_file_too(self, away, file):
        given = json.dumps({"teams": [TEAM]})
        assert away("diff", file("a.json", {"teams": [TEAM]}), "-", input=given).exit_code == 0

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "1", "[" * 100_000, '{"teams": 1}', '{"teams": [1]}', '{"planets": [{}]}', '"x"'],
    )
    @pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
    def test_what_is_no_export_is_told(self, away, file, name, text):
        result = away("diff", file(name, text), file("b.json", {"teams": [TEAM]}))
        if (name, text) == ("a.ndjson", ""):
            assert result.exit_code == 1
            return
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is no export of an atlas in JSON or NDJSON." in result.stderr

    @pytest.mark.parametrize("record", [{**TEAM, "name": 1}, {**TEAM, "unknown": 1}, without(TEAM, "name")])
    def test_a_record_that_is_not_right_is_named(self, away, file, record):
        result = away("diff", file("a.json", {"teams": [record]}), file("b.json", {}))
        assert result.exit_code == 2
        assert "a.json: teams/core: " in result.stderr

    def test_a_file_that_is_not_there_is_told(self, away, tmp_path):
        result = away("diff", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
        assert result.exit_code == 2
        assert "a.json cannot be read: No such file or directory." in result.stderr

    def test_an_atlas_that_changes_all_the_time_is_left(self, of_server, server):
        for number, collection in enumerate(COLLECTIONS.values()):
            server.give(f"/{collection.path}", {"items": []}, Atlas_Version=str(number))
        result = of_server("diff", "atlas", "atlas")
        assert (result.exit_code, len(server.requests)) == (3, 18)
        assert "changes while it is read" in result.stderr

    @pytest.mark.parametrize("item", [1, {}, {"slug": "x"}])
    def test_records_that_no_atlas_holds_are_trouble(self, of_server, server, item):
        for collection in COLLECTIONS.values():
            server.give(f"/{collection.path}", {"items": [item]})
        assert of_server("diff", "atlas", "atlas").exit_code == 3


class TestStates:
    @pytest.fixture
    def past(self, make, client):
        """An atlas in which a record was made, one changed, one deleted."""
        make.library(name="Kept")
        make.library(name="Gone")
        client.patch("/libraries/kept", {"summary": "Text."})
        client.delete("/libraries/gone")
        make.library(name="New")

    def test_it_tells_what_changed_since(self, run, past):
        result = run("diff", "--from", "2")
        assert result.stdout.splitlines() == [
            "~ libraries/kept",
            '    summary: null -> "Text."',
            "- libraries/gone",
            "+ libraries/new",
        ]
        assert (result.exit_code, result.stderr) == (1, "1 added, 1 removed, 1 changed\n")

    def test_it_tells_what_changed_in_between(self, run, past):
        document = json.loads(run("diff", "--from", "2", "--to", "3", "--json").stdout)
        fields = {"summary": {"old": None, "new": "Text."}}
        assert document == {
            "added": [],
            "removed": [],
            "changed": [{"collection": "libraries", "slug": "kept", "fields": fields}],
        }

    def test_the_same_state_says_the_same(self, run, past):
        result = run("diff", "--from", "5", "--to", "5")
        assert (result.exit_code, result.stderr) == (0, "They say the same.\n")

    def test_what_is_still_to_come_is_refused(self, run, past):
        assert run("diff", "--from", "9").exit_code == 1

    @pytest.mark.parametrize("words", [[], ["--to", "1"], ["a.json", "--from", "1"], ["a.json", "--to", "1"]])
    def test_it_needs_one_or_the_other(self, away, words):
        assert away("diff", *words).exit_code == 2

    @pytest.mark.parametrize("item", [1, {}, {"difference": "x", "changed": []}])
    def test_what_no_atlas_says_is_trouble(self, of_server, server, item):
        server.give("/diff", {"items": [item], "next": None, "from": 1, "to": 2})
        assert of_server("diff", "--from", "1").exit_code == 3
