"""What a word that nobody knows may be a slip of: one edit in words of 4 to 7 letters, two in longer ones.

All that lies one edit away from a word of ASCII letters can be written down,
and looked up, in an atlas of any size. Only where that finds nothing are words
compared that have a part in common with it: of the three parts of a word, two
edits leave one as it was, or swap its last letter with the next part's first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase, digits

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection

from app.services.search import vocabulary
from app.services.search.question import EMPTY
from app.services.search.vocabulary import Clue, Part, Word
from app.services.search.words import cuts_of

_MOST_SLIPS = 3
_ONE_EDIT, _TWO_EDITS = 4, 8
_LETTERS = ascii_lowercase + digits

# Words near to one, each with its distance in edits.
Near = dict[str, float]


def slips_of(connection: Connection, words: Iterable[str]) -> dict[str, list[Word]]:
    """Find the words of the vocabulary that somebody may have meant by each word, at most three.

    Returns: those of the fewest edits; those with the same first letter first, then the commonest.
    """
    reach = {word: edits for word in words if (edits := _edits(word))}
    variants = {word: _one_edit_away(word) for word in reach if word.isascii()}
    known = vocabulary.known(connection, {variant for near in variants.values() for variant in near})
    near: dict[str, Near] = {
        word: {variant: 1 for variant in some if variant in known and variant not in EMPTY}
        for word, some in variants.items()
    }
    far = [
        word for word, edits in reach.items() if not near.get(word) and (edits > 1 or word not in variants)
    ]
    if far:
        near.update(_looked_through(connection, far, reach))
        known |= vocabulary.known(connection, {found for word in far for found in near[word]})
    return {word: _nearest(word, some, known) for word, some in near.items()}


def _edits(word: str) -> int:
    return 2 if len(word) >= _TWO_EDITS else 1 if len(word) >= _ONE_EDIT else 0


def _one_edit_away(word: str) -> set[str]:
    """Write down what a word becomes by one letter left out, put in or replaced, or two swapped."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    left_out = {before + after[1:] for before, after in splits if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in splits if len(after) > 1}
    replaced = {before + letter + after[1:] for before, after in splits if after for letter in _LETTERS}
    put_in = {before + letter + after for before, after in splits for letter in _LETTERS}
    return (left_out | swapped | replaced | put_in) - {word}


def _looked_through(
    connection: Connection, words: Sequence[str], reach: Mapping[str, int]
) -> dict[str, Near]:
    """Look through the words of about the same lengths that share a part."""
    clues = {clue for word in words for clue in clues_of(word, reach[word])}
    known = vocabulary.sharing(connection, clues)
    return {word: _near(word, reach[word], known) for word in words}


def clues_of(word: str, edits: int) -> Iterator[Clue]:
    """Give the parts of which each word within so many edits has one.

    Where a part begins may be moved by what is put in or left out before it,
    and the lengths differ by that and by what is put in or left out behind it.
    """
    for length in range(len(word) - edits, len(word) + edits + 1):
        for part, (start, end) in enumerate(cuts_of(length)):
            for moved in range(-edits, edits + 1):
                others = edits - abs(moved) - abs(len(word) - length - moved)
                first, behind = start + moved, end + moved
                if others < 0 or first < 0 or behind > len(word):
                    continue
                yield Clue(length, part, word[first:behind])
                if others and part == Part.START and behind < len(word):
                    yield Clue(length, part, word[first : behind - 1] + word[behind])
                if others and part == Part.END and first > 0:
                    yield Clue(length, part, word[first - 1] + word[first + 1 : behind])


def _near(word: str, edits: int, known: Sequence[str]) -> Near:
    """Find the words within so many edits, each with its distance."""
    hits = process.extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=None)
    return {found: distance for found, distance, _place in hits if found not in EMPTY}


def _nearest(word: str, near: Near, known: Mapping[str, Word]) -> list[Word]:
    fewest = min(near.values(), default=0)
    likely = [known[found] for found, distance in near.items() if distance == fewest]
    likely.sort(key=lambda other: (other.word[0] != word[0], -other.records, other.word))
    return likely[:_MOST_SLIPS]
