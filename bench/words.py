"""Names that nobody has, and sentences of common and rare words."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Generic, TypeVar

import yaml

Thing = TypeVar("Thing")

_FILE = Path(__file__).parent / "vocabulary.yaml"
VOCABULARY: dict[str, list[str]] = {
    name: text.split(", ") if "," in text else text.split()
    for name, text in yaml.safe_load(_FILE.read_text("utf-8")).items()
}
_RARE_WORDS = 3_000
_FOREIGN_SHARE = 0.05
_CLOSED_SYLLABLES = 0.4


class Deck(Generic[Thing]):
    """Things that are drawn by Zipf's law: the first most often."""

    def __init__(self, things: Sequence[Thing], random: Random, exponent: float = 1.0) -> None:
        """Weigh the things by their place."""
        self._things = things
        self._places = range(len(things))
        self._weights = list(accumulate(1 / (place + 1) ** exponent for place in self._places))
        self._random = random

    def draw(self) -> Thing:
        """Draw one."""
        return self._random.choices(self._things, cum_weights=self._weights)[0]

    def some(self, count: int) -> list[Thing]:
        """Draw a few, each once; fewer where chance repeats itself."""
        places = self._random.choices(self._places, cum_weights=self._weights, k=count)
        return [self._things[place] for place in dict.fromkeys(places)]


class Words:
    """Makes words and sentences out of one stream of chance."""

    def __init__(self, random: Random) -> None:
        """Invent the rare words; they are drawn by Zipf's law as well."""
        self._random = random
        self._rare = Deck([self.invented() for _ in range(_RARE_WORDS)], random)
        self._common = Deck(VOCABULARY["common"], random)

    def pick(self, name: str) -> str:
        """Give any word of a list of the vocabulary."""
        return self._random.choice(VOCABULARY[name])

    def invented(self) -> str:
        """Make a word that nobody has: two or three syllables."""
        return "".join(self._syllable() for _ in range(self._random.choice((2, 2, 3))))

    def sentence(self, subject: str = "It") -> str:
        """Make a sentence about a subject; one in twenty has a word of another language."""
        is_foreign = self._random.random() < _FOREIGN_SHARE
        odd = self.pick("foreign") if is_foreign else self._rare.draw()
        first, second, third = (self._common.draw() for _ in range(3))
        return (
            f"{subject} {self.pick('verbs')} {first} and {second} of the {odd} {third} {self.pick('places')}."
        )

    def text(self, subject: str) -> str:
        """Make a text of one to three sentences."""
        rest = (self.sentence() for _ in range(self._random.randint(0, 2)))
        return " ".join([self.sentence(subject), *rest])

    def _syllable(self) -> str:
        end = self.pick("ends") if self._random.random() < _CLOSED_SYLLABLES else ""
        return self.pick("beginnings") + self.pick("middles") + end
