"""What the vocabulary knows: stems, longer words, words that share a part; each in one prepared statement."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Dialect, Text, bindparam, func, literal_column, select, text, union_all

from app.models import SearchEntry, SearchWord
from app.services.prepared import (
    Prepared,
    Values,
    has_given_text,
    texts_given,
)
from app.services.search.words import LAST_LETTER

_MOST_BEGINNINGS = 20
_STEM, _BEGINNING, _ENTRIES = range(3)


class Part(IntEnum):
    """The three parts of a word."""

    START = 0
    MIDDLE = 1
    END = 2


class Clue(NamedTuple):
    """A part that a word may have: how long the word is, which part, and what it reads."""

    length: int
    part: int
    text: str


_HAS = {
    Part.START: "word >= given.part AND word < given.behind",
    Part.MIDDLE: "middle = given.part",
    Part.END: "ending = given.part",
}
# The parts come first, each looked up by an index.
_SHARES = {
    "sqlite": """
        SELECT group_concat(word, ' ') FROM (
            SELECT value ->> 0 AS length, value ->> 1 AS part, value ->> 2 AS behind FROM json_each(:{name})
        ) AS given CROSS JOIN search_word ON search_word.length = given.length AND {condition}
    """,
    "postgresql": """
        SELECT string_agg(word, ' ') FROM (
            SELECT (value ->> 0)::integer AS length, value ->> 1 AS part, value ->> 2 AS behind
            FROM jsonb_array_elements(CAST(:{name} AS jsonb)) AS value
        ) AS given JOIN search_word ON search_word.length = given.length AND {condition}
    """,
}


class Word(NamedTuple):
    """A word of the vocabulary, its stem, and how many records hold it."""

    word: str
    stem: str
    records: int


def look_up(
    connection: Connection, stems: Iterable[str], beginnings: Sequence[str]
) -> tuple[dict[str, int], list[Word], int]:
    """Ask for stems, for longer words, and for the size of the index, at once.

    Args:
        connection: in a snapshot.
        stems: that may be there.
        beginnings: words; at most 12.

    Returns: in how many records each stem is, at least; the commonest words that begin like one of these and
        go on, at most 20 for each; about how many records there are.
    """
    given: Values = texts_given(connection.dialect, sorted(stems))
    for place, word in enumerate(beginnings):
        given |= {f"after{place}": word, f"before{place}": word + LAST_LETTER}
    held: dict[str, int] = {}
    longer, entries = [], 0
    for place, word, stem, records in _looking_up(len(beginnings)).rows(connection, **given):
        if place == _BEGINNING:
            longer.append(Word(word, stem, records))
        elif place == _STEM:
            held[stem] = max(held.get(stem, 0), records)
        else:
            entries = records or 0
    return held, sorted(longer, key=lambda word: (-word.records, word.word)), entries


def held(connection: Connection, stems: Iterable[str]) -> dict[str, int]:
    """Count the records that hold each stem, at least; those that nobody holds are left out."""
    return dict(_HELD.rows(connection, **texts_given(connection.dialect, sorted(stems))))


def known(connection: Connection, words: Iterable[str]) -> dict[str, Word]:
    """Give those of some words that the vocabulary has."""
    rows = _KNOWN.rows(connection, **texts_given(connection.dialect, sorted(words)))
    return {row[0]: Word(*row) for row in rows}


def sharing(connection: Connection, clues: Iterable[Clue]) -> list[str]:
    """Give the words that have one of these parts at its place, each once, in no order."""
    given: dict[str, list[Any]] = {part.name: [] for part in Part}
    for clue in sorted(clues):
        given[Part(clue.part).name].append([clue.length, clue.text, clue.text + LAST_LETTER])
    rows = _SHARING.rows(connection, **{name: orjson.dumps(some).decode() for name, some in given.items()})
    return list({word for row in rows if row[0] for word in row[0].split(" ")})


@cache
def _looking_up(number: int) -> Prepared:
    """Prepare the question for stems, and for the words that begin like each of so many others."""
    return Prepared(lambda dialect: _asking(dialect, number))


def _asking(dialect: Dialect, number: int) -> Any:
    nothing: Any = literal_column("''")
    last = select(func.max(SearchEntry.id)).scalar_subquery()
    stems: Any = select(literal_column(str(_STEM)).label("place"), *_COLUMNS)
    parts: list[Any] = [
        stems.where(has_given_text(dialect, SearchWord.stem)),
        select(literal_column(str(_ENTRIES)), nothing, nothing, last),
    ]
    for place in range(number):
        after, before = bindparam(f"after{place}", type_=Text), bindparam(f"before{place}", type_=Text)
        longer = select(*_COLUMNS).where(SearchWord.word > after, SearchWord.word < before)
        ordered = longer.order_by(SearchWord.records.desc(), SearchWord.word).limit(_MOST_BEGINNINGS)
        parts.append(select(literal_column(str(_BEGINNING)), *ordered.subquery().columns))
    return union_all(*parts)


def _sharing(dialect: Dialect) -> Any:
    """Select the words that share a part with what is given; rows would take ten times as long as a text."""
    parts = (_SHARES[dialect.name].format(name=part.name, condition=_HAS[part]) for part in Part)
    statement = text(" UNION ALL ".join(parts))
    return statement.bindparams(*(bindparam(part.name, type_=Text) for part in Part))


_COLUMNS = (SearchWord.word, SearchWord.stem, SearchWord.records)
_HELD = Prepared(
    lambda dialect: (
        select(SearchWord.stem, func.max(SearchWord.records))
        .where(has_given_text(dialect, SearchWord.stem))
        .group_by(SearchWord.stem)
    )
)
_KNOWN = Prepared(lambda dialect: select(*_COLUMNS).where(has_given_text(dialect, SearchWord.word)))
_SHARING = Prepared(_sharing)
