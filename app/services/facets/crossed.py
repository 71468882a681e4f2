"""Lists of use cases with several filters of one value each, found from the value that fewest have.

The use cases with that value stand in an index or a kept list in the order of
their titles. Each is asked for the other values in indexes that hold little
else, so no use case itself is read before it is known to belong to the list.
That counts them; a page by title is walked to in the same way, and in another
order it is sorted, or, where many belong to the list, walked to in that order.
See decision 0039.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    FromClause,
    Select,
    Text,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)

from app.models import Kind, ListedUseCase, Team, UseCase
from app.services.collections import Collection, Condition
from app.services.facets.listing import LISTED
from app.services.facets.narrow import NarrowUseCase
from app.services.facets.places import FACETS
from app.services.facets.singled_out import is_listed_by, kept_sorts, only_value
from app.services.facets.tallies import is_counted, key_of, numbers_of
from app.services.paging import SortKey, pages_of
from app.services.prepared import Prepared, Statement

_FACETS = FACETS[Kind.USE_CASE]
# Filters that speak of one and the same row: two of them cannot be looked for apart.
_SAME_ROW = ({"library", "role", "topic", "lifecycle"}, {"source", "evidence_kind"})
# Nothing has the use cases of these by title; each has few values, which many have.
_ONLY_ASKED = frozenset({"role", "evidence_kind"})
# An index has the use cases of a value of these by id.
_BY_ID = frozenset({"library", "role", "purpose", "source"})
_PAGE = 50
_LISTED_VALUE = "listed"
# Of statements by the order of their filters, of which there are very many.
_remembered = lru_cache(maxsize=500)


class Way(Enum):
    """How a page is found."""

    BY_TITLE = auto()
    WALKED = auto()
    SOUGHT = auto()


@dataclass(frozen=True)
class Crossed:
    """The use cases that have several values.

    Attributes:
        words: the facets, first the one whose value fewest have.
        values: parameters of the statements.
        number: of the use cases; None: they were not counted yet.
        way: how a page is found.
        sorts: of the list, as the statement has them.
    """

    words: tuple[str, ...]
    values: Mapping[str, Any]
    number: int | None
    way: Way
    sorts: tuple[SortKey, ...]

    @property
    def statements(self) -> tuple[Statement, Select[int]]:
        """Give the statements for the ids of the use cases, in no order, and for their number."""
        return _rows(self.words, self.way), _count(self.words)

    def count(self, connection: Connection) -> int:
        """Give how many use cases there are."""
        return _number(connection, self.words, self.values) if self.number is None else self.number

    @property
    def pages(self) -> Callable[[bool], Prepared]:
        """Give what prepares its pages: the first, and those that follow."""
        return _pages(self.words, self.sorts, self.way)


def crossed(
    connection: Connection, collection: Collection, asked: Mapping[str, Any], sorts: tuple[SortKey, ...]
) -> Crossed | None:
    """Find out whether a list is one of use cases with several filters of one value each.

    They are counted where that tells how to find a page.

    Args:
        connection: in a snapshot.
        collection: which records.
        asked: the filters.
        sorts: what the list is sorted by.
    """
    if collection.kind is not Kind.USE_CASE or not _is_crossing(asked.keys()) or not is_counted(connection):
        return None
    found = {word: only_value(connection, word, values) for word, values in asked.items()}
    if None in found.values():
        return None
    numbers = {word: numbers_of(connection, key_of(word), str(value)) for word, value in found.items()}
    words = tuple(sorted(found, key=lambda word: (word == "evidence_kind", numbers[word])))
    first = words[_first_of(words)]
    values = {_LISTED_VALUE: str(found[first])}
    values |= {f"value_{place}": found[word] for place, word in enumerate(words)}
    if is_listed_by(sorts):
        own = kept_sorts(sorts) if first in LISTED else sorts
        return Crossed(words, values, None, Way.BY_TITLE, own)
    number, total = _number(connection, words, values), numbers[words[0]][1]
    way = Way.WALKED if number * number > _PAGE * total else Way.SOUGHT
    return Crossed(words, values, number, way, sorts)


def _is_crossing(words: AbstractSet[str]) -> bool:
    """Say whether these are several filters, each for a value that is looked for apart from the others."""
    is_apart = not any(len(row & words) > 1 for row in _SAME_ROW)
    return len(words) > 1 and words <= _FACETS.keys() and is_apart and not words <= _ONLY_ASKED


@_remembered
def _pages(words: tuple[str, ...], sorts: tuple[SortKey, ...], way: Way) -> Callable[[bool], Prepared]:
    """Prepare the pages of the use cases with values of some facets, in some order."""
    return pages_of(_rows(words, way), sorts)


@_remembered
def _rows(words: tuple[str, ...], way: Way) -> Statement:
    if way is Way.WALKED:
        return select(UseCase.id).where(*_asked(words, UseCase.id, UseCase.__table__))
    first = _first_of(words)
    id_, origin, has_first = _by_title(words[first], first)
    found = select(id_).where(has_first, *_asked(words, id_, origin, but=first))
    return found if way is Way.BY_TITLE else select(UseCase.id).where(UseCase.id.in_(found))


@_remembered
def _count(words: tuple[str, ...]) -> Select[int]:
    """Count use cases, looked through by id where an index has them so: each stands near the one before."""
    id_, origin, has_first = _by_id(words[0]) if words[0] in _BY_ID else _by_title(words[0], 0)
    conditions = _asked(words, id_, origin, but=0)
    if origin is UseCase.__table__:  # what stands beside the first value is in an index together with it
        beside = [(word, place) for place, word in enumerate(words) if _FACETS[word].value.class_ is UseCase]
        conditions = [_FACETS[word].value == _given(word, place) for word, place in beside[1:]]
        places = {place for _word, place in beside}
        conditions += [
            _has(word, place, id_, origin) for place, word in enumerate(words) if place not in places
        ]
    number: Any = func.count(id_.distinct()) if words[0] in _BY_ID else func.count()
    return select(number).select_from(origin).where(has_first, *conditions)


def _number(connection: Connection, words: tuple[str, ...], values: Mapping[str, Any]) -> int:
    number: int = _COUNTS(words).rows(connection, **values)[0][0]
    return number


_COUNTS = _remembered(lambda words: Prepared(lambda _dialect: _count(words)))


def _first_of(words: tuple[str, ...]) -> int:
    """Give the place of the value that fewest have of those by which use cases stand by title."""
    return next(place for place, word in enumerate(words) if word not in _ONLY_ASKED)


def _by_title(word: str, place: int) -> tuple[Any, FromClause, Condition]:
    """Give where the use cases with a value stand by title: their ids, the table, the condition."""
    if word in LISTED:
        has_value = ListedUseCase.value == bindparam(_LISTED_VALUE, type_=Text)
        return ListedUseCase.use_case_id, ListedUseCase.__table__, (ListedUseCase.facet == word) & has_value
    return UseCase.id, UseCase.__table__, _FACETS[word].value == _given(word, place)


def _by_id(word: str) -> tuple[Any, FromClause, Condition]:
    """Give where they stand by id, in the same way."""
    facet = _FACETS[word]
    return facet.record, facet.origin, facet.value == _given(word, 0)


def _asked(words: tuple[str, ...], id_: Any, origin: FromClause, but: int | None = None) -> list[Condition]:
    """Make the conditions that use cases have values, each asked by itself, but for one."""
    return [_has(word, place, id_, origin) for place, word in enumerate(words) if place != but]


def _has(word: str, place: int, id_: Any, origin: FromClause) -> Condition:
    facet = _FACETS[word]
    has_value = facet.value == _given(word, place)
    if not facet.is_single:
        return exists().select_from(facet.origin).where(facet.record == id_, has_value).correlate(origin)
    seen = NarrowUseCase(f"seen_{place}")
    asked: Select[Any] = select(literal_column("1")).select_from(seen)
    if facet.value.class_ is Team:
        asked = asked.join(Team, Team.id == seen.c.team_id)
    else:
        has_value = seen.c[facet.value.key] == _given(word, place)
    return asked.where(seen.c.id == id_, has_value).correlate(origin).exists()


def _given(word: str, place: int) -> BindParameter[Any]:
    return bindparam(f"value_{place}", type_=_FACETS[word].value.type)
