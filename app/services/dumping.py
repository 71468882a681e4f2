"""From rows to documents: one dumper a shape, made once from the marshmallow schema.

It gives what `schema.dump` gives (a test holds them equal) without building
objects in between; see decision 0005.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import SQLColumnExpression

from app.schemas.records import Schema, shape_of
from app.services.collections import Collection, Column, Part, Pointer

Document = dict[str, Any]


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
        """Lay out the columns: values and slugs, then the names of what is pointed at.

        Args:
            names: members of the document, in order; those without an origin are left for a part.
            origins: where members come from.
            labels: what a reference calls the name of what it points at, where that is not `name`.
            is_flat: references are bare slugs.
        """
        found = {name: origins[name] for name in names if name in origins}
        pointers = {name: origin for name, origin in found.items() if isinstance(origin, Pointer)}
        self._blank: Document = dict.fromkeys(names)
        self._names = list(found)
        self._references: list[tuple[str, str, int]] = []
        self.columns: list[SQLColumnExpression[Any]] = [
            origin.slug if isinstance(origin, Pointer) else origin for origin in found.values()
        ]
        for name, pointer in () if is_flat else pointers.items():
            self._references.append((name, labels.get(name, "name"), 1 + len(self.columns)))
            self.columns.append(pointer.label)

    def dump(self, row: Sequence[Any]) -> Document:
        """Make the document of a row."""
        document = self._blank.copy()
        document.update(zip(self._names, row[1:], strict=False))
        for name, label, place in self._references:
            slug = document[name]
            if slug is not None:
                document[name] = {"slug": slug, label: row[place]}
        return document


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
