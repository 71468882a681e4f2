"""The columns of CSV, made from the shape of the documents.

A member is a column. A reference is two, the slug (`team`) and what it is
called (`team.name`). The members of objects, one or a list of them, are
columns of their own (`usages.library`, `usages.role`): the n-th member of each
speaks of the n-th object.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from app.formats.csv_cells import join, text_of, to_cell
from app.schemas.records import shape_of

Text = Callable[[Any], str | None]
Shape = type[ma.Schema]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: in the header.
        cell: makes the cell of a document.
    """

    name: str
    cell: Callable[[Mapping[str, Any]], str]


def columns_of(
    schema: Shape,
    members: Collection[str] = (),
    expanded: Mapping[str, Shape] | None = None,
    *,
    is_flat: bool = False,
) -> list[Column]:
    """Give the columns of documents of a shape.

    Args:
        schema: the shape.
        members: of the documents, beside the slug; none: all.
        expanded: for each reference with the whole record in its place, by its path (`usages.library`), the
            shape of that record.
        is_flat: references are bare slugs, and what the server alone sets is not there.
    """
    made = _Maker(expanded or {}, is_flat=is_flat)
    return [
        Column(name, _cell(text))
        for name, text in made.members(schema, "", _same)
        if not members or name.split(".")[0] in {"slug", *members}
    ]


def is_reference(field: ma.fields.Field[Any] | None) -> bool:
    """Say whether a field holds a record that is pointed at."""
    return isinstance(field, ma.fields.Nested) and _label(field) is not None


@dataclass(frozen=True)
class _Maker:
    """Makes the columns of a shape: name of each, and how its text is made of a document."""

    expanded: Mapping[str, Shape]
    is_flat: bool

    def members(
        self, schema: Shape, prefix: str, within: Callable[[Text], Text]
    ) -> Iterator[tuple[str, Text]]:
        """Give the columns for each member of a shape.

        Args:
            schema: the shape.
            prefix: path to where it stands, with a dot.
            within: makes what reads a whole document of what reads an object of the shape.
        """
        for name, field in shape_of(schema).fields.items():
            if not (self.is_flat and field.dump_only):
                yield from self._field(field, prefix + name, _inside(name, within))

    def _field(
        self, field: ma.fields.Field[Any], path: str, within: Callable[[Text], Text]
    ) -> Iterator[tuple[str, Text]]:
        if isinstance(field, ma.fields.List):
            yield from self._field(field.inner, path, _each(within))
        elif not isinstance(field, ma.fields.Nested):
            yield path, within(text_of)
        elif not is_reference(field):
            yield from self.members(type(field.schema), f"{path}.", within)
        elif self.is_flat:
            yield path, within(text_of)
        else:
            yield path, within(_member("slug"))
            shape = self.expanded.get(path, type(field.schema))
            yield from (
                (name, text)
                for name, text in self.members(shape, f"{path}.", within)
                if name != f"{path}.slug"
            )


def _label(field: ma.fields.Nested) -> str | None:
    """Give what a reference calls its name; None for an object that is no reference."""
    names = set(field.schema.fields)
    return next((label for label in ("name", "title") if names == {"slug", label}), None)


def _same(text: Text) -> Text:
    return text


def _member(name: str, text: Text = text_of) -> Text:
    return lambda value: None if value is None else text(value[name])


def _inside(name: str, within: Callable[[Text], Text]) -> Callable[[Text], Text]:
    return lambda text: within(_member(name, text))


def _each(within: Callable[[Text], Text]) -> Callable[[Text], Text]:
    return lambda text: within(lambda values: None if values is None else join([text(one) for one in values]))


def _cell(text: Text) -> Callable[[Mapping[str, Any]], str]:
    return lambda document: to_cell(text(document))
