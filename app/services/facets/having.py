"""What use cases have: the values of every facet, and their place in a list.

It is read before use cases change and after; what differs goes into the
tallies and into the lists of each value.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Text, cast, literal, select
from sqlalchemy import union_all as union

from app.models import Kind, UseCase
from app.services.facets.places import FACETS, Facet
from app.services.prepared import Prepared, ids_given, is_among_given

_CHUNK = 5_000
_TITLE, _SLUG = "title", "slug"


class Had(NamedTuple):
    """What a use case has.

    Attributes:
        title_key: first part of its place in a list.
        slug: second part.
        values: pairs of a facet and a value as text, each once.
    """

    title_key: str
    slug: str
    values: frozenset[tuple[str, str]]


def had_by(connection: Connection, use_cases: Iterable[int]) -> Iterator[dict[int, Had]]:
    """Read what use cases have, as it stands, so many at a time; those that are not there are left out."""
    iterator = iter(use_cases)
    same: dict[Any, Any] = {}  # the same few pairs and sets come again and again: they take memory once
    while ids := list(islice(iterator, _CHUNK)):
        names: dict[str, dict[int, str]] = {_TITLE: {}, _SLUG: {}}
        values: dict[int, set[tuple[str, str]]] = {}
        for id_, word, value in _HAD.rows(connection, **ids_given(connection.dialect, ids)):
            if word in names:
                names[word][id_] = value
            else:
                pair = word, value
                values.setdefault(id_, set()).add(same.setdefault(pair, pair))
        sets = {id_: frozenset(values.get(id_, ())) for id_ in names[_TITLE]}
        yield {
            id_: Had(title, names[_SLUG][id_], same.setdefault(sets[id_], sets[id_]))
            for id_, title in names[_TITLE].items()
        }


def all_had(facet: Facet) -> Any:
    """Select the use cases that have any value of a facet, each with each value; a pair may come again."""
    columns = facet.record.label("record"), cast(facet.value, Text).label("value")
    return select(*columns).select_from(facet.origin).where(facet.value.is_not(None))


def _had(dialect: Dialect) -> Any:
    """Select what given use cases have: the use case, the facet, the value; their places come likewise."""
    parts = []
    for word, column in ((_TITLE, UseCase.title_key), (_SLUG, UseCase.slug)):
        place = select(UseCase.id, literal(word, Text), column)
        parts.append(place.where(is_among_given(dialect, UseCase.id)))
    for word, facet in FACETS[Kind.USE_CASE].items():
        value = cast(facet.value, Text)
        part = select(facet.record, literal(word, Text), value).select_from(facet.origin)
        parts.append(part.where(facet.value.is_not(None), is_among_given(dialect, facet.record)))
    return union(*parts)


_HAD = Prepared(_had)
