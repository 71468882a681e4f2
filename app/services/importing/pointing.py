"""Where the references of a kind of record stand, found once in its schema."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import marshmallow as ma

from app.models import Kind
from app.schemas.fields import Reference
from app.schemas.records import Schema, shape_of
from app.services.references import model_of


@dataclass(frozen=True)
class Pointing:
    """One place where references stand.

    Attributes:
        member: of the record.
        inner: member of the objects in a list; None: the values themselves are references.
        is_list: whether the member is a list.
        kind: of what is pointed at.
    """

    member: str
    inner: str | None
    is_list: bool
    kind: Kind

    def slugs(self, values: Mapping[str, Any]) -> Iterable[str]:
        """Give the slugs that stand there."""
        value = values[self.member]
        if not self.is_list:
            return () if value is None else (value,)
        return value if self.inner is None else [item[self.inner] for item in value]

    def pointer(self, place: int) -> str:
        """Give the JSON pointer to the reference at a place."""
        steps = [self.member, *([str(place)] if self.is_list else []), *([self.inner] if self.inner else [])]
        return "/" + "/".join(steps)


@cache
def pointings(schema: type[Schema]) -> tuple[Pointing, ...]:
    """Find every place where references stand in a record."""
    return tuple(
        found for name, field in shape_of(schema).load_fields.items() for found in _pointings(name, field)
    )


def _pointings(name: str, field: ma.fields.Field[Any]) -> Iterator[Pointing]:
    is_list = isinstance(field, ma.fields.List)
    one = field.inner if isinstance(field, ma.fields.List) else field
    if isinstance(one, Reference):
        yield Pointing(name, None, is_list, model_of(one).record_kind)
    elif isinstance(one, ma.fields.Nested):
        for inner, nested in one.schema.load_fields.items():
            if isinstance(nested, Reference):
                yield Pointing(name, inner, is_list, model_of(nested).record_kind)
