"""What somebody typed: words, phrases in quotes, `-word` for what must not be there, the kind asked for."""

import re
from dataclasses import dataclass

from app.models import Kind
from app.services.search.words import words_of

MOST_WORDS = 12
_PHRASE = re.compile(r'"([^"]*)"')
_EXCLUDED = re.compile(r"(?:^|\s)-(\S+)")

# Words that say how something is asked, not what about.
_EMPTY = frozenset(
    """
    a about all an and any anybody anyone anything are ask as at be been by can could did do does
    done find for from get give good has have help how i if in into is it its know like list made
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


@dataclass(frozen=True)
class Asked:
    """A question, taken apart.

    Attributes:
        words: that count, in order, each once.
        phrases: runs of words that must stand side by side.
        excluded: words that must not be there.
        kinds: asked for by a word such as `library`; they come first.
        whole: all words as typed, to compare with whole names.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    kinds: frozenset[Kind]
    whole: tuple[str, ...]


def take_apart(question: str) -> Asked:
    """Read a question; any text is one."""
    phrases = [tuple(words_of(text)[:MOST_WORDS]) for text in _PHRASE.findall(question)]
    rest = _PHRASE.sub(" ", question)
    excluded = [word for text in _EXCLUDED.findall(rest) for word in words_of(text)]
    whole = words_of(_EXCLUDED.sub(" ", rest))[: MOST_WORDS * 2]
    telling = [word for word in whole if word not in _EMPTY]
    about = [word for word in telling if word not in _KINDS]
    kinds = frozenset(_KINDS[word] for word in telling if word in _KINDS) if about else frozenset[Kind]()
    quoted = [word for phrase in phrases for word in phrase]
    words = dict.fromkeys([*quoted, *(about or telling or whole)])
    return Asked(
        words=tuple(words)[:MOST_WORDS],
        phrases=tuple(phrase for phrase in phrases if phrase),
        excluded=tuple(excluded[:MOST_WORDS]),
        kinds=kinds,
        whole=tuple(whole or quoted),
    )
