"""Reading documents by id: one prepared statement for the rows of records, one for each of their parts."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Sized
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, select

from app.services.collections import Collection, Part
from app.services.dumping import Document, Dumper, part_dumper, record_dumper
from app.services.prepared import Form, Prepared, Statement, has_given_id, ids_given


class Reader:
    """Reads what belongs to given ids, each thing with the id that it belongs to."""

    def __init__(
        self, dumper: Dumper, make: Callable[[Dialect], Statement], *, is_value: bool = False
    ) -> None:
        """Remember what to read.

        Args:
            dumper: makes a document of a row.
            make: makes the statement; it selects the id, then the dumper's columns.
            is_value: give the one member of a document instead of it.
        """
        self._dumper = dumper
        self._prepared = Prepared(make)
        self._is_value = is_value
        self._ways: dict[str, tuple[Form, Callable[[Sequence[Any]], Any]]] = {}

    def read(self, connection: Connection, ids: Sized[int]) -> list[tuple[int, Any]]:
        """Read, in the order of the statement; ids that are not there are left out."""
        dialect = connection.dialect
        form, dump = self._ways.get(dialect.name) or self._find_way(dialect)
        return [(row[0], dump(row)) for row in form.rows(connection, ids_given(dialect, ids))]

    def read_into(self, connection: Connection, lists: Mapping[int, list[Any]]) -> None:
        """Read, and put each thing into the list of the id that it belongs to."""
        dialect = connection.dialect
        form, dump = self._ways.get(dialect.name) or self._find_way(dialect)
        for row in form.rows(connection, ids_given(dialect, lists)):
            lists[row[0]].append(dump(row))

    def _find_way(self, dialect: Dialect) -> tuple[Form, Callable[[Sequence[Any]], Any]]:
        form = self._prepared.form(dialect)
        way = form, self._dumper.dump_with(form.out_of, is_value=self._is_value)
        self._ways[dialect.name] = way
        return way


@cache
def record_reader(collection: Collection, wanted: frozenset[str], *, is_flat: bool = False) -> Reader:
    """Make what reads the records of a collection; see `record_dumper`. Lists inside them are left out."""
    dumper = record_dumper(collection, wanted, is_flat=is_flat)

    def make(dialect: Dialect) -> Statement:
        rows = select(collection.model.id, *dumper.columns).select_from(collection.origin)
        return rows.where(has_given_id(dialect, collection.model.id))

    return Reader(dumper, make)


@cache
def part_reader(part: Part, *, is_flat: bool = False) -> Reader:
    """Make what reads the items of a part, sorted by their owners."""
    dumper = part_dumper(part, is_flat=is_flat)

    def make(dialect: Dialect) -> Statement:
        rows = select(part.owner, *dumper.columns).select_from(part.origin)
        rows = rows.where(has_given_id(dialect, part.owner)).order_by(part.owner, *part.order)
        return rows if part.condition is None else rows.where(part.condition)

    return Reader(dumper, make, is_value=part.schema is None)


def put_part(
    connection: Connection, part: Part, name: str, found: dict[int, Document], *, is_flat: bool
) -> None:
    """Put the items of a part into the records that they belong to.

    Args:
        connection: in a snapshot.
        part: of the records.
        name: of the member.
        found: the records, by id.
        is_flat: references are slugs.
    """
    lists: dict[int, list[Any]] = {}
    for id_, document in found.items():
        lists[id_] = document[name] = []
    part_reader(part, is_flat=is_flat).read_into(connection, lists)
