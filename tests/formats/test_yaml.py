import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AtlasError
from app.formats import yaml_reading
from app.formats.yaml_reading import Loaded, load_all
from app.formats.yaml_writing import to_yaml
from tests.formats.hostile import any_text, attempt

_PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | any_text
DOCUMENTS = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)


def load(text):
    return load_all(text).documents


def refused(text):
    with pytest.raises(AtlasError) as caught:
        load_all(text)
    return caught.value.code, caught.value.detail


class TestToYaml:
    @given(DOCUMENTS)
    def test_it_is_read_back(self, document):
        assert load(to_yaml(document)) == [document]

    @given(DOCUMENTS)
    def test_other_readers_understand_it(self, document):
        assert yaml.load(to_yaml(document), Loader=yaml.CSafeLoader) == document

    def test_it_is_made_to_be_read(self):
        document = [
            {"slug": "a", "area": None, "usages": [{"library": "b", "role": "uses"}], "topics": ["x"]}
        ]
        assert to_yaml(document) == (
            "- slug: a\n  area: null\n  usages:\n  - library: b\n    role: uses\n  topics:\n  - x\n"
        )

    def test_empty_things_stand_in_the_line(self):
        assert to_yaml({"a": [], "b": {}, "c": ""}) == 'a: []\nb: {}\nc: ""\n'


class TestLoadAll:
    def test_it_keeps_the_line_of_each_object(self):
        loaded = load_all("# first\n- a: 1\n-\n  a: 2\n")
        assert [loaded.lines[id(item)] for item in loaded.documents[0]] == [2, 4]

    def test_it_reads_every_document_of_a_stream(self):
        assert load("a: 1\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            *(
                (text, text)
                for text in ("no", "2020-01-01", "1_000", "010", "12:30", ".nan", "1e400", "<<", "9" * 19)
            ),
            *(
                ("~", None),
                ("", None),
                ("Null", None),
                ("TRUE", True),
                ("-7", -7),
                ("0.5", 0.5),
                ("'7'", "7"),
            ),
        ],
    )
    def test_plain_values_are_those_of_json(self, text, value):
        assert load(f"a: {text}\n") == [{"a": value}]

    def test_a_name_is_text(self):
        assert load("1: a\nno: b\n") == [{"1": "a", "no": "b"}]


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("a: &x 1\n", "yaml_aliases_not_allowed", 1),
            ("a: 1\nb: *x\n", "yaml_aliases_not_allowed", 2),
            ("a: &x [1]\n", "yaml_aliases_not_allowed", 1),
            ("a: !!str 1\n", "bad_yaml", 1),
            ("a: !!python/object:os.system {}\n", "bad_yaml", 1),
            ("a: 1\na: 2\n", "bad_yaml", 2),
            ("? [a]\n: b\n", "bad_yaml", 1),
            ("a: 1\n b: 2\n", "bad_yaml", 2),
            ("[" * 33 + "]" * 33, "too_deep", 1),
            ("[" * 100_000, "too_deep", 1),
            ("a: [1\n", "bad_yaml", 2),
        ],
    )
    def test_each_is_told_with_its_line(self, text, code, line):
        told, detail = refused(text)
        assert told == code
        assert detail.startswith(f"Line {line}: ")

    def test_a_character_that_yaml_does_not_take_is_told(self):
        assert refused("a: \ufffe\n")[0] == "bad_yaml"

    def test_the_deepest_document_is_read(self):
        assert load("[" * 32 + "]" * 32)

    def test_a_bomb_is_refused_at_its_first_anchor(self):
        lines = ["a: &a [x, x, x, x]"] + [
            f"{n}: &{n} [*{p}, *{p}, *{p}]" for p, n in zip("abcdef", "bcdefg", strict=True)
        ]
        assert refused("\n".join(lines))[0] == "yaml_aliases_not_allowed"

    def test_too_many_values_are_refused(self, monkeypatch):
        monkeypatch.setattr(yaml_reading, "MOST_NODES", 10)
        assert refused("[1,2,3,4,5,6,7,8,9,10]") == (
            "invalid",
            "The file holds more than 10 values. Send it in parts.",
        )

    @given(st.text("a:-[]{}&*!|>'\"\n #?,%@`\t", max_size=40))
    def test_whatever_comes_is_read_or_refused(self, text):
        outcome = attempt(lambda: load_all(text))
        assert isinstance(outcome, Loaded) or outcome.status == 400
