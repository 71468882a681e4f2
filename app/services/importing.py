"""Taking in many records at once, in one transaction: what the first data set and every file go through."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db import AtlasSession
from app.errors import AtlasError, Flaw
from app.models import Kind
from app.services import writing
from app.services.collections import Collection
from app.services.lookup import seek_id
from app.services.registry import COLLECTIONS

Records = Mapping[Kind, Sequence[Mapping[str, Any]]]


@dataclass
class Report:
    """What became of the records, by slug as `kind/slug`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def import_records(session: AtlasSession, records: Records) -> Report:
    """Create or replace records by their slugs; what is so already is not written.

    Records may stand in any order and point at one another, also at their own
    kind.

    Args:
        session: that holds the lock.
        records: by kind, in the shape that PUT takes.

    Raises:
        AtlasError: the first one that cannot be taken, its flaws' pointers led by `/<collection>/<place>`.
    """
    report = Report()
    for kind, collection in COLLECTIONS.items():
        items = records.get(kind, ())
        for place, item in _pointing_back(items):
            try:
                _take(session, collection, item, report)
            except AtlasError as error:
                at = f"/{collection.path}/{place}"
                error.flaws = [
                    Flaw(flaw.detail, flaw.code, at + (flaw.pointer or "")) for flaw in error.flaws
                ]
                error.flaws = error.flaws or [Flaw(error.detail, error.code, at)]
                raise
    return report


def _take(session: AtlasSession, collection: Collection, item: Mapping[str, Any], report: Report) -> None:
    name = f"{collection.path}/{item['slug']}"
    before = _revision(session, collection, item["slug"])
    document, is_new = writing.put(session, collection, item["slug"], item)
    if is_new:
        report.created.append(name)
    elif document["revision"] == before:
        report.unchanged.append(name)
    else:
        report.updated.append(name)


def _revision(session: AtlasSession, collection: Collection, slug: str) -> int | None:
    found = seek_id(session.connection(), collection.model, slug)
    return None if found is None else session.get_one(collection.model, found).revision


def _pointing_back(items: Sequence[Mapping[str, Any]]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Bring the items of one kind into an order in which a successor stands before what it replaces."""
    by_slug = {item.get("slug"): (place, item) for place, item in enumerate(items)}
    ordered: dict[Any, tuple[int, Mapping[str, Any]]] = {}
    for slug in by_slug:
        chain = []
        while slug in by_slug and slug not in ordered and slug not in chain:
            chain.append(slug)
            slug = by_slug[slug][1].get("replaced_by")  # noqa: PLW2901  # walk along the successors
        ordered.update((link, by_slug[link]) for link in reversed(chain))
    return ordered.values()
