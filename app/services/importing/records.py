"""Records that are there already, by kind, within a transaction: the first data set comes in so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db import AtlasSession
from app.models import Kind
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.undertaking import Import
from app.services.registry import COLLECTIONS

Records = Mapping[Kind, Sequence[Mapping[str, Any]]]


@dataclass
class Report:
    """What became of the records, by slug as `kind/slug`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def import_records(session: AtlasSession, records: Records) -> Report:
    """Create or replace records by their slugs, all or none; what is so already is not written.

    Records may stand in any order and point at one another, also at their own
    kind.

    Args:
        session: that holds the lock.
        records: by kind, in the shape that PUT takes.

    Raises:
        Invalid: with pointers to all that cannot be taken: `/<collection>/<place>/<member>`.
    """
    items = [
        Item(kind, item, f"/{collection.path}/{place}")
        for kind, collection in COLLECTIONS.items()
        for place, item in enumerate(records.get(kind, ()))
    ]
    undertaking = Import(check(items), session.info["author"], session.info["clock"])
    undertaking.write(session)
    report = Report()
    for verdict in undertaking.verdicts:
        path = COLLECTIONS[verdict.item.kind].path
        getattr(report, verdict.outcome).append(f"{path}/{verdict.slug}")
    return report
