"""Which packages nobody else needs: the likely direct ones where a lock does not tell."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def tops(needed: Mapping[Key, Iterable[Key]], optional: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """Give those that nobody else needs.

    A package that is needed only by way of an extra does not count as needed
    where that closes a circle (Sphinx and its plug-ins want one another, the
    plug-ins only in an extra).

    Args:
        needed: what each package needs in any case.
        optional: what it needs with some extra only.

    Returns: in the order of `needed`; not those that stand in a circle of which
        no member is needed less than the others.
    """
    every = {key: [*needed[key], *optional.get(key, ())] for key in needed}
    found = dict.fromkeys(_free(every))
    reached = _reached(found, every)
    left = {key: needed[key] for key in needed if key not in reached}
    found.update(dict.fromkeys(_free(left)))
    return [key for key in needed if key in found]


def _free(edges: Mapping[Key, Iterable[Key]]) -> list[Key]:
    taken = {other for key, others in edges.items() for other in others if other != key}
    return [key for key in edges if key not in taken]


def _reached(starts: Iterable[Key], edges: Mapping[Key, Iterable[Key]]) -> set[Key]:
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for other in edges.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen
