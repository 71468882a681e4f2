from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats.csv_cells import from_cell, join, split, text_of, to_cell
from app.models import Role
from tests.formats.hostile import any_text


class TestTextOf:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, None),
            ("a", "a"),
            (Role.USES, "uses"),
            (True, "true"),
            (False, "false"),
            (7, "7"),
            (0.25, "0.25"),
            (date(2020, 2, 29), "2020-02-29"),
            (datetime(2020, 2, 29, 12, 30, tzinfo=UTC), "2020-02-29T12:30:00Z"),
        ],
    )
    def test_it_writes_values_as_json_does(self, value, text):
        assert text_of(value) == text


class TestToCell:
    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠"])  # noqa: RUF001  # full width is meant
    def test_no_spreadsheet_runs_it(self, first):
        assert to_cell(f"{first}1+1") == f"'{first}1+1"

    def test_null_and_empty_text_differ(self):
        assert (to_cell(None), to_cell("")) == ("", "'")

    def test_other_text_is_as_it_is(self):
        assert to_cell("a=b") == "a=b"

    def test_a_word_of_an_enumeration_is_plain_text(self):
        assert type(to_cell(Role.USES)) is str


class TestFromCell:
    @given(st.none() | any_text)
    def test_it_gives_back_what_was_written(self, text):
        assert from_cell(to_cell(text)) == text

    def test_it_takes_one_mark_away(self):
        assert from_cell("''=1") == "'=1"

    def test_it_leaves_an_apostrophe_that_is_no_mark(self):
        assert from_cell("'tis so") == "'tis so"


class TestSplit:
    @given(st.lists(st.none() | any_text, min_size=1))
    def test_it_gives_back_what_was_joined(self, members):
        whole = join(members)
        assert split(whole) == (members if whole is not None else [])

    @given(st.lists(st.lists(any_text, min_size=1), min_size=1))
    def test_it_gives_back_lists_within_lists(self, lists):
        outer = split(join([join(inner) for inner in lists]))
        assert [split(inner) for inner in outer] == lists

    @pytest.mark.parametrize(
        ("text", "members"), [(r"C:\dir|b", [r"C:\dir", "b"]), ("a\\", ["a\\"]), (r"a\e", [r"a\e"])]
    )
    def test_a_backslash_that_escapes_nothing_is_itself(self, text, members):
        assert split(text) == members

    def test_it_takes_no_longer_than_the_text(self):
        assert len(split("\\|" * 100_000 + "|")) == 2
