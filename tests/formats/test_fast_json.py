"""The fast way to parse JSON takes what the strict one takes, and gives the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadRequest
from app.formats.strict_json import _is_plain, _marks, _parse, parse_json

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=6) | st.sampled_from(
    ['"', '\\"', "\\", "\\\\", '":', "{", "[]", ":", '\\":"', "\\u0022"]
)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.recursive(
    TEXTS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
HOSTILE = [
    '{"a":1,"a":1}',
    '{"a" : 1, "b":1,"b":2}',
    '{"\\u0061":1,"a":2}',
    '{"a":"\\u0022:","b":1,"b":2}',
    '{"a":"x\\":y","b":1,"b":2}',
    '{"a":{"b":1,"b":":"}}',
    "[" * 33 + "]" * 33,
    '{"a":' * 33 + "1" + "}" * 33,
    '["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]',
    "[1e999]",
    "[NaN]",
    '["\\ud800"]',
    "[1,]",
    "\ufeff[]",
    "",
]


def outcome(parse, body):
    try:
        return repr(parse(body))
    except BadRequest as error:
        return error.code


class TestParseJson:
    @settings(max_examples=500, derandomize=True, deadline=None)
    @given(DOCUMENTS, st.sampled_from([None, 1]), st.booleans())
    def test_it_gives_what_the_strict_parser_gives(self, document, indent, ascii_only):
        body = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
        assert outcome(parse_json, body) == outcome(_parse, body)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_refuses_what_the_strict_parser_refuses(self, text):
        body = text.encode()
        assert outcome(parse_json, body or b" ") == outcome(_parse, body or b" ")

    def test_it_takes_the_fast_way_with_ordinary_documents(self):
        """The control: not everything goes the slow way."""
        document = {"teams": [{"name": 'A "b": \\ c', "n": [1, -2, 2.5], "t": "12:30", "o": {}}]}
        for indent in (None, 2):
            assert _is_plain(json.dumps(document, indent=indent).encode(), document)

    def test_marks_are_those_outside_strings(self):
        assert _marks(rb'{"a\":[":["{", "\\", ":", ""], "b":{}}') == b"{:[]:{}}"


class TestDepth:
    def test_32_levels_are_not_too_deep(self):
        body = b"[" * 32 + b"]" * 32
        assert _is_plain(body, json.loads(body))
        assert not _is_plain(b"[" + body + b"]", [])
