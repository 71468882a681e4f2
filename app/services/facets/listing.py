"""Lists of the use cases with one value, kept in their order.

For each value of some facets the table `listed_use_case` holds its use cases
by title and slug, so that a page of any such list is one range of its key, in
an atlas of any size. Facets whose column stands in the table of use cases have
an index of their own instead, and those of which most use cases have one of
very few values are walked. See decision 0038.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, insert, literal, select

from app.models import Kind, ListedUseCase, UseCase
from app.services.bulk import Form, Rows, inserting
from app.services.facets.having import Had, all_had
from app.services.facets.places import FACETS

LISTED = frozenset({"area", "library", "lifecycle", "organization", "purpose", "source", "topic"})
_TOGETHER = 20
_TABLE: Any = ListedUseCase.__table__

_Row = tuple[str, str, str, str, int]


def move(connection: Connection, before: Mapping[int, Had], after: Mapping[int, Had]) -> None:
    """Take use cases out of the lists in which they were, and put them into those in which they are.

    Args:
        connection: of the writing transaction.
        before: what use cases had, by id.
        after: what they have.
    """
    old, new = set(_rows(before)), set(_rows(after))
    left, come = Rows(_leaving(connection.dialect)), Rows(_coming(connection.dialect))
    for row in sorted(old - new):
        left.add_values(*row[:-1])
    for row in sorted(new - old):
        come.add_values(*row)
    left.write(connection)
    come.write(connection)


def relist(connection: Connection) -> None:
    """Make all lists anew from the records."""
    connection.execute(delete(ListedUseCase))
    names = [column.name for column in _TABLE.columns]
    for word in sorted(LISTED):
        had = all_had(FACETS[Kind.USE_CASE][word]).distinct().subquery()
        rows = select(literal(word), had.c.value, UseCase.title_key, UseCase.slug, UseCase.id)
        rows = rows.join(had, had.c.record == UseCase.id)
        in_order = rows.order_by(had.c.value, UseCase.title_key, UseCase.slug)
        connection.execute(insert(ListedUseCase).from_select(names, in_order))


def _rows(had: Mapping[int, Had]) -> Iterator[_Row]:
    for id_, (title_key, slug, values) in had.items():
        for word, value in values:
            if word in LISTED:
                yield word, value, title_key, slug, id_


@lru_cache(maxsize=4)
def _coming(dialect: Dialect) -> Form:
    return inserting(dialect, ListedUseCase, together=_TOGETHER)


@lru_cache(maxsize=4)
def _leaving(dialect: Dialect) -> Form:
    names = [column.name for column in _TABLE.primary_key]
    row = (_TABLE.c[name] == bindparam(name) for name in names)
    return Form(dialect, delete(_TABLE).where(*row), *names)
