"""Words that are slips of one another are found by the parts that they share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from app.services.search.slips import clues_of
from app.services.search.vocabulary import Part
from app.services.search.words import cuts_of

# Few letters, so that a part often occurs elsewhere too.
WORDS = st.text("abcd", min_size=8, max_size=14)


def parts_of(word):
    """Give the three parts of a word, as the vocabulary has them."""
    cuts = zip(Part, cuts_of(len(word)), strict=True)
    return {(len(word), part, word[start:end]) for part, (start, end) in cuts}


@st.composite
def slips(draw, words=WORDS, edits=2):
    """A word, and what it becomes by at most so many edits, one behind the other."""
    word = draw(words)
    slip, place = "", 0
    for _ in range(draw(st.integers(0, edits))):
        at = draw(st.integers(place, len(word)))
        slip += word[place:at]
        how = draw(st.sampled_from(["leave", "put", "replace", "swap"]))
        rest = word[at:]
        if how == "put" or not rest:
            slip, place = slip + draw(st.sampled_from("abcd")), at
        elif how == "leave":
            place = at + 1
        elif how == "replace" or len(rest) == 1:
            slip, place = slip + draw(st.sampled_from("abcd")), at + 1
        else:
            slip, place = slip + rest[1] + rest[0], at + 2
    return word, slip + word[place:]


class TestCuts:
    @pytest.mark.parametrize("length", range(61))
    def test_the_parts_are_the_word(self, length):
        word = "abcdefghijklmnopqrstuvwxyz0123456789" * 2
        word = word[:length]
        parts = [word[start:end] for start, end in cuts_of(length)]
        assert "".join(parts) == word
        if length > 2:
            assert all(parts)


class TestClues:
    @settings(max_examples=2_000, deadline=None, derandomize=True)
    @given(slips())
    def test_a_word_two_edits_away_shares_a_part(self, pair):
        word, slip = pair
        assert OSA.distance(word, slip) <= 2
        assert parts_of(word) & set(clues_of(slip, 2))

    @settings(max_examples=1_000, deadline=None, derandomize=True)
    @given(slips(st.text("abcd", min_size=4, max_size=7), edits=1))
    def test_a_word_one_edit_away_shares_a_part(self, pair):
        word, slip = pair
        assert parts_of(word) & set(clues_of(slip, 1))

    def test_both_cuts_may_have_been_swapped(self):
        word, slip = "abcdefghi", "abdcegfhi"  # abc, def and ghi are all touched
        assert not any(part in slip for _length, _part, part in parts_of(word))
        assert parts_of(word) & set(clues_of(slip, 2))

    def test_they_are_few(self):
        assert len(set(clues_of("kubernetes", 2))) < 60
