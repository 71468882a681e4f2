"""Which candidate comes first, and why: the same on both databases, as it happens here.

A word found in a name counts more than one found in a description, a rare
word more than a common one, an exact one more than a beginning, a synonym or
a slip. A name that is the whole question comes first of all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from app.models import Kind
from app.services.search.meaning import WORTH, Alternative, How, Meaning
from app.services.search.question import Asked
from app.services.search.readings import Readings
from app.services.search.words import any_term, name_term, stem_of, words_of

IN_NAME, IN_TEXT = "name", "text"
_WORTH_IN_NAME, _WORTH_IN_TEXT = 3.0, 1.0
_SIDE_BY_SIDE = 0.3
WHOLE_COVERAGE = 0.999
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
        return (
            self.coverage < WHOLE_COVERAGE,
            -round(self.score, 9),
            len(self.row.label),
            self.row.kind,
            self.row.slug,
        )


@dataclass(frozen=True)
class Scale:
    """What all candidates of one question are measured with.

    Attributes:
        asked: the question.
        meanings: of its words.
        hints: the meanings of its words for kinds, which count only where they are found.
        entries: about how many records there are.
    """

    asked: Asked
    meanings: Sequence[Meaning]
    hints: Sequence[Meaning]
    entries: int

    @cached_property
    def readings(self) -> Readings:
        """Give the names that the question may stand for."""
        return Readings(self.asked, self.meanings)

    @cached_property
    def weights(self) -> dict[str, float]:
        """Say how much each word tells: the rarer, the more."""
        return {meaning.word: _weight(meaning, self.entries) for meaning in (*self.hints, *self.meanings)}

    @cached_property
    def total(self) -> float:
        """Give the weight of all words that a record has to hold."""
        return sum(self.weights[meaning.word] for meaning in self.meanings) or 1.0

    @cached_property
    def pairs(self) -> list[str]:
        """Give the neighbours in the question, as stems."""
        return [f" {stem_of(first)} {stem_of(second)} " for first, second in pairwise(self.asked.telling)]


def rank(rows: Sequence[Any], scale: Scale) -> list[Hit]:
    """Score candidates, best first; those that hold a phrase's words apart are left out.

    Args:
        rows: of the index: kind, slug, label, names, body, terms.
        scale: what they are measured with.
    """
    hits = (_score(row, scale) for row in rows if _holds_phrases(row, scale.asked))
    return sorted((hit for hit in hits if hit.coverage), key=lambda hit: hit.order)


def _weight(meaning: Meaning, entries: int) -> float:
    records = max((way.records for way in meaning.alternatives), default=0)
    return math.log(1 + (entries + 1) / (records + 1))


def _score(row: Any, scale: Scale) -> Hit:
    terms = set(row.terms.split())
    score = found = 0.0
    reasons = []
    for meaning in scale.meanings:
        worth, reason = _best_way(meaning, terms)
        if reason:
            score += worth * scale.weights[meaning.word]
            found += scale.weights[meaning.word]
            reasons.append(reason)
    coverage = found / scale.total
    score += sum(_best_way(hint, terms)[0] * scale.weights[hint.word] for hint in scale.hints)
    score *= coverage * coverage * _KIND_WEIGHTS[row.kind] * scale.asked.favours.get(row.kind, 1.0)
    score *= scale.readings.likeness(row.names, row.label) * _nearness(row, terms, scale)
    return Hit(row, score, coverage, reasons)


def _nearness(row: Any, terms: set[str], scale: Scale) -> float:
    """Say how many neighbours in the question stand side by side in a record."""
    likely = [pair for pair in scale.pairs if all(any_term(stem) in terms for stem in pair.split())]
    if not likely:
        return 1.0
    text = " ".join(["", *(stem_of(word) for word in words_of(f"{row.names} {row.body}")), ""])
    return 1 + _SIDE_BY_SIDE * sum(pair in text for pair in likely)


def _best_way(meaning: Meaning, terms: set[str]) -> tuple[float, Reason | None]:
    best: tuple[float, Reason | None] = (0.0, None)
    for way in meaning.alternatives:
        place = _place_of(way, terms)
        worth = WORTH[way.how] * (_WORTH_IN_NAME if place == IN_NAME else _WORTH_IN_TEXT)
        if place and worth > best[0]:
            best = worth, Reason(place, meaning.word, way.word, way.how)
    return best


def _place_of(way: Alternative, terms: set[str]) -> str:
    if all(name_term(stem) in terms for stem in way.stems):
        return IN_NAME
    return IN_TEXT if all(any_term(stem) in terms for stem in way.stems) else ""


def _holds_phrases(row: Any, asked: Asked) -> bool:
    """Check that the words of each phrase stand side by side."""
    if not asked.phrases:
        return True
    text = " ".join(["", *words_of(f"{row.names} {row.body}"), ""])
    return all(f" {' '.join(phrase)} " in text for phrase in asked.phrases)
