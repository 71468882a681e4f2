"""What an item makes of its record: the document as it will stand, and the columns behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.models import Check, Kind, Role
from app.schemas.fields import Reference
from app.schemas.records import shape_of
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.importing.shelves import Ref, Shelves
from app.services.references import model_of
from app.text import name_key

Values = Mapping[str, Any]
_NO_REF = Ref(0, "")
_STAMPS = {"revision": 1, "created_at": None, "updated_at": None}


@dataclass(slots=True)
class Draft:
    """A record as it will be.

    Attributes:
        collection: of the record.
        before: its flat document until now; None: it is new.
        document: its flat document from then on; stamps are still the old ones.
        columns: values of its own row, but for keys, searched text and stamps.
        lists: what the rows of its parts are made of, by member.
        ref: its id and slug, once it is known that it is taken.
    """

    collection: Collection
    before: Document | None
    document: Document = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    ref: Ref = _NO_REF

    @property
    def is_unchanged(self) -> bool:
        """Say whether the record is so already."""
        return self.document == self.before


def draft_of(shelves: Shelves, collection: Collection, values: Values, before: Document | None) -> Draft:
    """Work out what an item makes of its record.

    Raises:
        KeyError: it points at something that is not there.
    """
    draft = Draft(collection, before)
    document, columns = draft.document, draft.columns
    held = before or _STAMPS
    for member, kind, make in _layout(collection):
        if make is not None:
            draft.lists[member], document[member] = make(shelves, values[member], before)
        elif member not in values:  # the server alone sets it
            document[member] = columns[member] = held.get(member)
        elif kind is None:
            document[member] = columns[member] = values[member]
        else:
            found = (None, None) if values[member] is None else shelves[kind].get(values[member])
            columns[f"{member}_id"], document[member] = found
    return draft


@cache
def _layout(collection: Collection) -> Sequence[tuple[str, Kind | None, Callable[..., Any] | None]]:
    """Lay out the members: what kind each points at, and what makes it where it is a list with rows."""
    declared = shape_of(collection.schema).fields
    kinds = {
        name: model_of(field).record_kind for name, field in declared.items() if isinstance(field, Reference)
    }
    return [(name, kinds.get(name), _LISTS.get(name)) for name in declared]


def _topics(_shelves: Shelves, topics: Sequence[str], _before: Document | None) -> tuple[Any, Any]:
    return topics, topics


def _aliases(_shelves: Shelves, names: Sequence[str], _before: Document | None) -> tuple[Any, Any]:
    """Keep one name of those that fold alike, as `assigning` does."""
    by_key = {name_key(name): name for name in names}
    return by_key, sorted(by_key.values())


def _purposes(shelves: Shelves, slugs: Sequence[str], _before: Document | None) -> tuple[Any, Any]:
    refs = {shelves[Kind.PURPOSE].get(slug) for slug in slugs}
    return [ref.id for ref in refs], sorted(ref.slug for ref in refs)


def _usages(shelves: Shelves, usages: Sequence[Values], before: Document | None) -> tuple[Any, Any]:
    """Keep one usage of each library and role: the first, but the last where it was there before."""
    kept = {(usage["library"], usage["role"]) for usage in before["usages"]} if before else ()
    rows: dict[tuple[str, Role], tuple[int, str | None, str | None]] = {}
    for usage in usages:
        library = shelves[Kind.LIBRARY].get(usage["library"])
        key = library.slug, usage["role"]
        if key not in rows or key in kept:
            rows[key] = library.id, usage["version_range"], usage["scope"]
    ordered = sorted(rows.items())
    document = [
        {"library": slug, "role": role, "version_range": range_, "scope": scope}
        for (slug, role), (_id, range_, scope) in ordered
    ]
    return [(id_, role, range_, scope) for (_slug, role), (id_, range_, scope) in ordered], document


def _evidence(shelves: Shelves, items: Sequence[Values], before: Document | None) -> tuple[Any, Any]:
    """Keep what says the same, with its id and check result; what is new gets its id when it is taken."""
    kept = {_identity(piece): piece for piece in before["evidence"]} if before else {}
    pieces: dict[Any, Document] = {}
    new = []
    for item in items:
        source = shelves[Kind.SOURCE].get(item["source"])
        piece = {"id": None, **item, "source": source.slug, "check": Check.UNCHECKED, "checked_at": None}
        key = _identity(piece)
        if key not in pieces:
            pieces[key] = kept.get(key) or piece
            if key not in kept:
                new.append((piece, source.id))
    old = sorted((piece for key, piece in pieces.items() if key in kept), key=lambda piece: piece["id"])
    return new, [*old, *(piece for piece, _source_id in new)]


def _identity(piece: Values) -> tuple[Any, ...]:
    """Give what tells a piece of evidence from others."""
    place = (piece["section"], piece["line"], piece["start"], piece["end"], piece["excerpt_sha256"])
    return (piece["source"], *place, tuple(piece["mentions"]), piece["kind"], piece["note"])


_LISTS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "topics": _topics,
    "aliases": _aliases,
    "purposes": _purposes,
    "usages": _usages,
    "evidence": _evidence,
}
