"""What somebody typed: words, phrases in quotes, `-word` for what must not be there, the kind asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.models import Kind
from app.services.search.words import words_of

MOST_WORDS = 12
# How much a kind that is asked for comes before the others, and the second best for the question.
ASKED_KIND, _NEXT_KIND = 8.0, 4.0
_PHRASE = re.compile(r'"([^"]*)"')
_EXCLUDED = re.compile(r"(?:^|\s)-(\S+)")

# Words that say how something is asked, not what about.
EMPTY = frozenset(
    """
    a about all an and any anybody anyone anything are ask as at be been by can could did do does
    done find for from get gets getting give good has have help how i if in into is it its know like list made
    make makes me my need needs of on one or our people please recommended say see should show some
    somebody someone something tell than that the their them there these they thing things this to
    us use used useful user users uses using want was way we were what when where which who whom
    whose why will with without work working would you your
    """.split()  # noqa: SIM905  # a list of words is best read as words
)
# Words that say which kind of record is asked for.
_KINDS = {
    "library": Kind.LIBRARY,
    "libraries": Kind.LIBRARY,
    "package": Kind.LIBRARY,
    "packages": Kind.LIBRARY,
    "tool": Kind.LIBRARY,
    "tools": Kind.LIBRARY,
    "framework": Kind.LIBRARY,
    "frameworks": Kind.LIBRARY,
    "software": Kind.LIBRARY,
    "module": Kind.LIBRARY,
    "team": Kind.TEAM,
    "teams": Kind.TEAM,
    "purpose": Kind.PURPOSE,
    "purposes": Kind.PURPOSE,
    "source": Kind.SOURCE,
    "sources": Kind.SOURCE,
    "article": Kind.SOURCE,
    "organization": Kind.ORGANIZATION,
    "organisation": Kind.ORGANIZATION,
    "company": Kind.ORGANIZATION,
}
_PERSONS = frozenset({"who", "whom", "whose", "whoever"})
_CHOICES = frozenset({"what", "which"})
_FOR = frozenset({"for", "use", "used", "using"})


@dataclass(frozen=True)
class Asked:
    """A question, taken apart.

    Attributes:
        words: that count, in order, each once.
        phrases: runs of words that must stand side by side.
        excluded: words that must not be there.
        hints: words for kinds, such as `library`; records need not hold them.
        favours: how much each kind that is asked for comes before the others.
        telling: words and hints, in order, to compare with whole names.
        whole: all words as typed, to compare with whole names.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    hints: tuple[str, ...]
    favours: dict[Kind, float]
    telling: tuple[str, ...]
    whole: tuple[str, ...]


def take_apart(question: str) -> Asked:
    """Read a question; any text is one."""
    phrases = [tuple(words_of(text)[:MOST_WORDS]) for text in _PHRASE.findall(question)]
    rest = _PHRASE.sub(" ", question)
    excluded = [word for text in _EXCLUDED.findall(rest) for word in words_of(text)]
    whole = words_of(_EXCLUDED.sub(" ", rest))[: MOST_WORDS * 2]
    telling = [word for word in whole if word not in EMPTY]
    quoted = [word for phrase in phrases for word in phrase]
    about = [*quoted, *(word for word in telling if word not in _KINDS)]
    hints = [word for word in telling if word in _KINDS] if about else []
    words = dict.fromkeys(about or telling or whole)
    return Asked(
        words=tuple(words)[:MOST_WORDS],
        phrases=tuple(phrase for phrase in phrases if phrase),
        excluded=tuple(excluded[:MOST_WORDS]),
        hints=tuple(dict.fromkeys(hints))[:MOST_WORDS],
        favours=_favours(whole, hints) if about else {},
        telling=tuple(telling),
        whole=tuple(whole or quoted),
    )


def _favours(whole: Sequence[str], hints: Sequence[str]) -> dict[Kind, float]:
    """Say which kinds answer: those named; else teams to `who`, use cases to `how`, libraries to `what`."""
    named = {_KINDS[word]: ASKED_KIND for word in hints}
    if named:
        return named
    if not _PERSONS.isdisjoint(whole):
        return {Kind.TEAM: ASKED_KIND, Kind.USE_CASE: _NEXT_KIND}
    if whole[:1] == ["how"]:
        return {Kind.USE_CASE: _NEXT_KIND}
    if not _CHOICES.isdisjoint(whole[:1]) and not _FOR.isdisjoint(whole):
        return {Kind.LIBRARY: ASKED_KIND}
    return {}
