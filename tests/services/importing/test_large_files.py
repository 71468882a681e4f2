import io
import json

import pytest

from app.errors import AtlasError
from app.models import Kind
from app.services.importing import large_files
from app.services.importing.large_files import digest_of, open_source, parts_of

LIBRARIES = [
    ("flask-restful", "flask-restplus"),
    ("numpy", None),
    ("flask-restplus", "flask-restx"),
    ("flask-restx", None),
]


def ndjson(*records):
    lines = [json.dumps({"kind": kind, "record": record}) for kind, record in records]
    return io.BytesIO("\n".join(lines).encode())


def library(slug, successor=None):
    return "library", {"slug": slug, "name": slug, "replaced_by": successor}


def slugs(source, **options):
    return [[item.data.get("slug") for item in part] for part in parts_of(source, **options)]


class TestParts:
    def test_what_is_pointed_at_comes_first(self):
        file = ndjson(("use_case", {"slug": "u"}), ("team", {"slug": "t"}), ("organization", {"slug": "o"}))
        assert slugs(open_source(file, "ndjson", None)) == [["o", "t", "u"]]

    def test_they_hold_so_many_records(self):
        file = ndjson(*(library(f"l-{n}") for n in range(5)))
        assert slugs(open_source(file, "ndjson", None), most=2) == [["l-0", "l-1"], ["l-2", "l-3"], ["l-4"]]

    def test_they_hold_so_many_bytes(self, monkeypatch):
        monkeypatch.setattr(large_files, "MOST_PART_BYTES", 100)
        file = ndjson(*(library(f"l-{n}") for n in range(3)))
        assert slugs(open_source(file, "ndjson", None)) == [["l-0"], ["l-1"], ["l-2"]]

    def test_a_successor_stands_in_the_part_before_or_the_same(self):
        file = ndjson(*(library(*pair) for pair in LIBRARIES))
        source = open_source(file, "ndjson", None)
        assert slugs(source, most=2) == [["flask-restx", "flask-restplus"], ["flask-restful", "numpy"]]

    def test_a_successor_is_known_by_its_name_or_as_an_object_too(self):
        new, old = {"name": "Flask RESTX"}, {"slug": "a", "name": "a", "replaced_by": {"slug": "flask-restx"}}
        file = ndjson(("library", old), ("library", {}), ("library", new))
        assert slugs(open_source(file, "ndjson", None), most=1) == [[None], ["a"], [None]]

    def test_the_first_ones_may_be_skipped(self):
        file = ndjson(*(library(f"l-{n}") for n in range(5)))
        assert slugs(open_source(file, "ndjson", None), skip=3, most=2) == [["l-3", "l-4"]]

    def test_an_empty_file_has_none(self):
        assert slugs(open_source(io.BytesIO(), "ndjson", None)) == []


class TestPlaces:
    def test_items_know_their_lines_and_numbers(self):
        text = '\n{"slug": "a", "name": "a"}\n\n{"slug": "b", "name": "b"}'
        source = open_source(io.BytesIO(text.encode()), "ndjson", Kind.PURPOSE)
        items = [item for part in parts_of(source, most=1) for item in part]
        assert [(item.pointer, item.line) for item in items] == [("/0", 2), ("/1", 4)]

    def test_rows_of_a_table_may_have_several_lines(self):
        text = 'slug,name,description\r\na,A,"one\r\ntwo ""x"""\r\n\r\nb,B,\r\n'
        source = open_source(io.BytesIO(text.encode()), "csv", Kind.PURPOSE)
        items = [item for part in parts_of(source, most=1) for item in part]
        assert [(item.data["slug"], item.pointer, item.line) for item in items] == [
            ("a", "/0", 2),
            ("b", "/1", 5),
        ]
        assert items[0].data["description"] == 'one\ntwo "x"'

    def test_a_whole_document_has_its_own_places(self):
        file = io.BytesIO(b'{"libraries": [{"name": "a"}], "teams": [{"name": "b"}]}')
        items = [item for part in parts_of(open_source(file, "json", None)) for item in part]
        assert [item.pointer for item in items] == ["/teams/0", "/libraries/0"]


class TestMistakes:
    @pytest.mark.parametrize(
        ("format_", "text", "told"),
        [
            ("ndjson", '{"kind": "team", "record": {}}\nx\n', "Line 2 is not JSON."),
            ("ndjson", '\n{"kind": "tea"}\n', "Line 2 must be"),
            ("ndjson", "[]", "Line 1 must be"),
            ("csv", "name\r\nx\r\n", "A CSV file holds records of one kind"),
            ("json", "[]", "The file must be an object"),
        ],
    )
    def test_they_are_told_before_anything_is_read(self, format_, text, told):
        with pytest.raises(AtlasError, match=told):
            open_source(io.BytesIO(text.encode()), format_, None)

    def test_a_quote_that_is_never_closed_ends_the_look(self, monkeypatch):
        monkeypatch.setattr(large_files, "MOST_PART_BYTES", 20)
        file = io.BytesIO(b'name\r\n"a\r\n' + b"b\r\n" * 20)
        with pytest.raises(AtlasError, match="Line 2: A quote is never closed"):
            open_source(file, "csv", Kind.PURPOSE)

    def test_what_a_part_holds_is_told_with_its_line(self):
        text = '{"slug": "a"}\n{"slug": "b", "slug": "b"}\n'
        source = open_source(io.BytesIO(text.encode()), "ndjson", Kind.PURPOSE)
        with pytest.raises(AtlasError, match="In the part that begins on line 2"):
            list(parts_of(source, most=1))

    def test_a_quote_at_the_end_of_a_table_is_told(self):
        source = open_source(io.BytesIO(b'name\r\n"a\r\n'), "csv", Kind.PURPOSE)
        with pytest.raises(AtlasError, match="never closed"):
            list(parts_of(source))


class TestLimits:
    def test_a_document_that_is_read_as_a_whole_has_at_most_16_mib(self):
        with pytest.raises(AtlasError, match="16,777,216 bytes"):
            open_source(io.BytesIO(b" " * (16 * 1024 * 1024 + 1)), "json", None)


class TestDigest:
    def test_it_is_of_the_file_and_of_how_it_is_read(self):
        ways = [("ndjson", None), ("ndjson", Kind.TEAM), ("csv", Kind.TEAM)]
        digests = [digest_of(io.BytesIO(text), *way) for text in (b"a", b"b") for way in ways]
        assert len(set(digests)) == 6
        assert digest_of(io.BytesIO(b"a"), "ndjson", None) == digests[0]
