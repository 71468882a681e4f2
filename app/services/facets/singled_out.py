"""Lists of use cases with one filter of one value: counted by a tally, read in their order.

How many such use cases there are is known before they are looked for. Where
they are many, the list is walked in its order and each use case is asked for
the value; where they are few, they are found by the value and sorted. Either
way takes at most about the square root of what a scan would.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, select

from app.models import Kind, Tally, Team, UseCase
from app.services.collections import Collection, Condition
from app.services.facets.places import FACETS, Facet
from app.services.facets.tallies import is_counted, key_of, numbers_of
from app.services.lookup import ids_named
from app.services.paging import SortKey, all_of, first_rows
from app.services.prepared import Prepared, Statement

_FACETS = FACETS[Kind.USE_CASE]
_PAGE = 50
_VALUE = "value"


@dataclass(frozen=True)
class SingledOut:
    """The use cases that have one value.

    Attributes:
        word: the facet.
        value: as it stands in the database.
        number: of them.
        is_walked: whether the list is walked in its order.
    """

    word: str
    value: Any
    number: int
    is_walked: bool

    @property
    def values(self) -> Mapping[str, Any]:
        """Give the parameter of the statement."""
        return {_VALUE: self.value}

    @property
    def statements(self) -> tuple[Statement, Select[int]]:
        """Give the statements for the ids of the use cases, in no order, and for their number."""
        return _statements(self.word, self.is_walked)


def singled_out(
    connection: Connection, collection: Collection, asked: Mapping[str, Any]
) -> SingledOut | None:
    """Find out whether a list is one of use cases with one filter of one value.

    Args:
        connection: in a snapshot.
        collection: which records.
        asked: the filters.
    """
    if collection.kind is not Kind.USE_CASE or len(asked) != 1:
        return None
    ((word, values),) = asked.items()
    facet = _FACETS.get(word)
    if facet is None or len(values) != 1:
        return None
    value = values[0]
    if facet.names is not None:
        ids = ids_named(connection, facet.names, values)
        if len(ids) != 1:
            return None
        value = ids[0]
    number, total = _numbers(connection, word, value)
    return SingledOut(word, value, number, is_walked=number * number > _PAGE * total)


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
def pages(word: str, sorts: tuple[SortKey, ...], *, is_walked: bool) -> Callable[[bool], Prepared]:
    """Prepare the pages of the use cases with a value of a facet, in some order."""
    ids, _count = _statements(word, is_walked)

    @cache
    def page(is_continued: bool) -> Prepared:  # noqa: FBT001  # the one thing that tells them apart
        return Prepared(lambda _dialect: first_rows(ids, sorts, is_continued=is_continued))

    return page


@cache
def _statements(word: str, is_walked: bool) -> tuple[Statement, Select[int]]:  # noqa: FBT001  # as above
    condition = _condition(_FACETS[word], is_walked=is_walked)
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
