"""From rows to documents: one dumper a shape, made once from the marshmallow schema.

It gives what `schema.dump` gives (a test holds them equal) without building
objects in between; see decision 0005.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import SQLColumnExpression

from app.schemas.records import Schema, shape_of
from app.services.collections import Collection, Column, Part, Pointer

Document = dict[str, Any]
Getter = Callable[[Sequence[Any]], Any]


class Dumper:
    """Turns a row of known columns into a document.

    Attributes:
        columns: what to select, in order, behind the id that each row begins with.
    """

    def __init__(
        self,
        names: Sequence[str],
        origins: Mapping[str, Column],
        labels: Mapping[str, str],
        *,
        is_flat: bool = False,
    ) -> None:
        """Lay out the columns.

        Args:
            names: members of the document, in order; those without an origin are left for a part.
            origins: where members come from.
            labels: what a reference calls the name of what it points at, where that is not `name`.
            is_flat: references are bare slugs.
        """
        self._is_flat = is_flat
        self.columns: list[SQLColumnExpression[Any]] = []
        self._getters: list[tuple[str, Getter]] = []
        for name in names:
            self._getters.append((name, self._place(origins.get(name), labels.get(name, "name"))))

    def dump(self, row: Sequence[Any]) -> Document:
        """Make the document of a row."""
        return {name: get(row) for name, get in self._getters}

    def _place(self, origin: Column | None, label: str) -> Getter:
        place = 1 + len(self.columns)
        if origin is None:
            return _nothing
        if isinstance(origin, Pointer) and self._is_flat:
            self.columns.append(origin.slug)
            return _value(place)
        if isinstance(origin, Pointer):
            self.columns += [origin.id, origin.slug, origin.label]
            return _reference(place, label)
        self.columns.append(origin)
        return _value(place)


@cache
def record_dumper(collection: Collection, wanted: frozenset[str], *, is_flat: bool = False) -> Dumper:
    """Make the dumper of a collection's records, or of some of their members.

    Args:
        collection: of the records.
        wanted: members beside the slug; none: all.
        is_flat: as PUT takes them: references as slugs, without what the server alone sets.
    """
    names = [
        name for name in _names(collection.schema, is_flat=is_flat) if not wanted or name in {"slug", *wanted}
    ]
    return Dumper(names, collection.columns, _labels(collection.schema), is_flat=is_flat)


@cache
def part_dumper(part: Part, *, is_flat: bool = False) -> Dumper:
    """Make the dumper of a part's items."""
    if part.schema is None:
        return Dumper(list(part.columns), part.columns, {}, is_flat=is_flat)
    names = _names(part.schema, is_flat=is_flat)
    return Dumper(names, part.columns, _labels(part.schema), is_flat=is_flat)


def _names(schema: type[Schema], *, is_flat: bool) -> list[str]:
    declared = shape_of(schema).fields
    return [name for name, field in declared.items() if not (is_flat and field.dump_only)]


def _labels(schema: type[Schema]) -> dict[str, str]:
    """Find the references of a shape whose name is a title."""
    nested = {name: getattr(declared, "nested", None) for name, declared in shape_of(schema).fields.items()}
    return {
        name: "title"
        for name, shape in nested.items()
        if isinstance(shape, type) and "title" in shape_of(shape).fields
    }


def _value(place: int) -> Getter:
    return lambda row: row[place]


def _reference(place: int, label: str) -> Getter:
    return lambda row: None if row[place] is None else {"slug": row[place + 1], label: row[place + 2]}


def _nothing(_row: Sequence[Any]) -> None:
    return None
