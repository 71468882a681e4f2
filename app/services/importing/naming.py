"""Who goes by which name: slugs, names, aliases and package URLs that only one record may have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.errors import Flaw
from app.models import Kind
from app.services.importing.drafting import Draft
from app.services.importing.parts import Parts
from app.services.importing.shelves import Other, Ref, Shelf, Shelves
from app.services.writing import RESERVED, RESERVED_SLUGS
from app.text import name_key

Values = Mapping[str, Any]


def slug_flaws(shelf: Shelf, slug: str) -> list[Flaw]:
    """Find what keeps a new record from its slug."""
    other = shelf.others.get(slug)
    if other is not None:
        return [Flaw(f"This is found under {shelf.slug_of[other.owner]} now.", "renamed", "/slug")]
    return [RESERVED] if slug in RESERVED_SLUGS else []


def clashes(shelves: Shelves, kind: Kind, values: Values, ref: Ref | None) -> Iterable[Flaw]:
    """Find the names of an item that another record has.

    Args:
        shelves: what is there.
        kind: of the item's record.
        values: of the item.
        ref: its record; None: it is new.
    """
    return _clashes(shelves, kind, values, ref.id if ref else 0) if "name" in values else ()


def _clashes(shelves: Shelves, kind: Kind, values: Values, own: int) -> Iterator[Flaw]:
    shelf = shelves[kind]
    for place, name in enumerate(values.get("aliases", ())):
        owner = _owner_of_alias(shelf, name_key(name), own)
        if owner is not None:
            yield _taken(shelf, kind, owner, f"/aliases/{place}")
    owner = _owner_of_name(shelves, kind, values, own)
    if owner is not None:
        yield _taken(shelf, kind, owner, "/name")
    holder = shelf.purls.get(values.get("purl") or "", own)
    if holder != own:
        yield _taken(shelf, kind, holder, "/purl")


def go_by(shelves: Shelves, draft: Draft, parts: Parts) -> None:
    """Note what a record goes by from now on, and what no more."""
    kind, (id_, _slug) = draft.collection.kind, draft.ref
    shelf, document = shelves[kind], draft.document
    if draft.before and "name" in draft.before:
        shelf.unname(name_key(draft.before["name"]), id_)
    if "name" in document:
        shelf.name(name_key(document["name"]), id_, draft.columns.get("organization_id"))
    if draft.before and draft.before.get("purl"):
        shelf.purls.pop(draft.before["purl"], None)
    if document.get("purl"):
        shelf.purls[document["purl"]] = id_
    if "aliases" in draft.lists:
        _go_by_others(shelf, draft, parts)


def _go_by_others(shelf: Shelf, draft: Draft, parts: Parts) -> None:
    """Match other names by what they fold to; an old slug that becomes a name again is one row with it."""
    kind, id_, names = draft.collection.kind, draft.ref.id, draft.lists["aliases"]
    for key in [*shelf.keys_of.get(id_, ())]:
        other = shelf.others[key]
        if key not in names and not other.is_slug:
            parts.drop_alias(other)
            shelf.drop_other(key)
    for key, name in names.items():
        present = shelf.others.get(key)
        if present is None:
            parts.add_alias(kind, id_, key, name)
        elif present.name != name or present.is_slug:
            parts.rename_alias(present, name)
        shelf.put_other(key, Other(present and present.id, id_, name, is_slug=False))


def _owner_of_alias(shelf: Shelf, key: str, own: int) -> int | None:
    """Find another record that goes by the key of an alias, whatever way."""
    ref = shelf.slugs.get(key)
    if ref is not None and ref.id != own:
        return ref.id
    return _other_than(own, shelf.names.get(key, ()), shelf.others.get(key))


def _owner_of_name(shelves: Shelves, kind: Kind, values: Values, own: int) -> int | None:
    shelf, key = shelves[kind], name_key(values["name"])
    named = shelf.names.get(key, {})
    if kind is Kind.TEAM:
        organizations, slug = shelves[Kind.ORGANIZATION], values["organization"]
        scope = organizations.get(slug).id if slug in organizations else None
        named = {id_: other for id_, other in named.items() if other == scope}
    is_aliased = kind in {Kind.TEAM, Kind.LIBRARY}
    return _other_than(own, named, shelf.others.get(key) if is_aliased else None)


def _other_than(own: int, named: Any, other: Other | None) -> int | None:
    owners = [*named, *([other.owner] if other else [])]
    return next((owner for owner in owners if owner != own), None)


def _taken(shelf: Shelf, kind: Kind, owner: int, pointer: str) -> Flaw:
    word = kind.replace("_", " ")
    return Flaw(f"The {word} {shelf.slug_of[owner]} goes by this already.", "conflict", pointer)
