"""What each word of a question may mean: itself, beginnings, compounds, synonyms, what it is a slip of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection, select, union_all

from app.models import SearchWord
from app.services.search.question import EMPTY, Asked
from app.services.search.synonyms import synonyms_in
from app.services.search.words import stem_of, words_of

_SHORTEST_BEGINNING = 3
_MOST_BEGINNINGS = 20
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


def meanings_of(connection: Connection, asked: Asked) -> tuple[list[Meaning], list[Meaning]]:
    """Find what the words of a question and its hints may mean, in three statements at most.

    A misspelling is thought of only where nothing else was found: one edit in
    words of 4 to 7 letters, two in longer ones. A hint is only ever itself.
    """
    words = asked.words
    synonyms = synonyms_in(asked)
    joined = {f"{first}{second}": (first, second) for first, second in pairwise(words)}
    parts = {part for word in words for split in _splits(word) for part in split}
    synonym_words = {part for others in synonyms.values() for other in others for part in words_of(other)}
    stems = {stem_of(word) for word in (*words, *asked.hints, *joined, *parts, *synonym_words)}
    held = _held(connection, stems)
    beginnings = _beginnings(connection, words)
    found = {}
    for word in words:
        ways = [*_exact(word, held), *_joined(word, joined, held)]
        longer = (row for row in beginnings if row.word.startswith(word))
        ways += [Alternative((row.stem,), How.PREFIX, row.word, row.records) for row in longer]
        found[word] = ways + _synonym_ways(synonyms.get(word, ()), held)
    unknown = [word for word in words if not found[word]]
    slips = _slips(connection, unknown) if unknown else {}
    meanings = [Meaning(word, _best(found[word] or slips.get(word) or _parts(word, held))) for word in words]
    return meanings, [Meaning(hint, tuple(_exact(hint, held))) for hint in asked.hints]


def _held(connection: Connection, stems: Iterable[str]) -> dict[str, int]:
    """Count the records that hold each stem, at least; those that nobody holds are left out."""
    statement = select(SearchWord.stem, SearchWord.records).where(SearchWord.stem.in_(sorted(stems)))
    held: dict[str, int] = {}
    for stem, records in connection.execute(statement):
        held[stem] = max(held.get(stem, 0), records)
    return held


def _beginnings(connection: Connection, words: Sequence[str]) -> Sequence[Any]:
    """Find the commonest words of the vocabulary that begin like one of these, at most 20 for each."""
    parts = []
    for word in words:
        if len(word) >= _SHORTEST_BEGINNING:
            longer = (SearchWord.word > word, SearchWord.word < word + "\U0010ffff")
            commonest = select(SearchWord.word, SearchWord.stem, SearchWord.records).where(*longer)
            ordered = commonest.order_by(SearchWord.records.desc(), SearchWord.word).limit(_MOST_BEGINNINGS)
            parts.append(select(ordered.subquery()))
    rows = connection.execute(union_all(*parts)).all() if parts else []
    return sorted(rows, key=lambda row: (-row.records, row.word))


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


def _parts(word: str, held: dict[str, int]) -> list[Alternative]:
    """Find `time series` for `timeseries`."""
    ways = []
    for split in _splits(word):
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
        stems = tuple(stem_of(part) for part in words_of(other))
        if all(stem in held for stem in stems):
            ways.append(Alternative(stems, How.SYNONYM, other, min(held[stem] for stem in stems)))
    return ways


def _slips(connection: Connection, words: Sequence[str]) -> dict[str, list[Alternative]]:
    """Find the words of the vocabulary that somebody may have meant, nearest first, then commonest."""
    reach = {word: edits for word in words if (edits := _edits(word))}
    spans = (range(len(word) - edits, len(word) + edits + 1) for word, edits in reach.items())
    lengths = {length for span in spans for length in span}
    columns = (SearchWord.word, SearchWord.stem, SearchWord.records)
    rows = (
        connection.execute(select(*columns).where(SearchWord.length.in_(sorted(lengths)))).all()
        if lengths
        else []
    )
    known = [row[0] for row in rows]
    return {word: _nearest(word, edits, rows, known) for word, edits in reach.items()}


def _nearest(word: str, edits: int, rows: Sequence[Any], words: Sequence[str]) -> list[Alternative]:
    """Find the words within so many edits: fewest edits first, then the same first letter, then commonest."""
    hits = process.extract(word, words, scorer=OSA.distance, score_cutoff=edits, limit=None)
    near = [
        (distance, found[0] != word[0], -rows[place].records, found, rows[place])
        for found, distance, place in hits
        if found not in EMPTY
    ]
    ranked = [row for *_order, row in sorted(near, key=lambda item: item[:4])[:_MOST_SLIPS]]
    return [Alternative((row.stem,), How.FUZZY, row.word, row.records) for row in ranked]


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
