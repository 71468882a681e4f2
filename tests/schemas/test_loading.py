"""The loader of many records gives what their schema gives, or leaves it to the schema."""

import marshmallow as ma
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas.fields import Reference, Text, Word
from app.schemas.loading import loader_of, taker_of
from app.schemas.records import EvidenceSchema, Schema, UsageSchema, UseCaseSchema, shape_of
from app.services.flattening import writable
from app.services.registry import COLLECTIONS
from app.services.writing import load

SCHEMAS = [*(collection.schema for collection in COLLECTIONS.values()), UsageSchema, EvidenceSchema]
BOUNDED = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "a",
            "A b",
            "a-b",
            "é",
            "e\u0301",
            "x\x00",
            "\ud800",
            "x" * 300,
            "2020-02-29",
            "2020-02-30",
        ),
        *("https://numpy.org/", "http://é", "pkg:pypi/NumPy", "pkg:x", "MIT", "MIT OR", "uses", "f" * 64),
        *(0, 1, -1, 2.0, 2.5, 2**31, True, False, None),
    ]
)
WHATEVER = st.recursive(
    ODD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["slug", "name", "id", "odd"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def near(schema):
    """Make documents that are almost right: each member a right value, or whatever."""
    fields = shape_of(schema).fields
    members = {name: good(field) | WHATEVER for name, field in fields.items()}
    return st.fixed_dictionaries({}, optional={**members, "odd": WHATEVER})


def right(schema):
    """Make documents that are right."""
    members = {
        name: good(field) | st.none() if field.allow_none else good(field)
        for name, field in shape_of(schema).load_fields.items()
    }
    required = {name for name, field in shape_of(schema).load_fields.items() if field.required}
    return st.fixed_dictionaries(
        {name: members.pop(name) for name in required}, optional={**members, "revision": st.just(7)}
    ).map(lambda document: {name: document[name] for name in document if name in shape_of(schema).fields})


def good(field):
    """Make right values of a field."""
    if isinstance(field, ma.fields.List):
        return st.lists(good(field.inner), min_size=field.fewest, max_size=3)
    if isinstance(field, ma.fields.Nested):
        whole = right(type(field.schema))
        return GOOD_SLUGS | whole if isinstance(field, Reference) else whole
    if isinstance(field, Word):
        return st.sampled_from([member.value for member in field.enum])
    return GOOD.get(type(field).__name__, WHATEVER)


GOOD_SLUGS = st.sampled_from(["numpy", "a-b-1", "x"])
GOOD = {
    "Text": st.sampled_from(["NumPy", " Été ", "e\u0301", "Two words"]),
    "Prose": st.sampled_from(["One\nline\tand", "Zwölf"]),
    "Slug": GOOD_SLUGS,
    "Url": st.just("https://numpy.org/a?b=c"),
    "Purl": st.sampled_from(["pkg:pypi/NumPy", "pkg:npm/a"]),
    "License": st.just("MIT OR Apache-2.0"),
    "Sha256": st.just("0f" * 32),
    "Landmarks": st.just("-".join(["0f" * 8] * 3)),
    "Day": st.dates().map(lambda day: day.isoformat()),
    "Whole": st.integers(1, 9),
}


def check(schema, document):
    loaded = loader_of(schema)(document)
    if loaded is not None:
        assert loaded == load(schema, writable(schema, document))
    return loaded


class TestLoader:
    @pytest.mark.parametrize("schema", SCHEMAS)
    def test_it_gives_what_the_schema_gives(self, schema):
        @BOUNDED
        @given(near(schema))
        def compare(document):
            check(schema, document)

        compare()

    @pytest.mark.parametrize("schema", SCHEMAS)
    def test_it_knows_what_is_right(self, schema):
        """The control: it does not leave everything to the schema."""

        @BOUNDED
        @given(right(schema))
        def compare(document):
            assert check(schema, document) is not None

        compare()

    @pytest.mark.parametrize(
        "document",
        [
            {"library": 1},
            {"library": {"slug": 1}},
            {"library": "numpy", "role": "eats"},
            {"library": "numpy", "role": None},
            {"library": "numpy", "odd": 1},
            {"role": "uses"},
        ],
    )
    def test_it_leaves_what_is_wrong_to_the_schema(self, document):
        assert loader_of(UsageSchema)(document) is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [("since", "2020-2-29"), ("since", 1), ("evidence", []), ("evidence", [None]), ("purposes", "x")],
    )
    def test_it_leaves_odd_members_to_the_schema(self, name, value):
        document = {"title": "Alerts", "team": "core", "evidence": [{"source": "how"}]}
        assert loader_of(UseCaseSchema)(document) is not None
        assert loader_of(UseCaseSchema)({**document, name: value}) is None

    def test_it_leaves_what_is_no_object_to_the_schema(self):
        assert [loader_of(UsageSchema)(thing) for thing in (None, [], "x", 1)] == [None] * 4


class TestTaker:
    def test_a_field_with_rules_of_its_own_is_asked_itself(self):
        class Odd(Schema):
            word = Text(9, validate=ma.validate.OneOf(["yes"]))

        take = taker_of(Odd().fields["word"])
        assert take("yes") == "yes"
        assert loader_of(Odd)({"word": "no"}) is None
