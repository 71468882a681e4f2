"""What the vocabulary knows: stems, longer words, words of some lengths; each in one prepared statement."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Text, bindparam, func, literal_column, select, union_all

from app.models import SearchEntry, SearchWord
from app.services.prepared import (
    Prepared,
    Values,
    has_given_id,
    has_given_text,
    ids_given,
    texts_given,
)
from app.services.search.words import LAST_LETTER

_MOST_BEGINNINGS = 20
_STEM, _BEGINNING, _ENTRIES = range(3)


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


def of_lengths(connection: Connection, lengths: Iterable[int]) -> list[str]:
    """Give all words of these lengths, in one text for each length: rows would take ten times as long."""
    rows = _OF_LENGTHS.rows(connection, **ids_given(connection.dialect, sorted(lengths)))
    return [word for row in rows for word in row[0].split(" ")]


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


def _joined(dialect: Dialect) -> Any:
    joined = func.group_concat if dialect.name == "sqlite" else func.string_agg
    words = select(joined(SearchWord.word, literal_column("' '")))
    return words.where(has_given_id(dialect, SearchWord.length)).group_by(SearchWord.length)


_COLUMNS = (SearchWord.word, SearchWord.stem, SearchWord.records)
_HELD = Prepared(
    lambda dialect: (
        select(SearchWord.stem, func.max(SearchWord.records))
        .where(has_given_text(dialect, SearchWord.stem))
        .group_by(SearchWord.stem)
    )
)
_KNOWN = Prepared(lambda dialect: select(*_COLUMNS).where(has_given_text(dialect, SearchWord.word)))
_OF_LENGTHS = Prepared(_joined)
