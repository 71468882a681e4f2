"""What each word of a question may mean: itself, beginnings, compounds, synonyms, what it is a slip of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import Connection

from app.services.search import vocabulary
from app.services.search.question import Asked
from app.services.search.slips import slips_of
from app.services.search.synonyms import synonyms_in
from app.services.search.words import stem_of, stems_of

_SHORTEST_BEGINNING = 3
_SHORTEST_PART = 2


class How(StrEnum):
    """How a word of a question was found, best first."""

    EXACT = "exact"
    COMPOUND = "compound"
    PREFIX = "prefix"
    SYNONYM = "synonym"
    FUZZY = "fuzzy"


WORTH = {How.EXACT: 1.0, How.COMPOUND: 0.9, How.PREFIX: 0.5, How.SYNONYM: 0.3, How.FUZZY: 0.5}


@dataclass(frozen=True)
class Alternative:
    """One way to find a word: all of these stems.

    Attributes:
        stems: one, or the two parts of a compound.
        how: it was found.
        word: of the vocabulary, for people.
        records: how many hold it; a rare word says more.
    """

    stems: tuple[str, ...]
    how: How
    word: str
    records: int


@dataclass(frozen=True)
class Meaning:
    """A word of a question with its alternatives; none: nobody knows it."""

    word: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Understood:
    """What the vocabulary makes of a question.

    Attributes:
        meanings: of its words, in order.
        hints: the meanings of its words for kinds.
        entries: about how many records there are.
    """

    meanings: list[Meaning]
    hints: list[Meaning]
    entries: int


def meanings_of(connection: Connection, asked: Asked) -> Understood:
    """Find what the words of a question and its hints may mean, in one statement where they are known.

    A misspelling, and then what a word may be put together from, is thought of
    only where nothing else was found. A hint is only ever itself.
    """
    words = asked.words
    synonyms = synonyms_in(asked)
    joined = {f"{first}{second}": (first, second) for first, second in pairwise(words)}
    synonym_stems = {stem for others in synonyms.values() for other in others for stem in stems_of(other)}
    stems = synonym_stems.union(map(stem_of, (*words, *asked.hints, *joined)))
    begun = [word for word in words if len(word) >= _SHORTEST_BEGINNING]
    held, beginnings, entries = vocabulary.look_up(connection, stems, begun)
    found = {}
    for word in words:
        ways = [*_exact(word, held), *_joined(word, joined, held)]
        longer = (other for other in beginnings if other.word.startswith(word))
        ways += [Alternative((other.stem,), How.PREFIX, other.word, other.records) for other in longer]
        found[word] = ways + _synonym_ways(synonyms.get(word, ()), held)
    _guess(connection, found)
    meanings = [Meaning(word, _best(found[word])) for word in words]
    return Understood(meanings, [Meaning(hint, tuple(_exact(hint, held))) for hint in asked.hints], entries)


def _guess(connection: Connection, found: dict[str, list[Alternative]]) -> None:
    """Find what words are slips of, or put together from, that mean nothing else."""
    unknown = [word for word, ways in found.items() if not ways]
    if not unknown:
        return
    for word, others in slips_of(connection, unknown).items():
        found[word] = [Alternative((other.stem,), How.FUZZY, other.word, other.records) for other in others]
    splits = {word: _splits(word) for word in unknown if not found[word]}
    parts = {stem_of(part) for pairs in splits.values() for pair in pairs for part in pair}
    held = vocabulary.held(connection, parts)
    found.update({word: _parts(pairs, held) for word, pairs in splits.items()})


def _exact(word: str, held: dict[str, int]) -> list[Alternative]:
    stem = stem_of(word)
    return [Alternative((stem,), How.EXACT, word, held[stem])] if stem in held else []


def _joined(word: str, joined: dict[str, tuple[str, str]], held: dict[str, int]) -> list[Alternative]:
    """Find `timeseries` for `time series`."""
    with_word = (compound for compound, pair in joined.items() if word in pair)
    stems = ((compound, stem_of(compound)) for compound in with_word)
    return [
        Alternative((stem,), How.COMPOUND, compound, held[stem]) for compound, stem in stems if stem in held
    ]


def _parts(splits: Sequence[tuple[str, str]], held: dict[str, int]) -> list[Alternative]:
    """Find `time series` for `timeseries`."""
    ways = []
    for split in splits:
        stems = tuple(stem_of(part) for part in split)
        if all(stem in held for stem in stems):
            ways.append(Alternative(stems, How.COMPOUND, " ".join(split), min(held[stem] for stem in stems)))
    return ways


def _splits(word: str) -> list[tuple[str, str]]:
    places = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return [(word[:place], word[place:]) for place in places]


def _synonym_ways(others: Iterable[str], held: dict[str, int]) -> list[Alternative]:
    ways = []
    for other in others:
        stems = stems_of(other)
        if all(stem in held for stem in stems):
            ways.append(Alternative(stems, How.SYNONYM, other, min(held[stem] for stem in stems)))
    return ways


def _best(ways: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Keep the best way to each combination of stems."""
    best: dict[tuple[str, ...], Alternative] = {}
    for way in ways:
        kept = best.get(way.stems)
        if kept is None or WORTH[way.how] > WORTH[kept.how]:
            best[way.stems] = way
    return tuple(best.values())
