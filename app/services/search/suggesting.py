"""Completions while somebody types: names and aliases in which some word begins so, the most used first."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Dialect,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
)

from app.models import Kind, SearchWord, Tally
from app.services.collections import Condition
from app.services.facets.tallies import key_of
from app.services.prepared import Prepared, Values, has_given_text, texts_given
from app.services.search import engine
from app.services.search.engine import Part, Wanted
from app.services.search.indexing import COMPLETED_KINDS
from app.services.search.words import LAST_LETTER, kind_term, lines_of, name_term, stem_of, words_of

MOST_SUGGESTED = 10
_MOST_BEGINNINGS = 50
_MOST_CANDIDATES = 100  # of each kind

Uses = Mapping[tuple[Kind, int], int]


class Fitting(NamedTuple):
    """A record that may be meant.

    Attributes:
        row: of the index.
        name: that fits what is typed.
        is_beginning: it begins so; else a later word does.
    """

    row: Any
    name: str
    is_beginning: bool


def suggest(connection: Connection, typed: str, kinds: Sequence[Kind], limit: int) -> list[dict[str, Any]]:
    """Complete what is typed so far.

    Args:
        connection: in a snapshot.
        typed: whole words, and the beginning of the last one.
        kinds: to look among; none: libraries, teams, purposes and organizations.
        limit: 1 to 10.

    Returns: the name or alias that fits, with kind, slug and name of the record and the number of its use
        cases; those of the most use cases first.
    """
    words = words_of(typed)
    among = [kind for kind in COMPLETED_KINDS if not kinds or kind in kinds]
    rows = _candidates(connection, words, among) if words and among else []
    fitting = [found for row in rows if (found := _fitting(row, words))]
    uses = _uses(connection, [found.row for found in fitting])
    ranked = sorted(fitting, key=lambda found: _order(found, uses))
    return [
        {
            "completion": found.name,
            "kind": found.row.kind,
            "slug": found.row.slug,
            "name": found.row.label,
            "use_cases": _number(found.row, uses),
        }
        for found in ranked[:limit]
    ]


def _candidates(connection: Connection, words: Sequence[str], among: Sequence[Kind]) -> Sequence[Any]:
    *whole, beginning = words
    begun = _begun_by(connection, beginning)
    if not begun:
        return []
    groups = [frozenset({(name_term(stem_of(word)),)}) for word in whole]
    groups.append(frozenset((name_term(row[0]),) for row in begun))
    return engine.entries(
        connection,
        [Part(Wanted((frozenset({(kind_term(kind),)}), *groups)), _MOST_CANDIDATES) for kind in among],
    )


def _fitting(row: Any, words: Sequence[str]) -> Fitting | None:
    """Give the first of a record's names in which the words stand and some word begins like the last one."""
    *whole, beginning = words
    for name, line in zip(row.names.split("\n"), lines_of(row.names).split("\n"), strict=True):
        held = line.split()
        if set(whole) <= set(held) and any(word.startswith(beginning) for word in held):
            return Fitting(row, name, is_beginning=line.startswith(" ".join(words)))
    return None


def _order(found: Fitting, uses: Uses) -> tuple[Any, ...]:
    row = found.row
    number = -_number(row, uses)
    return not found.is_beginning, number, len(found.name), row.label, row.kind, row.slug


def _number(row: Any, uses: Uses) -> int:
    return uses.get((row.kind, row.record_id), 0)


def _uses(connection: Connection, rows: Sequence[Any]) -> Uses:
    """Look up in the tallies how many use cases have each record as team, library, purpose, organization."""
    if not rows:
        return {}
    given: Values = {}
    for kind in COMPLETED_KINDS:
        ids = [str(row.record_id) for row in rows if row.kind == kind]
        given |= texts_given(connection.dialect, ids, kind.value)
    return {(_KINDS[facet], int(value)): records for facet, value, records in _USES.rows(connection, **given)}


def _begun_by(connection: Connection, beginning: str) -> Sequence[Any]:
    """Give the stems of the words that begin so and that most names have.

    By one letter, or two, an index has them in this very order.
    """
    if len(beginning) in _READY:
        return _READY[len(beginning)].rows(connection, word=beginning)
    return _BEGINNINGS.rows(connection, word=beginning, behind=beginning + LAST_LETTER)


def _ready(letters: SQLColumnExpression[str]) -> Prepared:
    return Prepared(lambda _dialect: _commonest(letters == bindparam("word", type_=Text)))


def _beginnings(_dialect: Dialect) -> Any:
    word, behind = bindparam("word", type_=Text), bindparam("behind", type_=Text)
    return _commonest(SearchWord.word >= word, SearchWord.word < behind)


def _commonest(*begin_so: Condition) -> Any:
    commonest = select(SearchWord.stem).where(*begin_so, SearchWord.names > literal_column("0"))
    return commonest.order_by(SearchWord.names.desc(), SearchWord.word).limit(_MOST_BEGINNINGS)


def _used(dialect: Dialect) -> Any:
    those = [
        and_(Tally.facet == facet, has_given_text(dialect, Tally.value, kind.value))
        for facet, kind in _KINDS.items()
    ]
    return select(Tally.facet, Tally.value, Tally.records).where(or_(*those))


_KINDS = {key_of(kind.value): kind for kind in COMPLETED_KINDS}
_READY = {1: _ready(SearchWord.first_letter), 2: _ready(SearchWord.first_two)}
_BEGINNINGS, _USES = Prepared(_beginnings), Prepared(_used)
