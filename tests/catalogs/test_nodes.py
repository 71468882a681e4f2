import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.catalogs.excerpts import Excerpts
from app.catalogs.json_nodes import read_json
from app.catalogs.nodes import Node
from app.catalogs.yaml_nodes import read_yaml
from app.errors import AtlasError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def of_json(text):
    return read_json(Excerpts(text, "s"))


def of_yaml(text):
    return read_yaml(Excerpts(text, "s"))


def refused(read, text):
    with pytest.raises(AtlasError) as caught:
        read(text)
    return caught.value.status, caught.value.code, caught.value.detail


class TestNode:
    def test_what_is_not_there_is_none(self):
        node = of_json('{"a": {"b": "x"}, "c": [1]}')
        assert (node.text("a", "b"), node.text("a"), node.text("z", "y")) == ("x", None, None)
        assert (node.get("c").items()[0].value, node.items(), node.get("c").members()) == (1, [], {})

    def test_a_member_begins_at_its_key(self):
        text = '{"a": [1, "b"]}'
        node = of_json(text)
        assert text[node.get("a").start : node.get("a").end] == '"a": [1, "b"]'
        assert node.plain() == {"a": [1, "b"]}

    def test_it_is_nothing_by_itself(self):
        assert Node(None).plain() is None


class TestJson:
    @given(JSON)
    def test_any_document_is_read(self, value):
        assert of_json(json.dumps(value, indent=1)).plain() == json.loads(json.dumps(value))

    def test_a_byte_order_mark_counts_as_a_character(self):
        assert of_json("\ufeff [1]").start == 2

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[1",
            "[1,]",
            "{,}",
            '{"a"}',
            '{"a": 1,}',
            "{a: 1}",
            "[1] 2",
            "NaN",
            "[Infinity]",
            "nul",
            '"\n"',
            "'a'",
        ],
    )
    def test_what_is_no_json_is_refused(self, text):
        assert refused(of_json, text)[:2] == (422, "bad_catalog")

    def test_the_line_is_told(self):
        assert refused(of_json, "[\n1\n2]")[2] == "Line 3: This is not JSON: `,` is missing."

    def test_a_member_given_twice_is_refused(self):
        assert "twice" in refused(of_json, '{"a": 1, "a": 2}')[2]

    def test_a_number_of_very_many_digits_is_refused(self):
        assert "digits" in refused(of_json, "[" + "1" * 5000 + "]")[2]

    def test_deep_documents_are_refused(self):
        assert of_json("[" * 32 + "]" * 32).value
        assert refused(of_json, "[" * 33 + "]" * 33)[:2] == (400, "too_deep")

    def test_very_many_values_are_refused(self):
        assert "50,000" in refused(of_json, "[" + "1," * 50_000 + "1]")[2]


class TestYaml:
    @given(JSON)
    def test_any_document_is_read_as_text(self, value):
        (node,) = of_yaml(yaml.safe_dump(value)) or [Node(None)]
        assert node.plain() == as_text(value)

    def test_documents_are_told_apart(self):
        assert [node.plain() for node in of_yaml("a: 1\n---\n- x\n---\n~\n")] == [{"a": "1"}, ["x"], None]

    def test_a_block_ends_with_its_last_value(self):
        text = "\ufeffa:\n  - \U0001f4bb x  # comment\n\n  - {y: [1]}\n# comment\nb: |\n  z\n"
        (node,) = of_yaml(text)
        assert text[node.get("a").start : node.get("a").end].endswith("{y: [1]}")
        assert text[node.get("b").start : node.get("b").end] == "b: |\n  z\n"

    @pytest.mark.parametrize("text", ["a: &x 1", "a: *x", "&x a: 1", "&x [1]", "<<: *x"])
    def test_anchors_and_aliases_are_refused(self, text):
        assert refused(of_yaml, text)[:2] == (400, "yaml_aliases_not_allowed")

    @pytest.mark.parametrize("text", ["!!python/object:os.system x", "!x [1]", "a: !ref b", "!!binary aaaa"])
    def test_tags_of_ones_own_are_refused(self, text):
        assert "Tags" in refused(of_yaml, text)[2]

    def test_tags_of_the_core_are_taken(self):
        assert of_yaml("!!str 1")[0].plain() == "1"

    @pytest.mark.parametrize(
        "text", ["a: [", "a: b: c", "\x00", "\t- a", "a: 'b", "{{ x }}: y\n", "? [a]\n: b\n"]
    )
    def test_what_is_no_yaml_is_refused(self, text):
        assert refused(of_yaml, text)[:2] == (422, "bad_catalog")

    def test_the_line_is_told(self):
        assert refused(of_yaml, "a: 1\nb: 2\na: 3\n")[2] == "Line 3: A mapping names a key twice."

    def test_deep_documents_are_refused(self):
        assert refused(of_yaml, "[" * 100_000)[:2] == (400, "too_deep")

    def test_very_many_values_are_refused(self):
        assert "50,000" in refused(of_yaml, "- 1\n" * 50_000)[2]

    def test_a_key_may_be_empty(self):
        assert of_yaml("? \n: 1\n")[0].plain() == {"": "1"}


def as_text(value):
    """Give a value as YAML is read here: all scalars are text, but for null."""
    if isinstance(value, dict):
        return {"" if key is None else key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return value if value is None or isinstance(value, str) else json.dumps(value)
