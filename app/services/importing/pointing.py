"""Where the references of a kind of record stand, found once in its schema."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def own_pointing(kind: Kind, schema: type[Schema]) -> str | None:
    """Give the member by which records of a kind point at their own kind, such as `replaced_by`."""
    return next((way.member for way in pointings(schema) if way.kind is kind and not way.is_list), None)


def pointing_back(links: Sequence[tuple[str | None, str | None]]) -> Iterator[int]:
    """Order things that point at one another by slug, such that each stands behind what it points at.

    Args:
        links: for each thing its slug, and the slug that it points at.

    Returns: their places; those in a circle in any order.
    """
    by_slug: dict[str | None, int] = {}
    for place, (slug, _target) in enumerate(links):
        by_slug.setdefault(slug, place)
    by_slug.pop(None, None)
    done = bytearray(len(links))
    for place in range(len(links)):
        chain = []
        link: int | None = place
        while link is not None and not done[link]:
            done[link] = True
            chain.append(link)
            link = by_slug.get(links[link][1])
        yield from reversed(chain)


def _pointings(name: str, field: ma.fields.Field[Any]) -> Iterator[Pointing]:
    is_list = isinstance(field, ma.fields.List)
    one = field.inner if isinstance(field, ma.fields.List) else field
    if isinstance(one, Reference):
        yield Pointing(name, None, is_list, model_of(one).record_kind)
    elif isinstance(one, ma.fields.Nested):
        for inner, nested in one.schema.load_fields.items():
            if isinstance(nested, Reference):
                yield Pointing(name, inner, is_list, model_of(nested).record_kind)
