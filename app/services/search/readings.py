"""The names that a question may stand for as a whole: typed, put right, or by synonyms."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

from app.services.search.meaning import How, Meaning
from app.services.search.question import Asked
from app.services.search.synonyms import synonyms_of
from app.services.search.words import stem_of, stems_of_line, words_of

_TYPED, _CORRECTED, _SAME_STEMS, _SYNONYM = 40.0, 36.0, 30.0, 20.0
# What is left when the words for kinds and for persons are taken away is a name less surely.
_REST = 6.0
_BEGINS = 2.0
_MOST_WAYS = 3
_MOST_READINGS = 27


class Readings:
    """What a question may stand for, to compare names with.

    Attributes:
        wholes: worth of each name, without blanks.
        stems: worth of each name, by the stems of its words.
        lengths: numbers of blanks in such names.
        start: that a name may begin with: words, a blank behind each.
    """

    def __init__(self, asked: Asked, meanings: Sequence[Meaning]) -> None:
        self.wholes: dict[str, float] = {}
        self.stems: dict[tuple[str, ...], float] = {}
        self.start = "".join(f"{word} " for word in asked.words)
        slips = {meaning.word: _slips(meaning) for meaning in meanings}
        for typed in (asked.whole, asked.telling if asked.hints else asked.whole):
            self._add(typed, slips, 1.0)
        self._add(asked.words, slips, _REST / _TYPED if asked.favours else 1.0)
        self.lengths = {max(len(stems) - 1, 0) for stems in self.stems}

    def likeness(self, named: str) -> float:
        """Compare a record's names with the question: whole, a beginning, or not; short names first.

        Args:
            named: the words of each name, a line each, the record's label first; see `words.lines_of`.
        """
        best, wholes, lengths, start = 1.0, self.wholes, self.lengths, self.start
        lines = named.split("\n")
        for line in lines:
            whole = line.replace(" ", "")
            if whole in wholes:
                best = max(best, wholes[whole])
            if line.count(" ") in lengths:
                best = max(best, self.stems.get(stems_of_line(line), 0.0))
            if start and best < _BEGINS and f"{line} ".startswith(start):
                best = _BEGINS
        if best > _BEGINS:
            return best
        label = lines[0]
        return best + 1 / (2 + label.count(" ")) if label else best + 1.0

    def _add(self, typed: tuple[str, ...], slips: Mapping[str, Sequence[str]], share: float) -> None:
        self._add_whole(typed, _TYPED * share)
        for words in _corrected(typed, slips):
            self._add_whole(words, _CORRECTED * share)
        for other in synonyms_of(typed):
            self._add_whole(tuple(words_of(other)), _SYNONYM * share)

    def _add_whole(self, words: tuple[str, ...], worth: float) -> None:
        whole, stems = "".join(words), _stems(words)
        self.wholes[whole] = max(worth, self.wholes.get(whole, 0.0))
        self.stems[stems] = max(worth * _SAME_STEMS / _TYPED, self.stems.get(stems, 0.0))


def _slips(meaning: Meaning) -> list[str]:
    """Give the words that may have been meant where the word itself is unknown."""
    if any(way.how is How.EXACT for way in meaning.alternatives):
        return []
    likely = (way.word for way in meaning.alternatives if way.how in {How.PREFIX, How.FUZZY})
    return list(islice(likely, _MOST_WAYS))


def _corrected(typed: Sequence[str], slips: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, ...]]:
    ways = [slips.get(word) or [word] for word in typed]
    return islice(product(*ways), _MOST_READINGS)


def _stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple([stem_of(word) for word in words])
