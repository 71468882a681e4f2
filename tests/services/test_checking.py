"""Every result against an oracle that looks at every place of the text, in the plainest way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.landmarks import SIDE, digest, head_length, landmarks_of
from app.models import Check
from app.services.checking.comparing import (
    LEAST_CHANGE,
    LEAST_HEAD,
    MOST_GROWN,
    NO_DIGEST,
    NO_LANDMARKS,
    TOO_LONG,
    Comparison,
    Finding,
    Piece,
)

START = "The team keeps all its figures in"
LENGTH = len(f"{START} NumPy and pandas.")
FRONT, BACK = "What is told of it in front of that. ", " What is told of it behind that, later."
WORDS = st.sampled_from(
    ["NumPy ", "ab", "a", "\n", "Flask, ", "é", "𝛑", "uses the very same words as before. "]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map("".join)


def spans(draw, text, most):
    """Draw some spans of a text."""
    found = []
    for _number in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, len(text) - 1))
        found.append((start, draw(st.integers(start + 1, min(len(text), start + 80)))))
    return found


def damaged(draw, text):
    """Draw a change of a text: passages in front, removed, replaced, swapped."""
    for _number in range(draw(st.integers(0, 3))):
        first = draw(st.integers(0, len(text)))
        second = draw(st.integers(first, len(text)))
        middle = draw(st.sampled_from(["", "A new line.\n", "x", text[first:second] * 2]))
        is_swapped = draw(st.booleans())
        text = text[second:] + middle + text[:first] if is_swapped else text[:first] + middle + text[second:]
    return text


def oracle(old, text, start, end, *, is_known):
    """Say what became of an excerpt, knowing the old text itself."""
    excerpt = old[start:end]
    places = [at for at in range(len(text)) if text.startswith(excerpt, at)]
    if start in places:
        return Check.VERIFIED, start, end
    if places:
        best = min(places, key=lambda at: (abs(at - start), at))
        return Check.MOVED, best, best + len(excerpt)
    edge = "\0" * SIDE
    before, after = (edge + old)[start : start + SIDE], (old + edge)[end : end + SIDE]
    begins = [at for at in range(len(text) + 1) if (edge + text)[at : at + SIDE] == before]
    ends = [at for at in range(len(text) + 1) if (text + edge)[at : at + SIDE] == after]
    pairs = [
        (begin, following)
        for begin in begins
        for following in [min((at for at in ends if at > begin), default=-1)]
        if following > begin and following - begin <= end - start + MOST_GROWN
    ]
    head = excerpt[: head_length(len(excerpt))]
    change = max(LEAST_CHANGE, len(excerpt) // 4)
    begun = [
        at
        for at in range(len(text))
        if len(head) >= LEAST_HEAD
        and text.startswith(head, at)
        and (at in begins or any(abs(end - at - len(excerpt)) <= change for end in ends))
    ]
    if is_known and not pairs and begun:
        best = min(begun, key=lambda at: (abs(at - start), at))
        return Check.ALTERED, best, min(best + len(excerpt), len(text))
    if not is_known or not pairs:
        return Check.GONE, None, None
    return Check.ALTERED, *min(pairs, key=lambda pair: (abs(pair[0] - start), pair[0]))


def pieces_of(text, places, *, is_known):
    """Make pieces of evidence that point at places of a text."""
    return [
        Piece(id_, start, end, digest(text[start:end]), landmarks_of(text, start, end) if is_known else None)
        for id_, (start, end) in enumerate(places)
    ]


class TestCompare:
    @settings(max_examples=300, deadline=None)
    @given(data=st.data(), old=TEXTS, is_known=st.booleans())
    def test_every_result_is_right(self, data, old, is_known):
        places = spans(data.draw, old, 6)
        text = damaged(data.draw, old)
        found = Comparison(text).compare(pieces_of(old, places, is_known=is_known))
        told = [(found[id_].check, found[id_].start, found[id_].end) for id_ in range(len(places))]
        assert told == [oracle(old, text, start, end, is_known=is_known) for start, end in places]

    @pytest.mark.parametrize(
        ("before", "words", "after", "expected"),
        [
            (FRONT, f"{START} R.", "Else.", Finding(Check.ALTERED, len(FRONT), len(FRONT) + LENGTH)),
            ("Else. ", f"{START} R.", BACK, Finding(Check.ALTERED, 6, 6 + LENGTH)),
            ("Else. ", f"{START} R.", "Else.", Finding(Check.GONE)),
            ("Else. ", f"{START} R, {'and more ' * 9}", BACK, Finding(Check.GONE)),
            (FRONT, "It has its figures in R.", "Else.", Finding(Check.GONE)),
        ],
    )
    def test_its_beginning_and_one_side_are_enough(self, before, words, after, expected):
        text, start = f"{FRONT}{START} NumPy and pandas.{BACK}", len(FRONT)
        pieces = pieces_of(text, [(start, start + LENGTH)], is_known=True)
        found = Comparison(f"{before}{words}{after}{' ' * 60}").compare(pieces)
        assert found == {0: expected}

    def test_a_text_of_nuls_does_not_confuse_it(self):
        pieces = pieces_of("\0" * 40 + "a", [(0, 3)], is_known=True)
        assert Comparison("").compare(pieces)[0].check is Check.GONE

    def test_it_says_why_nothing_can_be_told(self):
        (piece,) = pieces_of("a text", [(0, 1)], is_known=False)
        assert Comparison("x").compare([piece]) == {0: Finding(Check.GONE, reason=NO_LANDMARKS)}

    def test_it_stops_at_its_limit_and_says_so(self):
        for is_known in (True, False):
            pieces = pieces_of("some text", [(0, 4)], is_known=is_known)
            found = Comparison("nothing of that", most_windows=10).compare(pieces)
            assert found == {0: Finding(Check.UNCHECKED, reason=TOO_LONG)}

    def test_it_does_not_confirm_without_end(self):
        text = "a" * 40
        pieces = pieces_of("b" + text, [(1, 41)], is_known=True)
        found = Comparison(f"{'a' * 39}b{'a' * 39}", most_windows=112).compare(pieces)
        assert found == {0: Finding(Check.UNCHECKED, reason=TOO_LONG)}

    def test_a_head_is_as_long_as_a_power_of_two(self):
        assert [head_length(length) for length in (1, 2, 3, 31, 32, 900)] == [1, 2, 2, 16, 32, 32]


class TestPlaces:
    def test_a_place_without_a_digest_cannot_be_compared(self):
        found = Comparison("Any text.").compare([Piece(1, 0, 3, None)])
        assert found == {1: Finding(Check.UNCHECKED, reason=NO_DIGEST)}

    def test_a_digest_that_only_begins_alike_is_another_one(self):
        text = "Any text."
        alike = digest("text")[:16] + "0" * 48
        found = Comparison(text).compare([Piece(1, 0, 4, alike), Piece(2, 0, 4, digest("text"))])
        assert (found[1].check, found[2].check) == (Check.GONE, Check.MOVED)
