"""Which candidate comes first, and why: the same on both databases, as it happens here.

A word found in a name counts more than one found in a description, a rare
word more than a common one, an exact one more than a beginning, a synonym or
a slip. A name that is the whole question comes first of all.

All candidates are measured by their terms. Whether words stand side by side
takes a look at the whole text; it is taken only of those that may come first.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

from app.models import Kind
from app.services.search.meaning import WORTH, How, Meaning
from app.services.search.question import Asked
from app.services.search.readings import Readings
from app.services.search.words import any_term, lines_of, name_term, stem_of, words_of

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
_KINDS = {kind.value: kind for kind in Kind}
_ROUNDING = 1e-8


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is a hit: which word of the question, found where, as what, how."""

    field: str
    word: str
    found: str
    how: How


@dataclass(slots=True)
class Hit:
    """A record that answers, and how well.

    Attributes:
        row: of the index.
        kind: of the record.
        score: greater is better.
        coverage: part of the question's weight that was found, 0 to 1.
        reasons: a word each.
        worth: the score without what a look at the text may add; the same where that is settled.
        pairs: neighbours in the question that may stand side by side in the text, each as stems.
    """

    row: Any
    kind: Kind
    score: float
    coverage: float
    reasons: list[Reason]
    worth: float
    pairs: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[Any, ...]:
        """Give what hits are sorted by; the last member tells any two apart."""
        row = self.row
        return (
            self.coverage < WHOLE_COVERAGE,
            -round(self.score, 9),
            len(row.label),
            self.kind,
            row.slug,
        )

    def settle(self) -> None:
        """Look at the text: say how many neighbours in the question stand side by side."""
        if self.pairs:
            text = " ".join(["", *map(stem_of, words_of(f"{self.row.names} {self.row.body}")), ""])
            self.score = self.worth * (1 + _SIDE_BY_SIDE * sum([pair in text for pair in self.pairs]))
            self.worth, self.pairs = self.score, []


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to find a word in one place.

    Attributes:
        term: that has to be among a record's.
        others: that have to be there too.
        worth: of finding it so, the weight of the word not counted.
        reason: to give.
    """

    term: str
    others: tuple[str, ...]
    worth: float
    reason: Reason


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
    def pairs(self) -> list[tuple[str, str, str]]:
        """Give the neighbours in the question: both terms, and how they stand side by side, as stems."""
        stems = pairwise([stem_of(word) for word in self.asked.telling])
        return [
            (f" {any_term(first)} ", f" {any_term(second)} ", f" {first} {second} ")
            for first, second in stems
        ]


def measure(rows: Iterable[Any], scale: Scale) -> list[Hit]:
    """Score candidates; those that hold a phrase's words apart are left out, and those that hold no word.

    Args:
        rows: of the index: kind, slug, label, names, body, terms.
        scale: what they are measured with.
    """
    meanings = [(_ways(meaning), scale.weights[meaning.word]) for meaning in scale.meanings]
    hints = [(_ways(hint), scale.weights[hint.word]) for hint in scale.hints]
    total = sum([weight for _ways, weight in meanings]) or 1.0
    phrases, likeness, favours = scale.asked.phrases, scale.readings.likeness, scale.asked.favours
    hits = []
    for row in rows:
        terms = f" {row.terms} "
        score = found = 0.0
        reasons = []
        for ways, weight in meanings:
            way = _best_way(ways, terms)
            if way:
                score += way.worth * weight
                found += weight
                reasons.append(way.reason)
        if not reasons or (phrases and not _holds_phrases(row, phrases)):
            continue
        coverage, kind = found / total, _KINDS[row.kind]
        if hints:
            score += sum([way.worth * weight for ways, weight in hints if (way := _best_way(ways, terms))])
        score *= coverage * coverage * _KIND_WEIGHTS[kind] * favours.get(kind, 1.0)
        score *= likeness(lines_of(row.names))
        pairs = [pair for first, second, pair in scale.pairs if first in terms and second in terms]
        highest = score * (1 + _SIDE_BY_SIDE * len(pairs)) if pairs else score
        hits.append(Hit(row, kind, highest, coverage, reasons, score, pairs))
    return hits


def first(hits: Sequence[Hit], most: int | None) -> list[Hit]:
    """Give so many hits, or all (None), best first."""
    if most is None:
        most = len(hits)
    pending = sorted([(hit.order, hit) for hit in _contenders(hits, most)], key=lambda pair: pair[0])
    return [hit for hit, _place in zip(_settled(pending), range(most), strict=False)]


def lowest_of(hits: Iterable[Hit], most: int) -> float:
    """Give a score that at least so many of the hits reach; minus infinity where these are fewer."""
    scores = sorted([hit.worth for hit in hits if hit.coverage >= WHOLE_COVERAGE], reverse=True)
    return scores[most - 1] - _ROUNDING if 0 < most <= len(scores) else -math.inf


def _contenders(hits: Sequence[Hit], most: int) -> Sequence[Hit]:
    """Leave out those that cannot be among the first."""
    lowest = lowest_of(hits, most)
    if lowest == -math.inf:
        return hits
    return [hit for hit in hits if hit.score >= lowest and hit.coverage >= WHOLE_COVERAGE]


def _settled(pending: Sequence[tuple[Any, Hit]]) -> Iterator[Hit]:
    """Give hits in order; they come in the order of what they may be at best."""
    waiting: list[tuple[Any, int, Hit]] = []
    for place, (order, hit) in enumerate(pending):
        while waiting and waiting[0][0] <= order:
            yield heappop(waiting)[2]
        if hit.pairs:
            hit.settle()
            order = hit.order  # noqa: PLW2901  # the same hit's, looked at closely
        heappush(waiting, (order, place, hit))
    while waiting:
        yield heappop(waiting)[2]


def _weight(meaning: Meaning, entries: int) -> float:
    records = max((way.records for way in meaning.alternatives), default=0)
    return math.log(1 + (entries + 1) / (records + 1))


def _ways(meaning: Meaning) -> list[_Way]:
    """Give the ways to find a word, best first."""
    ways = []
    for way in meaning.alternatives:
        for place, term_of, worth in (
            (IN_NAME, name_term, _WORTH_IN_NAME),
            (IN_TEXT, any_term, _WORTH_IN_TEXT),
        ):
            term, *others = [f" {term_of(stem)} " for stem in way.stems]
            reason = Reason(place, meaning.word, way.word, way.how)
            ways.append(_Way(term, tuple(others), WORTH[way.how] * worth, reason))
    return sorted(ways, key=lambda way: -way.worth)


def _best_way(ways: Sequence[_Way], terms: str) -> _Way | None:
    for way in ways:
        if way.term in terms and (not way.others or all(other in terms for other in way.others)):
            return way
    return None


def _holds_phrases(row: Any, phrases: Sequence[tuple[str, ...]]) -> bool:
    """Check that the words of each phrase stand side by side."""
    text = " ".join(["", *words_of(f"{row.names} {row.body}"), ""])
    return all(f" {' '.join(phrase)} " in text for phrase in phrases)
