import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.manifests.json_places import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def plain(node):
    """Give a tree of nodes as plain values."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    return [plain(inner) for inner in node.value] if isinstance(node.value, list) else node.value


def every(node):
    yield node
    for inner in [*node.members().values(), *node.items()]:
        yield from every(inner)


def value_of(text):
    """Read a value, or a member's value."""
    try:
        return json.loads(text)
    except ValueError:
        (value,) = json.loads(f"{{{text}}}").values()
        return value


def said(text, deepest=32):
    with pytest.raises(Invalid) as caught:
        read_json(text, deepest)
    return caught.value.detail


class TestReadJson:
    @given(VALUES, st.sampled_from([None, 1]))
    def test_it_gives_what_the_standard_library_gives(self, value, indent):
        text = json.dumps(value, indent=indent).replace("\\u0000", "0")
        assert plain(read_json(text, 32)) == json.loads(text)

    @given(VALUES)
    def test_each_value_stands_where_it_says(self, value):
        text = json.dumps(value).replace("\\u0000", "0")
        for node in every(read_json(text, 32)):
            assert plain(node) == value_of(text[node.start : node.end])

    def test_a_member_begins_with_its_key(self):
        text = '{\n  "a": [1, {"b" : "x"}]}'
        places = [text[node.start : node.end] for node in every(read_json(text, 32))]
        assert places == [text, '"a": [1, {"b" : "x"}]', "1", '{"b" : "x"}', '"b" : "x"']

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("", "This is not JSON. (line 1)"),
            ("\n\n  ", "This is not JSON. (line 3)"),
            ('{"a": 1,\n"a": 2}', "An object names a member twice. (line 2)"),
            ("[NaN]", "This is not JSON. (line 1)"),
            ("[-Infinity]", "This is not JSON. (line 1)"),
            ("[1e999]", "A number is too large. (line 1)"),
            ("9" * 500, "A number is too large. (line 1)"),
            ('"\\u0000"', "A string holds NUL or half a character (a lone surrogate). (line 1)"),
            ('"\\ud800"', "A string holds NUL or half a character (a lone surrogate). (line 1)"),
            ('"\\x"', "This is not JSON: a string holds an escape that there is not. (line 1)"),
            ('"a\n"', "This is not JSON. (line 1)"),
            ("{} {}", "Something follows the end of the JSON document. (line 1)"),
            ("[1 2]", "This is not JSON: `,` is missing. (line 1)"),
            ('{"a" 1}', "This is not JSON: `:` is missing. (line 1)"),
            ("{1: 2}", "This is not JSON: the name of a member is missing. (line 1)"),
            ("[,]", "This is not JSON: a value is missing. (line 1)"),
            ('{"a": 1,}', "This is not JSON: the name of a member is missing. (line 1)"),
            ("[01]", "This is not JSON: `,` is missing. (line 1)"),
        ],
    )
    def test_what_is_no_strict_json_is_refused(self, text, detail):
        assert said(text) == detail

    def test_pairs_of_surrogates_are_one_character(self):
        assert read_json('"\\ud83d\\ude00"', 1).value == "\U0001f600"

    def test_it_is_nested_as_deeply_as_allowed(self):
        assert plain(read_json("[[]]", 2)) == [[]]
        assert said("[[[]]]", 2) == "This is nested more than 2 levels deep. (line 1)"

    def test_too_many_values_are_refused(self, monkeypatch):
        monkeypatch.setattr("app.manifests.json_places.MOST_VALUES", 3)
        assert said("[1, 2, 3]") == "There are more than 3 values. (line 1)"
