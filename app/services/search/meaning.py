"""What each word of a question may mean: itself, beginnings, compounds, synonyms, what it is a slip of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from app.services.search import vocabulary
from app.services.search.question import EMPTY, Asked
from app.services.search.synonyms import synonyms_in
from app.services.search.vocabulary import Word
from app.services.search.words import stem_of, stems_of

_SHORTEST_BEGINNING = 3
_SHORTEST_PART = 2
_MOST_SLIPS = 3
_ONE_EDIT, _TWO_EDITS = 4, 8


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
    only where nothing else was found: one edit in words of 4 to 7 letters, two
    in longer ones. A hint is only ever itself.
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
    found.update(_slips(connection, unknown))
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


def _slips(connection: Connection, words: Sequence[str]) -> dict[str, list[Alternative]]:
    """Find the words of the vocabulary that somebody may have meant, nearest first, then commonest."""
    reach = {word: edits for word in words if (edits := _edits(word))}
    spans = (range(len(word) - edits, len(word) + edits + 1) for word, edits in reach.items())
    lengths = {length for span in spans for length in span}
    known = vocabulary.of_lengths(connection, lengths)
    near = {word: _near(word, edits, known) for word, edits in reach.items()}
    likely = {found for pairs in near.values() for found, _distance in pairs}
    words_known = vocabulary.known(connection, likely)
    return {word: _nearest(word, pairs, words_known) for word, pairs in near.items()}


def _near(word: str, edits: int, known: Sequence[str]) -> list[tuple[str, float]]:
    """Find the words within so many edits, each with its distance."""
    hits = process.extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=None)
    return [(found, distance) for found, distance, _place in hits if found not in EMPTY]


def _nearest(word: str, near: Iterable[tuple[str, float]], known: Mapping[str, Word]) -> list[Alternative]:
    """Order near words: fewest edits first, then the same first letter, then commonest; keep three."""
    ordered = sorted(
        near, key=lambda pair: (pair[1], pair[0][0] != word[0], -known[pair[0]].records, pair[0])
    )
    ranked = [known[found] for found, _distance in ordered[:_MOST_SLIPS]]
    return [Alternative((other.stem,), How.FUZZY, other.word, other.records) for other in ranked]


def _edits(word: str) -> int:
    return 2 if len(word) >= _TWO_EDITS else 1 if len(word) >= _ONE_EDIT else 0


def _best(ways: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Keep the best way to each combination of stems."""
    best: dict[tuple[str, ...], Alternative] = {}
    for way in ways:
        kept = best.get(way.stems)
        if kept is None or WORTH[way.how] > WORTH[kept.how]:
            best[way.stems] = way
    return tuple(best.values())
