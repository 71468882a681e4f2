import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import AtlasError, Invalid
from app.formats.csv_columns import columns_of
from app.formats.csv_reading import read_csv
from app.formats.places import Place
from app.formats.writing import write_csv
from app.schemas.records import LibrarySchema, SourceSchema, TeamSchema, UseCaseSchema
from tests.formats.hostile import attempt, records


def written(schema, documents, **options):
    return b"".join(write_csv(documents, columns_of(schema, is_flat=True), **options))


def read(text, schema=TeamSchema):
    return [record for _place, record in read_csv(text.encode(), schema)]


def refused(data, schema=TeamSchema):
    with pytest.raises(Invalid) as caught:
        read_csv(data if isinstance(data, bytes) else data.encode(), schema)
    return caught.value.flaws[0].detail


class TestRoundTrips:
    @pytest.mark.parametrize("schema", [TeamSchema, LibrarySchema, SourceSchema, UseCaseSchema])
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
    @given(data=st.data())
    def test_what_is_written_is_read_back(self, schema, data):
        given_ = data.draw(st.lists(records(schema), max_size=3))
        assert [record for _place, record in read_csv(written(schema, given_), schema)] == given_

    def test_a_byte_order_mark_changes_nothing(self):
        team = {"slug": "core", "name": "Ünï"}
        data = b"".join(write_csv([team], columns_of(TeamSchema, ["name"], is_flat=True), has_mark=True))
        assert data == b"\xef\xbb\xbfslug,name\r\ncore,\xc3\x9cn\xc3\xaf\r\n"
        assert [record for _place, record in read_csv(data, TeamSchema)] == [team]


class TestReadCsv:
    def test_each_record_has_its_place_and_line(self):
        text = 'slug,description\na,"two\nlines"\n\nb,\n'
        assert read_csv(text.encode(), TeamSchema) == [
            (Place("/0", 2), {"slug": "a", "description": "two\nlines"}),
            (Place("/1", 5), {"slug": "b", "description": None}),
        ]

    def test_it_takes_line_ends_of_windows(self):
        assert read('slug,description\r\na,"two\r\nlines"\r\n') == [
            {"slug": "a", "description": "two\nlines"}
        ]

    def test_columns_may_stand_in_any_order(self):
        assert read("name,slug\nA,a\n") == [{"slug": "a", "name": "A"}]

    def test_what_is_only_shown_is_passed_over(self):
        header = "slug,organization,organization.name,organization.homepage_url,revision,created_at"
        assert read(f"{header}\na,b,B,x,7,now\n") == [{"slug": "a", "organization": "b"}]

    def test_what_is_only_shown_within_lists_is_passed_over(self):
        text = "slug,usages.library,usages.library.kind,evidence.id,evidence.source\na,numpy,library,7,how\n"
        assert read(text, UseCaseSchema) == [
            {"slug": "a", "usages": [{"library": "numpy"}], "evidence": [{"source": "how"}]}
        ]

    def test_an_empty_cell_leaves_a_default_where_null_cannot_be(self):
        assert read("slug,kind,purl,topics\na,,,\n", LibrarySchema) == [
            {"slug": "a", "purl": None, "topics": []}
        ]

    def test_empty_members_of_a_list_are_passed_over(self):
        assert read("slug,topics\na,web||http|\n", LibrarySchema) == [
            {"slug": "a", "topics": ["web", "http"]}
        ]

    def test_lists_of_objects_may_be_empty(self):
        assert read("slug,usages.library,usages.role\na,,\n", UseCaseSchema) == [{"slug": "a", "usages": []}]

    def test_an_empty_cell_stands_for_as_many_as_the_others_have(self):
        text = "slug,usages.library,usages.role,usages.version_range\na,x|y,,|>=2\n"
        assert read(text, UseCaseSchema)[0]["usages"] == [
            {"library": "x", "version_range": None},
            {"library": "y", "version_range": ">=2"},
        ]

    def test_what_is_no_number_is_left_for_the_shape_to_refuse(self):
        record = read("slug,evidence.source,evidence.line\na,how,three\n", UseCaseSchema)[0]
        assert record["evidence"] == [{"source": "how", "line": "three"}]

    def test_only_a_header_is_no_record(self):
        assert read("slug,name\n") == []


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("slug,name\na\n", "Line 2: 1 cells stand here, 2 in the header."),
            ("slug,name\na,b\nc,d,e\n", "Line 3: 3 cells stand here, 2 in the header."),
            ("slug;name\na;b\n", "Line 1: Separate cells by commas, not semicolons."),
            ("slug\tname\na\tb\n", "Line 1: Separate cells by commas, not tabs."),
            ("slug,nam\n", "Line 1: There is no column 2. Did you mean name?"),
            ("slug,slug\n", "Line 1: A column is named twice."),
            ("", "Line 1: The first line must name the columns, at most 200."),
            ("," * 1_000_000, "Line 1: The first line must name the columns, at most 200."),
            ("slug\na\x00\n", "Line 2: Text holds no control characters but tabs and line feeds,"),
            ("slug\na\rb\n", "Line 2: Text holds no control characters but tabs and line feeds,"),
            ('slug,name\na,b"c\n', "Line 2: A quote stands within a cell"),
            ('slug,name\na,"b\nc"d\n', "Line 2: A quote stands within a cell"),
            ('slug,name\na,"b\n', "Line 2: A quote stands within a cell"),
            (f"slug,name\na,{'b' * 131_073}\n", "Line 2: A cell is longer than 131,072 characters."),
        ],
    )
    def test_each_is_told_with_its_line(self, text, told):
        assert refused(text).startswith(told)

    def test_columns_of_a_list_have_as_many_members(self):
        text = "slug,usages.library,usages.role\na,x|y,uses\n"
        assert "usages.library has 2, usages.role has 1" in refused(text, UseCaseSchema)

    def test_every_bad_line_is_told_up_to_a_hundred(self):
        with pytest.raises(Invalid) as caught:
            read_csv(b"slug,name\n" + b"a\n" * 1_000, TeamSchema)
        assert len(caught.value.flaws) == 100

    def test_other_encodings_are_refused(self):
        with pytest.raises(AtlasError) as caught:
            read_csv("slug,name\na,Ü".encode("latin-1"), TeamSchema)
        assert (caught.value.code, caught.value.detail) == ("bad_text", "Line 2 is not UTF-8.")

    @given(st.binary(max_size=60) | st.text("\",\n\r;|\\'=sluga", max_size=40).map(str.encode))
    def test_whatever_comes_is_read_or_refused(self, data):
        outcome = attempt(lambda: read_csv(b"slug,name\n" + data, TeamSchema))
        assert isinstance(outcome, list) or outcome.status in {400, 422}
