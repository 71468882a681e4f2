"""Which candidate comes first, and why: the same on both databases, as it happens here.

A word found in a name counts more than one found in a description, a rare
word more than a common one, an exact one more than a beginning, a synonym or
a slip. A name that is the whole question comes first of all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.models import Kind
from app.services.search.meaning import WORTH, Alternative, How, Meaning
from app.services.search.question import Asked
from app.services.search.words import any_term, name_term, words_of

_IN_NAME, _IN_BODY = 3.0, 1.0
_WHOLE_NAME, _NAME_BEGINS = 6.0, 2.0
ASKED_KIND = 8.0
_KIND_WEIGHTS = {
    Kind.LIBRARY: 1.0,
    Kind.TEAM: 0.95,
    Kind.PURPOSE: 0.9,
    Kind.ORGANIZATION: 0.8,
    Kind.USE_CASE: 0.6,
    Kind.SOURCE: 0.4,
}


@dataclass(frozen=True)
class Reason:
    """Why a record is a hit: which word of the question, found where, as what, how."""

    field: str
    word: str
    found: str
    how: How


@dataclass
class Hit:
    """A record that answers, and how well.

    Attributes:
        row: of the index.
        score: greater is better.
        coverage: part of the question's weight that was found, 0 to 1.
        reasons: a word each.
    """

    row: Any
    score: float
    coverage: float
    reasons: list[Reason] = field(default_factory=list)

    @property
    def order(self) -> tuple[Any, ...]:
        """Give what hits are sorted by; the last member tells any two apart."""
        return -round(self.score, 9), len(self.row.label), self.row.kind, self.row.slug


def rank(rows: Sequence[Any], asked: Asked, meanings: Sequence[Meaning], entries: int) -> list[Hit]:
    """Score candidates, best first; those that hold a phrase's words apart are left out.

    Args:
        rows: of the index: kind, slug, label, names, body, terms.
        asked: the question.
        meanings: of its words.
        entries: about how many records there are.
    """
    weights = {meaning.word: _weight(meaning, entries) for meaning in meanings}
    hits = (_score(row, asked, meanings, weights) for row in rows if _holds_phrases(row, asked))
    return sorted((hit for hit in hits if hit.coverage), key=lambda hit: hit.order)


def _weight(meaning: Meaning, entries: int) -> float:
    """Say how much a word tells: the rarer, the more."""
    records = max((way.records for way in meaning.alternatives), default=0)
    return math.log(1 + (entries + 1) / (records + 1))


def _score(row: Any, asked: Asked, meanings: Sequence[Meaning], weights: dict[str, float]) -> Hit:
    terms = set(row.terms.split())
    score = found = 0.0
    reasons = []
    for meaning in meanings:
        worth, reason = _best_way(meaning, terms)
        if reason:
            score += worth * weights[meaning.word]
            found += weights[meaning.word]
            reasons.append(reason)
    coverage = found / (sum(weights.values()) or 1)
    score *= coverage * coverage * _KIND_WEIGHTS[row.kind] * _likeness(row, asked)
    if row.kind in asked.kinds:
        score *= ASKED_KIND
    return Hit(row, score, coverage, reasons)


def _best_way(meaning: Meaning, terms: set[str]) -> tuple[float, Reason | None]:
    best: tuple[float, Reason | None] = (0.0, None)
    for way in meaning.alternatives:
        place = _place_of(way, terms)
        worth = WORTH[way.how] * (_IN_NAME if place == "name" else _IN_BODY)
        if place and worth > best[0]:
            best = worth, Reason(place, meaning.word, way.word, way.how)
    return best


def _place_of(way: Alternative, terms: set[str]) -> str:
    if all(name_term(stem) in terms for stem in way.stems):
        return "name"
    return "text" if all(any_term(stem) in terms for stem in way.stems) else ""


def _likeness(row: Any, asked: Asked) -> float:
    """Compare the question with whole names: equal but for blanks, a beginning, or not; short names first."""
    question = {asked.whole, asked.words}
    squeezed = {"".join(words) for words in question}
    best = 1.0
    for name in row.names.split("\n"):
        words = tuple(words_of(name))
        if words in question or "".join(words) in squeezed:
            return _WHOLE_NAME
        if words[: len(asked.words)] == asked.words:
            best = max(best, _NAME_BEGINS)
    return best + 1 / (1 + len(words_of(row.label)))


def _holds_phrases(row: Any, asked: Asked) -> bool:
    """Check that the words of each phrase stand side by side."""
    if not asked.phrases:
        return True
    text = " ".join(["", *words_of(f"{row.names} {row.body}"), ""])
    return all(f" {' '.join(phrase)} " in text for phrase in asked.phrases)
