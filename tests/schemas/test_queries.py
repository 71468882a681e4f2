import marshmallow as ma
import pytest

from app.schemas import queries
from app.schemas.queries import (
    CascadeSchema,
    Choices,
    Flag,
    LibraryQuerySchema,
    LibraryShapeSchema,
    ListQuerySchema,
    Number,
    Order,
    RecordListQuerySchema,
    TeamUseCaseQuerySchema,
    UseCaseQuerySchema,
    without,
)
from app.schemas.records import shape_of
from app.services.registry import COLLECTIONS

LISTS = {
    queries.OrganizationQuerySchema: "organization",
    queries.TeamQuerySchema: "team",
    queries.LibraryQuerySchema: "library",
    queries.PurposeQuerySchema: "purpose",
    queries.UseCaseQuerySchema: "use_case",
    queries.SourceQuerySchema: "source",
}
SHAPING = {"limit", "cursor", "total", "members", "expand", "sort", "format", "bom", "as_of"}


class TestNumber:
    @pytest.mark.parametrize(("given", "read"), [("1", 1), ("200", 200), ("007", 7)])
    def test_it_reads_digits(self, given, read):
        assert Number(1, 200).deserialize(given) == read

    @pytest.mark.parametrize(
        "given",
        ["0", "201", "-1", "--1", "1.0", "1e2", "", " 1", "\u00b2", "\u0661", "9" * 30, "9" * 5000, 1, True],
    )
    def test_it_refuses(self, given):
        with pytest.raises(ma.ValidationError, match="whole number from 1 to 200"):
            Number(1, 200).deserialize(given)


class TestFlag:
    @pytest.mark.parametrize(("given", "read"), [("true", True), ("false", False)])
    def test_it_reads_two_words(self, given, read):
        assert Flag().deserialize(given) is read

    @pytest.mark.parametrize("given", ["1", "0", "True", "yes", "", "null"])
    def test_it_refuses_others(self, given):
        with pytest.raises(ma.ValidationError, match="true or false"):
            Flag().deserialize(given)


class TestChoices:
    @pytest.mark.parametrize(
        ("given", "read"), [("a", ["a"]), ("b,a,b", ["b", "a"]), (",a,", ["a"]), ("", [])]
    )
    def test_it_reads_words_in_their_order(self, given, read):
        assert Choices("a", "b").deserialize(given) == read

    @pytest.mark.parametrize("given", ["c", "a,c", "A", "a;b", " a"])
    def test_it_lists_what_would_be_right(self, given):
        with pytest.raises(ma.ValidationError, match=r"some of: a, b\."):
            Choices("a", "b").deserialize(given)


class TestOrder:
    def test_it_can_be_turned_round(self):
        assert Order("name", "slug").deserialize("-name,slug") == ["-name", "slug"]

    def test_it_knows_its_columns(self):
        assert Order("name", "slug").columns == ("name", "slug")


class TestListQuery:
    def test_it_has_defaults(self):
        assert shape_of(ListQuerySchema).load({}) == {
            "limit": 50,
            "cursor": None,
            "total": True,
            "bom": False,
        }

    def test_a_list_of_records_has_more(self):
        loaded = shape_of(RecordListQuerySchema).load({})
        assert loaded.keys() - {"limit", "cursor", "total", "bom", "as_of"} == {
            "q",
            "created_after",
            "created_before",
            "updated_after",
            "updated_before",
        }

    @pytest.mark.parametrize("length", [200, 201])
    def test_a_question_has_at_most_200_letters(self, length):
        errors = shape_of(RecordListQuerySchema).validate({"q": "a" * length})
        assert bool(errors) is (length > 200)


class TestEveryList:
    @pytest.mark.parametrize("schema", LISTS)
    def test_there_is_a_filter_for_each_parameter_and_none_besides(self, schema):
        parameters = set(shape_of(schema).load_fields) - SHAPING
        assert parameters == set(COLLECTIONS[LISTS[schema]].filters)

    @pytest.mark.parametrize("schema", LISTS)
    def test_it_is_sorted_by_what_the_collection_can_sort_by(self, schema):
        assert shape_of(schema).fields["sort"].columns == tuple(COLLECTIONS[LISTS[schema]].sorts)

    @pytest.mark.parametrize("schema", LISTS)
    def test_it_expands_what_the_collection_can_expand(self, schema):
        expand = shape_of(schema).fields.get("expand")
        assert set(expand.allowed if expand else ()) == set(COLLECTIONS[LISTS[schema]].expands)

    @pytest.mark.parametrize("schema", LISTS)
    def test_it_selects_any_member_of_the_record(self, schema):
        record = COLLECTIONS[LISTS[schema]].schema
        assert set(shape_of(schema).fields["members"].allowed) == set(shape_of(record).fields)

    @pytest.mark.parametrize("schema", LISTS)
    def test_every_parameter_says_what_it_does(self, schema):
        fields = shape_of(schema).load_fields
        silent = [
            name for name, field in fields.items() if name != "sort" and "description" not in field.metadata
        ]
        assert silent == []


class TestShape:
    def test_it_reads_the_members_and_expansions(self):
        loaded = shape_of(LibraryShapeSchema).load({"fields": "name,kind", "expand": "maker"})
        assert loaded == {"members": ["name", "kind"], "expand": ["maker"], "as_of": None}

    def test_it_names_the_schema_after_the_record(self):
        assert LibraryShapeSchema.__name__ == "LibraryShapeSchema"


class TestWithout:
    def test_it_leaves_out_what_the_url_says(self):
        left_out = set(UseCaseQuerySchema().fields) - set(TeamUseCaseQuerySchema().fields)
        assert left_out == {"team"}

    def test_it_still_refuses_what_it_does_not_know(self):
        assert shape_of(without(LibraryQuerySchema, "kind")).validate({"kind": ["library"]})


class TestCascade:
    def test_it_is_off(self):
        assert shape_of(CascadeSchema).load({}) == {"cascade": False}
