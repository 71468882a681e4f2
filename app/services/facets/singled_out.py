"""Lists of use cases with one filter of one value: counted by a tally, read in their order.

By title, most such lists are kept in their order: a page is one range of an
index. In any other order, and in the past, how many such use cases there are is
known before they are looked for. Where they are many, the list is walked in its
order and each use case is asked for the value; where they are few, they are
found by the value and sorted. Either way takes at most about the square root of
what a scan would.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Text, bindparam, exists, func, select

from app.models import Kind, ListedUseCase, Tally, Team, UseCase
from app.services.collections import Collection, Condition
from app.services.facets.listing import LISTED
from app.services.facets.places import FACETS, Facet
from app.services.facets.tallies import is_counted, key_of, numbers_of
from app.services.lookup import ids_named
from app.services.paging import SortKey, all_of, pages_of
from app.services.prepared import Prepared, Statement

_FACETS = FACETS[Kind.USE_CASE]
_PAGE = 50
_VALUE = "value"
# What the lists that are kept are sorted by.
_KEPT = [column.key for column in (ListedUseCase.title_key, ListedUseCase.slug)]


class Way(Enum):
    """How the use cases of a list are found."""

    LISTED = auto()
    WALKED = auto()
    SOUGHT = auto()


@dataclass(frozen=True)
class SingledOut:
    """The use cases that have one value.

    Attributes:
        word: the facet.
        value: what the statement takes for it.
        number: of them.
        way: how they are found.
        sorts: of the list, as the statement has them.
    """

    word: str
    value: Any
    number: int
    way: Way
    sorts: tuple[SortKey, ...]

    @property
    def values(self) -> Mapping[str, Any]:
        """Give the parameter of the statement."""
        return {_VALUE: self.value}

    @property
    def statements(self) -> tuple[Statement, Select[int]]:
        """Give the statements for the ids of the use cases, in no order, and for their number."""
        return _statements(self.word, self.way)

    def count(self, _connection: Connection) -> int:
        """Give how many use cases there are."""
        return self.number

    @property
    def pages(self) -> Callable[[bool], Prepared]:
        """Give what prepares its pages: the first, and those that follow."""
        return _pages(self.word, self.sorts, self.way)


def singled_out(
    connection: Connection, collection: Collection, asked: Mapping[str, Any], sorts: tuple[SortKey, ...]
) -> SingledOut | None:
    """Find out whether a list is one of use cases with one filter of one value.

    Args:
        connection: in a snapshot.
        collection: which records.
        asked: the filters.
        sorts: what the list is sorted by.
    """
    if collection.kind is not Kind.USE_CASE or len(asked) != 1:
        return None
    ((word, values),) = asked.items()
    if word not in _FACETS:
        return None
    value = only_value(connection, word, values)
    if value is None:
        return None
    number, total = _numbers(connection, word, value)
    if word in LISTED and is_counted(connection) and is_listed_by(sorts):
        return SingledOut(word, str(value), number, Way.LISTED, kept_sorts(sorts))
    way = Way.WALKED if number * number > _PAGE * total else Way.SOUGHT
    return SingledOut(word, value, number, way, sorts)


def only_value(connection: Connection, word: str, values: Sequence[Any]) -> Any:
    """Give what a facet's column has where a filter has one value; None: it has several, or names nothing."""
    facet = _FACETS[word]
    found = values if facet.names is None or len(values) > 1 else ids_named(connection, facet.names, values)
    return found[0] if len(found) == 1 else None


def is_listed_by(sorts: tuple[SortKey, ...]) -> bool:
    """Say whether the lists are kept in this order, or the other way round."""
    return [_name_of(key) for key in sorts] == _KEPT and len({key.is_descending for key in sorts}) == 1


def kept_sorts(sorts: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """Give the same order by the columns of the lists that are kept."""
    return tuple([SortKey(getattr(ListedUseCase, _name_of(key)), key.is_descending) for key in sorts])


def _name_of(key: SortKey) -> str:
    column: Any = key.column
    return str(column.key)


def _numbers(connection: Connection, word: str, value: Any) -> tuple[int, int]:
    """Give how many use cases have a value, and how many there are.

    Of the past the first number is counted; the second is that of now, which only helps to choose a way.
    """
    if is_counted(connection):
        return numbers_of(connection, key_of(word), str(value))
    number, total = _counting(word).rows(connection, value=value)[0]
    return number, total or 0


@cache
def _counting(word: str) -> Prepared:
    """Prepare the count of the use cases that have a value of a facet."""
    facet = _FACETS[word]
    column: Any = facet.value
    number = func.count() if facet.is_single else func.count(facet.record.distinct())
    total = select(Tally.records).where(Tally.facet == Kind.USE_CASE.value, Tally.value == "")
    found = select(number, total.scalar_subquery()).select_from(facet.origin)
    return Prepared(lambda _dialect: found.where(column == bindparam(_VALUE, type_=column.type)))


@cache
def _pages(word: str, sorts: tuple[SortKey, ...], way: Way) -> Callable[[bool], Prepared]:
    """Prepare the pages of the use cases with a value of a facet, in some order."""
    ids, _count = _statements(word, way)
    return pages_of(ids, sorts)


@cache
def _statements(word: str, way: Way) -> tuple[Statement, Select[int]]:
    if way is Way.LISTED:
        listed = ListedUseCase.facet == word, ListedUseCase.value == bindparam(_VALUE, type_=Text)
        ids = select(ListedUseCase.use_case_id).where(*listed)
        return ids, select(func.count()).select_from(ListedUseCase).where(*listed)
    condition = _condition(_FACETS[word], is_walked=way is Way.WALKED)
    ids, count = all_of(UseCase)
    return ids.where(condition), count.where(condition)


def _condition(facet: Facet, *, is_walked: bool) -> Condition:
    """Make the condition that a use case has the value, given as a parameter."""
    value: Any = facet.value
    has_value: Condition = value == bindparam(_VALUE, type_=value.type)
    if value.class_ is UseCase:
        return has_value
    if value.class_ is Team:
        if is_walked:
            return exists().where(Team.id == UseCase.team_id, has_value)
        return UseCase.team_id.in_(select(Team.id).where(has_value))
    return _among(facet, has_value, is_walked=is_walked)


def _among(facet: Facet, has_value: Condition, *, is_walked: bool) -> Condition:
    if is_walked:
        origin = exists().select_from(facet.origin)
        return origin.where(facet.record == UseCase.id, has_value).correlate(UseCase)
    return UseCase.id.in_(select(facet.record).select_from(facet.origin).where(has_value))
