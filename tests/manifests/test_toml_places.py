import tomllib

import pytest

from app.errors import Invalid
from app.manifests.toml_places import read_toml
from tests.manifests.test_json_places import every, plain

# One of everything that TOML has.
DOCUMENT = '''# comment with [brackets] and "quotes"
bare-key = "a # no comment" # comment
"quoted \\u00e9 key" = 'literal'
dotted . "key" = true
empty = []
many = [ 1, 2.5, # comment ]
  [ "nested", 'x' ],
  { a = 1, b.c = 'd' }, ]
date = 1979-05-27 07:32:00
day = 1979-05-27
basic = """
multi "line" \\
  text"""""
literal = \'\'\'it's ''two'' quotes\'\'\'
[table]
x = inf
[table.inner]
y = -0x_f
[[list]]
z = 1
[list.of]
tables = {}
[[list]]
[ spaced . "out" ]
'''.replace("-0x_f", "0xf")


def said(text):
    with pytest.raises(Invalid) as caught:
        read_toml(text)
    return caught.value.detail


class TestReadToml:
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_it_gives_what_tomllib_gives(self, end):
        text = DOCUMENT.replace("\n", end)
        assert plain(read_toml(text)) == tomllib.loads(text)

    def test_a_member_begins_with_its_key(self):
        text = "a.b = [1, { c = 'x' }] # d"
        places = [text[node.start : node.end] for node in every(read_toml(text))][2:]
        assert places == ["a.b = [1, { c = 'x' }]", "1", "{ c = 'x' }", "c = 'x'"]

    def test_a_table_reaches_to_its_last_value(self):
        text = "[[a]]\nb = 1\n[a.c]\nd = 2 # e\n[[a]]\nf = 3\n"
        tables = [text[node.start : node.end] for node in read_toml(text).get("a").items()]
        assert tables == ["[[a]]\nb = 1\n[a.c]\nd = 2", "[[a]]\nf = 3"]

    @pytest.mark.parametrize(
        "text",
        [
            "a",
            "a = ",
            "a = 1 2",
            "a == 1",
            "= 1",
            "[a",
            "[[a]",
            "[a]]",
            "[]",
            "a = [1",
            "a = [1 2]",
            "a = {b}",
            "a = {b = 1 c = 2}",
            'a = "b',
            "a = 1\na.b = 2",
            "a = 1\n[a]",
            "a = 1\n[[a]]",
            "a = []\n[a.b]",
            "[a]\n[a]",
            "a = 1\na = 2",
            "a = nonsense",
            '"\\x" = 1',
            'a = "\\x"',
            "a = 1979-99-99",
        ],
    )
    def test_what_is_no_toml_is_refused(self, text):
        assert said(text).startswith("This is not TOML.")

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("[" + "a." * 40 + "a]", "A key has more than 32 parts. (line 1)"),
            ("\na = " + "[" * 40, "This is nested more than 32 levels deep. (line 2)"),
            ("a = " + "{a=" * 40, "This is nested more than 32 levels deep. (line 1)"),
            (f"a = {'9' * 5000}", "A number or date of the TOML document is out of range. (line 1)"),
            ("a = 1\nb = 2\nb = 3\nc = 4", "This is not TOML. (line 3)"),
        ],
    )
    def test_the_line_and_the_reason_are_told(self, text, detail):
        assert said(text) == detail

    def test_too_many_values_are_refused(self, monkeypatch):
        monkeypatch.setattr("app.manifests.toml_scanner.MOST_VALUES", 3)
        assert said("a = [1, 2, 3]") == "There are more than 3 values. (line 1)"
