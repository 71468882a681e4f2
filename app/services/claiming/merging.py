"""What a catalog says, brought together with what the atlas holds.

A record that is there, under whatever name, stays as it is but for what it
does not say yet; claims gain what is new. So a catalog adds, and never takes
away what somebody wrote.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.catalogs.catalog import with_digest
from app.models import NAME_LENGTH, Alias, Kind, Library
from app.services.claiming.matching import may_be_one
from app.services.claiming.present import records_of
from app.services.claiming.proposal import Record
from app.services.dumping import Document
from app.services.importing.pointing import pointings
from app.services.importing.shelves import chunks
from app.services.lookup import target_column
from app.services.registry import COLLECTIONS
from app.text import name_key

Slugs = dict[tuple[Kind, str], str]
# Words that say nothing yet, so that a catalog may say more.
_SAYS_NOTHING: tuple[Any, ...] = (None, "", [], "unknown")
_ORDER = (Kind.ORGANIZATION, Kind.SOURCE, Kind.TEAM, Kind.LIBRARY, Kind.PURPOSE, Kind.USE_CASE)


def merge(
    connection: Connection, records: Mapping[Kind, Sequence[Record]], source: str
) -> dict[Kind, list[Record]]:
    """Bring records together with those that are there.

    Args:
        connection: in a snapshot.
        records: as a catalog gives them.
        source: slug of the one that the catalog is.

    Returns: the records as they are to be, with the slugs of those that are there.
    """
    slugs: Slugs = {}
    merged: dict[Kind, list[Record]] = {}
    for kind in _ORDER:
        items = [_repointed(kind, record, slugs) for record in records.get(kind, ())]
        there, strangers = _there(connection, kind, items)
        kept: dict[str, Record] = {}
        for item in items:
            record = _apart(item) if item["slug"] in strangers else item
            record = _merged(kind, record, there.get(item["slug"]), source)
            slugs[kind, item["slug"]] = record["slug"]
            kept.setdefault(record["slug"], record)
        merged[kind] = list(kept.values())
    return {kind: [_repointed(kind, item, slugs) for item in items] for kind, items in merged.items()}


def _repointed(kind: Kind, record: Record, slugs: Slugs) -> Document:
    """Let references lead to the records that are there."""
    changed = dict(record)
    for pointing in pointings(COLLECTIONS[kind].schema):
        value = changed.get(pointing.member)
        if not value:
            continue
        if pointing.inner:
            changed[pointing.member] = [
                {**item, pointing.inner: _known(pointing.kind, item[pointing.inner], slugs)} for item in value
            ]
        elif pointing.is_list:
            changed[pointing.member] = [_known(pointing.kind, slug, slugs) for slug in value]
        else:
            changed[pointing.member] = _known(pointing.kind, value, slugs)
    return changed


def _known(kind: Kind, slug: str, slugs: Slugs) -> str:
    return slugs.get((kind, slug), slug)


def _there(
    connection: Connection, kind: Kind, items: Sequence[Record]
) -> tuple[dict[str, Document], set[str]]:
    """Find the records that are there already, by the slugs of the items.

    Returns: also the slugs of items whose slug or name another record has.
    """
    model = COLLECTIONS[kind].model
    by_slug = records_of(connection, model, [item["slug"] for item in items])
    there = {item["slug"]: by_slug[item["slug"]] for item in items if _is_same(item, by_slug)}
    rest = [item for item in items if item["slug"] not in there]
    called = _called(connection, kind, rest)
    named = records_of(connection, model, called.values())
    found = {slug: named[known] for slug, known in called.items()}
    there |= {item["slug"]: found[item["slug"]] for item in rest if _is_same(item, found)}
    return there, (by_slug.keys() | found.keys()) - there.keys()


def _apart(item: Record) -> Record:
    """Tell an item apart from the record of another thing that is called so."""
    identity = item.get("purl") or item.get("organization") or item.get("team") or item["slug"]
    apart = {**item, "slug": with_digest(item["slug"], identity)}
    if item.get("purl"):
        kind = item["purl"].removeprefix("pkg:").partition("/")[0]
        apart["name"] = f"{item['name'][: NAME_LENGTH // 2]} ({kind})"
    return apart


def _is_same(item: Record, by_slug: Mapping[str, Document]) -> bool:
    """Say whether the record of that slug or name is the one that is meant."""
    found = by_slug.get(item["slug"])
    if found is None:
        return False
    if "team" in found:
        return bool(found["team"] == item["team"])
    if "organization" in found:
        return bool(found["organization"] == item["organization"])
    return may_be_one(found.get("purl"), item.get("purl"))


def _called(connection: Connection, kind: Kind, items: Iterable[Record]) -> dict[str, str]:
    """Find records by package URL, name or other name: slug of the item to slug of the record."""
    model: Any = COLLECTIONS[kind].model
    keys = {item["slug"]: name_key(item["name"]) for item in items if "name" in item}
    ways = []
    for chunk in chunks(set(keys.values())):
        if kind in {Kind.TEAM, Kind.LIBRARY}:
            aliased = select(Alias.key, model.slug).join(model, target_column(kind) == model.id)
            ways.append(aliased.where(Alias.kind == kind, Alias.key.in_(chunk)))
        ways.append(select(model.name_key, model.slug).where(model.name_key.in_(chunk)))
    found = {key: slug for way in ways for key, slug in connection.execute(way)}
    called = {slug: found[key] for slug, key in keys.items() if key in found}
    return called | _packaged(connection, kind, items)


def _packaged(connection: Connection, kind: Kind, items: Iterable[Record]) -> dict[str, str]:
    purls = {item["purl"]: item["slug"] for item in items if kind is Kind.LIBRARY and item.get("purl")}
    found = {}
    for chunk in chunks(purls):
        rows = connection.execute(select(Library.purl, Library.slug).where(Library.purl.in_(chunk)))
        found.update({purls[row.purl]: row.slug for row in rows})
    return found


def _merged(kind: Kind, item: Record, there: Document | None, source: str) -> Record:
    if there is None:
        return item
    if kind is Kind.USE_CASE:
        return _one_claim(item, there, source)
    new = {name: value for name, value in item.items() if there.get(name) in _SAYS_NOTHING}
    return {**there, **new}


def _one_claim(item: Record, there: Document, source: str) -> Record:
    """Put what a catalog says under the claim that is there; its earlier evidence makes place."""
    others = [piece for piece in there["evidence"] if piece["source"] != source]
    held = {(usage["library"], usage["role"]) for usage in there["usages"]}
    usages = [
        usage for usage in item.get("usages", ()) if (usage["library"], usage.get("role", "uses")) not in held
    ]
    purposes = dict.fromkeys([*there["purposes"], *item.get("purposes", ())])
    blank = {name: value for name, value in item.items() if there.get(name) in _SAYS_NOTHING}
    return {
        **there,
        **blank,
        "purposes": list(purposes),
        "usages": [*there["usages"], *usages],
        "evidence": [*others, *item["evidence"]],
    }
