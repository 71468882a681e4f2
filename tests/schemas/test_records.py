import marshmallow as ma
import pytest

from app.models import (
    Check,
    EvidenceKind,
    LibraryKind,
    Lifecycle,
    Origin,
    Role,
    SourceKind,
    Stance,
    Status,
)
from app.schemas import records
from app.schemas.records import (
    EvidenceSchema,
    LibrarySchema,
    OrganizationSchema,
    PurposeSchema,
    SourceSchema,
    TeamSchema,
    UseCaseSchema,
    shape_of,
)

# For each kind: the least that makes a record.
LEAST = {
    OrganizationSchema: {"name": "Netflix"},
    TeamSchema: {"name": "CORE", "organization": "netflix"},
    LibrarySchema: {"name": "NumPy"},
    PurposeSchema: {"name": "Numerical analysis"},
    SourceSchema: {"title": "How", "kind": "article"},
    UseCaseSchema: {"title": "Alerts", "team": "core", "evidence": [{"source": "how"}]},
    EvidenceSchema: {"source": "how"},
}
SCHEMAS = list(LEAST)
RECORDS = [schema for schema in SCHEMAS if schema is not EvidenceSchema]


def messages_of(schema, body):
    with pytest.raises(ma.ValidationError) as caught:
        shape_of(schema).load(body)
    return caught.value.messages


class TestEverySchema:
    @pytest.mark.parametrize("schema", SCHEMAS)
    def test_it_takes_the_least(self, schema):
        loaded = shape_of(schema).load(LEAST[schema])
        assert set(LEAST[schema]) <= set(loaded)

    @pytest.mark.parametrize("schema", SCHEMAS)
    def test_it_fills_in_every_member_that_can_be_written_but_the_slug(self, schema):
        loaded = shape_of(schema).load(LEAST[schema])
        assert set(loaded) == set(shape_of(schema).load_fields) - {"slug"}

    @pytest.mark.parametrize(
        ("schema", "member"), [(schema, member) for schema in SCHEMAS for member in LEAST[schema]]
    )
    def test_it_misses_what_is_left_out(self, schema, member):
        body = {name: value for name, value in LEAST[schema].items() if name != member}
        assert messages_of(schema, body) == {member: ["Missing data for required field."]}

    @pytest.mark.parametrize("schema", SCHEMAS)
    @pytest.mark.parametrize(
        "member", ["id", "created_at", "updated_at", "revision", "scopes", "search_text"]
    )
    def test_it_takes_nothing_that_only_the_server_sets(self, schema, member):
        assert messages_of(schema, {**LEAST[schema], member: 1}) == {member: ["Unknown field."]}

    @pytest.mark.parametrize("schema", RECORDS)
    def test_it_puts_the_slug_first_and_the_stamps_last(self, schema):
        names = list(shape_of(schema).fields)
        assert names[0] == "slug"
        assert names[-3:] == ["revision", "created_at", "updated_at"]

    @pytest.mark.parametrize("schema", RECORDS)
    def test_its_docstring_documents_it(self, schema):
        assert schema.__doc__.endswith(".")


class TestDefaults:
    @pytest.mark.parametrize(
        ("schema", "defaults"),
        [
            (
                LibrarySchema,
                {
                    "kind": LibraryKind.LIBRARY,
                    "origin": Origin.OPEN_SOURCE,
                    "lifecycle": Lifecycle.UNKNOWN,
                    "topics": [],
                    "aliases": [],
                    "license": None,
                },
            ),
            (
                UseCaseSchema,
                {"stance": Stance.USES, "status": Status.DOCUMENTED, "usages": [], "purposes": []},
            ),
            (EvidenceSchema, {"kind": EvidenceKind.DOCUMENTED, "mentions": [], "line": None}),
            (SourceSchema, {"kind": SourceKind.ARTICLE, "authors": [], "url": None}),
            (TeamSchema, {"aliases": [], "area": None, "contact_url": None}),
        ],
    )
    def test_they_are(self, schema, defaults):
        loaded = shape_of(schema).load(LEAST[schema])
        assert {name: loaded[name] for name in defaults} == defaults

    def test_a_usage_is_plain_use(self):
        loaded = shape_of(UseCaseSchema).load({**LEAST[UseCaseSchema], "usages": [{"library": "numpy"}]})
        assert loaded["usages"] == [
            {"library": "numpy", "role": Role.USES, "version_range": None, "scope": None}
        ]


class TestUseCaseSchema:
    def test_it_demands_evidence(self):
        messages = messages_of(UseCaseSchema, {**LEAST[UseCaseSchema], "evidence": []})
        assert messages == {"evidence": ["Must hold 1 to 200 items."]}

    @pytest.mark.parametrize("member", ["check", "checked_at", "id"])
    def test_it_takes_no_check_result_of_evidence(self, member):
        body = {**LEAST[UseCaseSchema], "evidence": [{"source": "how", member: Check.VERIFIED.value}]}
        assert messages_of(UseCaseSchema, body) == {"evidence": {0: {member: ["Unknown field."]}}}

    def test_it_holds_each_purpose_once_and_sorted(self):
        loaded = shape_of(UseCaseSchema).load({**LEAST[UseCaseSchema], "purposes": ["b", {"slug": "a"}, "b"]})
        assert loaded["purposes"] == ["a", "b"]

    @pytest.mark.parametrize("member", ["confirmed_at", "confirmed_by"])
    def test_it_takes_no_confirmation(self, member):
        assert member in messages_of(UseCaseSchema, {**LEAST[UseCaseSchema], member: "x"})


class TestShapeOf:
    def test_it_makes_one_instance(self):
        assert shape_of(LibrarySchema) is shape_of(LibrarySchema)


class TestTheModule:
    def test_every_record_schema_is_tried_here(self):
        declared = {
            thing
            for thing in vars(records).values()
            if isinstance(thing, type) and issubclass(thing, records.RecordSchema)
        }
        assert declared - {records.RecordSchema} == set(RECORDS)
