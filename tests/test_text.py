import re
import unicodedata

import pytest

from app.text import (
    LINE_PATTERN,
    NAME_KEY_LENGTH,
    SLUG_LENGTH,
    SLUG_PATTERN,
    TEXT_PATTERN,
    contains_pattern,
    fold,
    name_key,
    slugify,
    to_nfc,
)


class TestToNfc:
    def test_it_composes(self):
        assert to_nfc("Cafe\u0301") == "Caf\u00e9"


class TestFold:
    @pytest.mark.parametrize(
        "spelling",
        [
            "NumPy",
            "NUMPY",
            "  numpy ",
            "\uff2e\uff55\uff4d\uff30\uff59",
            "num\u200bpy",
            "num\u00adpy",
            "num\u0440y",
            "NUM\u0420Y",
            "num\u0440\u0443",
        ],
        ids=ascii,
    )
    def test_it_takes_look_alikes_for_one_name(self, spelling):
        assert fold(spelling) == "numpy"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ﬁle", "file"),
            ("Straße", "STRASSE"),
            ("Cafe\u0301", "caf\u00e9"),
            ("a  b\u00a0c\td", "a b c d"),
            ("\u0397TML", "html"),
            ("\u0130stanbul", "i\u0307stanbul"),
        ],
        ids=ascii,
    )
    def test_it_takes_spellings_for_one_name(self, one, other):
        assert fold(one) == fold(other)

    @pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("résumé", "resume"), ("a-b", "a b")])
    def test_it_keeps_names_apart(self, one, other):
        assert fold(one) != fold(other)

    @pytest.mark.parametrize(
        "text",
        [
            "NumPy",
            "\u0130I \u0131i",
            "\ufb00 \u017f K \u00c5",
            "\u0410\u0392\u0421 \u0445\u0443\u0455",
            "a\u200bb \u00a0 c",
        ],
    )
    def test_it_changes_nothing_a_second_time(self, text):
        assert fold(fold(text)) == fold(text)

    def test_it_changes_nothing_a_second_time_whatever_the_letter(self):
        letters = [chr(code) for code in range(0x20, 0x3000)]
        unstable = [hex(ord(letter)) for letter in letters if fold(fold(letter)) != fold(letter)]
        assert unstable == []


class TestNameKey:
    def test_it_is_the_folded_name(self):
        assert name_key(" Scikit  Learn ") == "scikit learn"

    def test_it_ends_at_its_limit(self):
        # One letter of this ligature folds to eighteen.
        assert len(name_key("\ufdfa" * 200)) <= NAME_KEY_LENGTH

    def test_it_does_not_end_in_a_blank(self):
        assert name_key("a" * (NAME_KEY_LENGTH - 1) + " b").endswith("a")


class TestSlugify:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("NumPy", "numpy"),
            ("scikit-learn", "scikit-learn"),
            ("Apache  Spark!", "apache-spark"),
            ("Café Zürich", "cafe-zurich"),
            ("--a--", "a"),
            ("Straße", "strasse"),
            ("C++", "c-plus-plus"),
            ("C#", "c-sharp"),
            ("Notepad++ for C", "notepad-plus-plus-for-c"),
            ("Issue #5", "issue-5"),
        ],
    )
    def test_it_makes_a_slug_of_a_name(self, name, slug):
        assert slugify(name) == slug

    @pytest.mark.parametrize("name", ["数据", "++", "🐍"])
    def test_it_makes_a_digest_where_there_is_no_letter(self, name):
        assert re.fullmatch("x-[0-9a-f]{12}", slugify(name))

    @pytest.mark.parametrize("name", ["a" * 200, "ab " * 100, "a" * 79 + " b"])
    def test_it_stays_within_the_limit(self, name):
        slug = slugify(name)
        assert len(slug) <= SLUG_LENGTH
        assert re.fullmatch(SLUG_PATTERN, slug)


class TestContainsPattern:
    def test_it_escapes_what_like_would_take_for_a_wildcard(self):
        assert contains_pattern("100%_\\") == r"%100\%\_\\%"


class TestPatterns:
    @pytest.mark.parametrize("text", ["a", "NumPy 1.0", "数", " a ", "🐍", "e\u0301"], ids=ascii)
    def test_a_line_is_text(self, text):
        assert re.fullmatch(LINE_PATTERN, text)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "\u00a0", "\u3000\u2003", "a\nb", "a\tb", "a\0", "\x1b[2J", "a\x7f", "a\x85"],
        ids=ascii,
    )
    def test_a_line_is_not(self, text):
        assert not re.fullmatch(LINE_PATTERN, text)

    @pytest.mark.parametrize("text", ["a\nb", "a\tb", "\n\na"], ids=ascii)
    def test_prose_may_have_several_lines(self, text):
        assert re.fullmatch(TEXT_PATTERN, text)

    @pytest.mark.parametrize("text", ["\n", "\t \n", "a\r\nb", "a\0", "a\x0b"], ids=ascii)
    def test_prose_is_not(self, text):
        assert not re.fullmatch(TEXT_PATTERN, text)

    def test_no_blank_letter_alone_makes_a_line(self):
        blanks = [
            chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp"}
        ]
        assert [hex(ord(blank)) for blank in blanks if re.fullmatch(LINE_PATTERN, blank * 3)] == []
