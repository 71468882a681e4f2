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
Converters = Mapping[int, Callable[[Any], Any]]


class Dumper:
    """Turns a row of known columns into a document.

    Attributes:
        columns: what to select, in order, behind the id that each row begins with.
        dump: makes the document of a row.
    """

    def __init__(
        self,
        names: Sequence[str],
        origins: Mapping[str, Column],
        labels: Mapping[str, str],
        *,
        is_flat: bool = False,
    ) -> None:
        """Lay out the columns: values and slugs, then the names of what is pointed at.

        Args:
            names: members of the document, in order; those without an origin are left for a part.
            origins: where members come from.
            labels: what a reference calls the name of what it points at, where that is not `name`.
            is_flat: references are bare slugs.
        """
        found = {name: origins[name] for name in names if name in origins}
        pointers = {name: origin for name, origin in found.items() if isinstance(origin, Pointer)}
        self._names = names
        self._places = {name: place for place, name in enumerate(found, 1)}
        self._references: dict[str, tuple[str, int]] = {}
        self.columns: list[SQLColumnExpression[Any]] = [
            origin.slug if isinstance(origin, Pointer) else origin for origin in found.values()
        ]
        for name, pointer in () if is_flat else pointers.items():
            self._references[name] = labels.get(name, "name"), 1 + len(self.columns)
            self.columns.append(pointer.label)
        self.dump = self.dump_with({})

    def dump_with(self, converters: Converters, *, is_value: bool = False) -> Callable[[Sequence[Any]], Any]:
        """Make what makes the document of a row whose values are as the driver gives them.

        Args:
            converters: what turns a column into a value, by its place in the row.
            is_value: give the value of the one member instead of a document.
        """
        members = [(name, self._expression(name, converters)) for name in self._names]
        text = "{" + ", ".join(f"{name!r}: {expression}" for name, expression in members) + "}"
        if is_value:
            text = members[0][1]
        # A display of a dictionary is made several times as fast as one is filled in a loop. All
        # that stands in it are names that a schema declares, and places.
        make: Callable[[Sequence[Any]], Any] = eval(f"lambda row: {text}", {"convert": converters})  # noqa: S307  # as said above
        return make

    def _expression(self, name: str, converters: Converters) -> str:
        place = self._places.get(name)
        if place is None:
            return "None"
        value = f"row[{place}]"
        if name in self._references:
            label, label_place = self._references[name]
            return f"None if {value} is None else {{'slug': {value}, {label!r}: row[{label_place}]}}"
        return f"None if {value} is None else convert[{place}]({value})" if place in converters else value


def mark_of(document: Mapping[str, Any]) -> str:
    """Give the part of an ETag that stands for the revision; another record of that slug has another one."""
    return f"{document['revision']}.{int(document['created_at'].timestamp() * 1_000_000):x}"


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
