"""Text to words, and words to the terms that the index holds."""

import hashlib
import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any

from app.text import fold

LONGEST_WORD = 60
LAST_LETTER = "\U0010ffff"  # no word has one behind it
_WORDS = re.compile(r"[^\W_]+")
_LOCK = threading.Lock()

# British and American spellings are one word.
_SPELLINGS = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ise", "ize"),
    ("yse", "yze"),
    ("our", "or"),
)
_SHORTEST_RESPELT = 6


def words_of(text: str) -> list[str]:
    """Split text into words: folded, without accents, letters and digits only, in order."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _WORDS.findall(text.lower())]  # the same, faster
    plain = " ".join(word if word.isascii() else _without_accents(word) for word in fold(text).split(" "))
    return [word[:LONGEST_WORD] for word in _WORDS.findall(plain)]


@lru_cache(maxsize=10_000)
def _without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _stemmer() -> Any:
    """Make the stemmer when a word is looked at first: its package brings thirty languages along."""
    from snowballstemmer.english_stemmer import EnglishStemmer  # noqa: PLC0415  # see above

    return EnglishStemmer()


@lru_cache(maxsize=100_000)
def stem_of(word: str) -> str:
    """Give the stem of a word: `notebooks` and `notebook` have one."""
    for british, american in _SPELLINGS:
        if len(word) >= _SHORTEST_RESPELT and word.endswith(british):
            word = word[: -len(british)] + american
            break
    with _LOCK:  # a stemmer keeps the word that it works on
        stem: str = _stemmer().stemWord(word)
    # The databases' tokenizers agree on ASCII alone.
    return stem if stem.isascii() else "u" + hashlib.blake2b(stem.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=10_000)
def stems_of(text: str) -> tuple[str, ...]:
    """Give the stems of the words of a text, in order."""
    return tuple([stem_of(word) for word in words_of(text)])


def stems_of_line(line: str) -> tuple[str, ...]:
    """Give the stems of words between which blanks stand."""
    return tuple([stem_of(word) for word in line.split()])


@lru_cache(maxsize=20_000)
def lines_of(names: str) -> str:
    """Give the words of each of some names, a line each, with a blank between any two."""
    return "\n".join([" ".join(words_of(name)) for name in names.split("\n")])


def cuts_of(length: int) -> tuple[tuple[int, int], ...]:
    """Say where the three parts of a word of a length lie, each from and to; slips are found by them."""
    third = (length + 1) // 3
    return (0, third), (third, length - third), (length - third, length)


def name_term(stem: str) -> str:
    """Give the term for a stem in a name."""
    return f"n{stem}"


def any_term(stem: str) -> str:
    """Give the term for a stem anywhere."""
    return f"a{stem}"


def kind_term(kind: str) -> str:
    """Give the term for a kind of record."""
    return f"k{kind.replace('_', '')}"
