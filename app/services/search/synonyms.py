"""Words and runs of words that people use for one thing, from synonyms.yaml."""

from collections.abc import Iterator, Sequence
from functools import cache

from app.config import PROJECT_FOLDER
from app.services.search.question import Asked
from app.services.search.words import stem_of, stems_of

SYNONYMS_FILE = PROJECT_FOLDER / "app" / "services" / "search" / "synonyms.yaml"


def synonyms_of(words: Sequence[str]) -> tuple[str, ...]:
    """Find the other members of the groups that a run of words belongs to, in the order of the file."""
    return _synonyms().get(tuple(stem_of(word) for word in words), ())


def synonyms_in(asked: Asked) -> dict[str, tuple[str, ...]]:
    """Find the synonyms of each word, alone and in runs.

    What the question says anyway tells nothing new of a single word; of a run it says that the rest may be
    missing.
    """
    said = {stem_of(word) for word in asked.whole}
    texts = [asked.whole, *asked.phrases]
    found: dict[str, dict[str, None]] = {}
    for run, others in (pair for text in texts for pair in _runs_with_synonyms(text)):
        for other in others:
            if len(run) > 1 or not said.issuperset(stems_of(other)):
                for word in run:
                    found.setdefault(word, {})[other] = None
    return {word: tuple(others) for word, others in found.items()}


def _runs_with_synonyms(words: Sequence[str]) -> Iterator[tuple[Sequence[str], tuple[str, ...]]]:
    """Find the runs of words in a text that have synonyms, with these."""
    synonyms, stems = _synonyms(), tuple([stem_of(word) for word in words])
    for start in range(len(words)):
        for end in range(start + 1, min(start + _longest(), len(words)) + 1):
            others = synonyms.get(stems[start:end])
            if others:
                yield words[start:end], others


@cache
def _longest() -> int:
    return max(map(len, _synonyms()))


@cache
def _synonyms() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Read the groups of synonyms: for the stems of each member the other members."""
    import yaml  # noqa: PLC0415  # the first search needs it

    groups: list[list[str]] = yaml.safe_load(SYNONYMS_FILE.read_text("utf-8"))
    synonyms: dict[tuple[str, ...], dict[str, None]] = {}
    for group in groups:
        for member in group:
            others = dict.fromkeys(other for other in group if other != member)
            synonyms.setdefault(stems_of(member), {}).update(others)
    return {stems: tuple(others) for stems, others in synonyms.items()}
