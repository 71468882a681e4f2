import json

import pytest

from app.errors import AtlasError
from app.formats import record_files
from app.formats.places import Place
from app.formats.record_files import read_records
from app.models import Kind
from app.services.registry import COLLECTIONS

CORE, NUMPY = {"slug": "core", "name": "CORE"}, {"slug": "numpy", "name": "NumPy", "kind": "library"}


def read(format_, data, kind=None):
    return read_records(
        format_, data if isinstance(data, bytes) else data.encode(), COLLECTIONS.values(), kind
    )


def refused(format_, data, kind=None):
    with pytest.raises(AtlasError) as caught:
        read(format_, data, kind)
    return caught.value


class TestCleanliness:
    @pytest.mark.parametrize("bad", ["\x7f", "\x85", "\\u0000", "\\ud800", "\\b"])
    def test_no_control_character_comes_in(self, bad):
        error = refused("json", f'{{"teams": [{{"slug": "core", "name": "a{bad}b"}}]}}')
        assert (error.status, error.flaws[0].pointer) == (422, "/teams/0/name")

    def test_letters_and_marks_that_make_one_letter_become_one(self):
        (found,) = read("json", '{"teams": [{"name": "Cafe\u0301"}]}')[Kind.TEAM]
        assert found[1] == {"name": "Caf\u00e9"}


class TestJson:
    def test_it_holds_a_list_for_each_kind(self):
        assert read("json", json.dumps({"teams": [CORE], "libraries": [NUMPY]})) == {
            Kind.TEAM: [(Place("/teams/0"), CORE)],
            Kind.LIBRARY: [(Place("/libraries/0"), NUMPY)],
        }

    @pytest.mark.parametrize(("document", "at"), [([CORE], ""), ({"items": [CORE], "next": None}, "/items")])
    def test_it_may_be_what_a_list_gives(self, document, at):
        assert read("json", json.dumps(document), Kind.TEAM) == {Kind.TEAM: [(Place(f"{at}/0"), CORE)]}

    @pytest.mark.parametrize(
        ("document", "kind", "pointer"),
        [
            ({"team": []}, None, "/team"),
            ({"teams": 5}, None, "/teams"),
            ({"teams": [CORE, 5]}, None, "/teams/1"),
            ({"use-cases": [{"evidence": [{"note": "a\x00"}]}]}, None, "/use-cases/0/evidence/0/note"),
            ({"teams": [{"a/b": "\ud800"}]}, None, "/teams/0/a~1b"),
            ({"teams": [{"a": {"\ud800": 1}}]}, None, "/teams/0/a"),
            ({"\ud800": []}, None, "/?"),
            (5, Kind.TEAM, ""),
        ],
    )
    def test_what_is_wrong_has_its_pointer(self, document, kind, pointer):
        error = refused("json", json.dumps(document), kind)
        assert (error.status, error.flaws[0].pointer) == (422, pointer)

    def test_it_must_be_an_object_when_the_kind_is_not_said(self):
        assert refused("json", "[]").status == 422

    def test_texts_come_in_nfc(self):
        assert read("json", '{"teams": [{"name": "e\u0301"}]}')[Kind.TEAM][0][1] == {"name": "\xe9"}


class TestNdjson:
    def test_each_line_names_its_kind(self):
        lines = [{"kind": "library", "record": NUMPY}, {"kind": "team", "record": CORE}]
        text = "\n\n".join(json.dumps(line) for line in lines) + "\r\n"
        assert read("ndjson", text) == {
            Kind.LIBRARY: [(Place("/0", 1), NUMPY)],
            Kind.TEAM: [(Place("/1", 3), CORE)],
        }

    def test_lines_are_records_when_the_kind_is_said(self):
        assert read("ndjson", json.dumps(CORE), Kind.TEAM) == {Kind.TEAM: [(Place("/0", 1), CORE)]}

    @pytest.mark.parametrize(
        "line", ["5", '{"kind": "team"}', '{"kind": "x", "record": {}}', '{"kind": [], "record": {}}']
    )
    def test_what_is_no_record_is_told_with_its_line(self, line):
        error = refused("ndjson", f'{{"kind": "team", "record": {{}}}}\n{line}\n')
        assert (error.status, error.flaws[0].detail[:7]) == (422, "Line 2:")

    def test_a_line_that_is_no_json_is_told(self):
        error = refused("ndjson", "{}\n{\n", Kind.TEAM)
        assert (error.status, error.code, error.detail[:7]) == (400, "bad_json", "Line 2:")


class TestYaml:
    def test_records_have_their_lines(self):
        assert read("yaml", "teams:\n- slug: core\n  name: CORE\n- {slug: b}\n") == {
            Kind.TEAM: [(Place("/teams/0", 2), CORE), (Place("/teams/1", 4), {"slug": "b"})]
        }

    def test_it_may_be_what_a_list_gives(self):
        assert read("yaml", "- slug: core\n", Kind.TEAM) == {Kind.TEAM: [(Place("/0", 1), {"slug": "core"})]}

    @pytest.mark.parametrize("text", ["", "teams: []\n---\nteams: []\n"])
    def test_it_must_be_one_document(self, text):
        assert refused("yaml", text).detail == "The file must be one YAML document."

    def test_control_characters_are_refused_also_when_they_are_escaped(self):
        error = refused("yaml", 'teams:\n- slug: core\n- name: "\\0"\n')
        assert (error.flaws[0].pointer, error.flaws[0].detail[:7]) == ("/teams/1/name", "Line 3:")


class TestCsv:
    def test_it_holds_records_of_the_kind_that_is_said(self):
        assert read("csv", "slug,name\ncore,CORE\n", Kind.TEAM) == {Kind.TEAM: [(Place("/0", 2), CORE)]}

    def test_the_kind_has_to_be_said(self):
        assert refused("csv", "slug\n").flaws[0].parameter == "kind"


class TestLimits:
    @pytest.mark.parametrize("format_", ["json", "ndjson", "yaml", "csv"])
    def test_a_file_that_is_too_large_is_not_read(self, format_, monkeypatch):
        monkeypatch.setattr(record_files, "LARGEST_FILE_BYTES", 10)
        assert refused(format_, b" " * 11).detail == "A file has at most 10 bytes. Send it in parts."
