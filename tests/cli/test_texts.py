import json

import pytest

from app.cli.texts import cut, in_json, in_lines, on_one_line, padded, width_of

HOSTILE = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb\x08",
    "\x00",
    "\x7f",
    "\u202etxt.exe",
    "\u2028",
    "\ud800",
    "\u2066x",
]


def is_dangerous(character):
    return not character.isprintable() and character not in "\n\t"


class TestOnOneLine:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_is_left_that_a_terminal_obeys(self, text):
        shown = on_one_line(f"name {text}")
        assert shown.startswith("name")
        assert [character for character in shown if is_dangerous(character)] == []

    def test_what_is_dangerous_is_shown_as_its_escape(self):
        assert on_one_line("\x1b[2J\u202e") == r"\x1b[2J\u202e"

    def test_blanks_become_one(self):
        assert on_one_line("  two\n\n\tlines ") == "two lines"

    def test_letters_of_any_script_stay(self):
        assert on_one_line("日本 é 👩‍👩‍👧 שלום") == "日本 é 👩‍👩‍👧 שלום"


class TestInLines:
    def test_lines_and_tabs_stay(self):
        assert in_lines("a\n\tb\x1bc") == "a\n\tb\\x1bc"


class TestInJson:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_says_the_same_and_is_harmless(self, text):
        shown = in_json(json.dumps([text], ensure_ascii=False, indent=2))
        assert json.loads(shown) == [text]
        assert [character for character in shown if is_dangerous(character)] == []


class TestWidths:
    @pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("é", 1), ("👩‍👩‍👧", 2), ("", 0)])
    def test_they_are_a_terminals(self, text, width):
        assert width_of(text) == width
        assert width_of(padded(text, 6)) == 6

    @pytest.mark.parametrize(
        ("text", "shown"),
        [("abcdef", "abcd…"), ("abcde", "abcde"), ("日本語", "日本…"), ("ab cdef", "ab c…")],
    )
    def test_what_is_too_wide_is_cut_and_says_so(self, text, shown):
        assert cut(text, 5) == shown
        assert width_of(shown) <= 5

    def test_no_half_of_a_wide_character_is_left(self):
        assert cut("日本語", 4) == "日…"
