"""What endpoints are told: a thin event for each change, in the order of the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app.models import Action, Change, Kind
from app.services.registry import COLLECTIONS

_HAPPENED = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}
EVENT_TYPES = tuple(f"{kind}.{verb}" for kind in Kind for verb in _HAPPENED.values())
TEST_TYPE = "webhook.test"
_ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class Event:
    """What an endpoint is told.

    Attributes:
        id: the same one whenever it is sent, and whoever it is sent to.
        type: `use_case.updated`.
        at: when it happened.
        data: of a change: `seq`, `kind`, `slug`, `revision`, `action`, `url`.
        seq: of the change; None: a test.
    """

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    seq: int | None = None

    def body(self) -> bytes:
        """Give the body of the message."""
        moment = self.at.isoformat().replace("+00:00", "Z")
        return orjson.dumps({"type": self.type, "timestamp": moment, "data": self.data})


@dataclass(frozen=True)
class Filter:
    """What an endpoint wants to hear of; nothing in a list: everything.

    Attributes:
        kinds: of records.
        events: types.
        teams: slugs: the teams themselves, and their use cases.
    """

    kinds: Sequence[str]
    events: Sequence[str]
    teams: Sequence[str]

    def wants(self, type_: str, change: Any) -> bool:
        """Say whether a change is to be told."""
        return (
            (not self.kinds or change.kind in self.kinds)
            and (not self.events or type_ in self.events)
            and (not self.teams or not _teams_of(change).isdisjoint(self.teams))
        )


@dataclass(frozen=True)
class Telling:
    """Makes events of changes.

    Attributes:
        instance: which atlas this is; part of the id of each event.
        origin: of the URLs.
    """

    instance: str
    origin: str

    def after(self, connection: Connection, seq: int, last: int, wanted: Filter) -> tuple[list[Event], int]:
        """Give the events behind a place of the log, some at a time, and how far that goes.

        Args:
            connection: in a snapshot.
            seq: the place.
            last: no change behind this one.
            wanted: what is to be told.
        """
        columns = (Change.seq, Change.at, Change.kind, Change.slug, Change.revision, Change.action)
        teams = (Change.before, Change.after) if wanted.teams else ()
        rows = select(*columns, *teams).where(Change.seq > seq, Change.seq <= last).order_by(Change.seq)
        events = []
        for row in connection.execute(rows.limit(_ROWS_AT_ONCE)):
            seq = row.seq
            type_ = f"{row.kind}.{_HAPPENED[row.action]}"
            if wanted.wants(type_, row):
                events.append(self._event(type_, row))
        return events, seq

    def _event(self, type_: str, row: Any) -> Event:
        data = {
            "seq": row.seq,
            "kind": row.kind,
            "slug": row.slug,
            "revision": row.revision,
            "action": row.action,
            "url": f"{self.origin}/api/v1/{COLLECTIONS[row.kind].path}/{row.slug}",
        }
        return Event(f"evt_{self.instance[:12]}_{row.seq}", type_, row.at, data, row.seq)


def _teams_of(change: Any) -> set[str]:
    """Give the slugs of the teams that a change concerns, before and after it."""
    if change.kind is Kind.TEAM:
        return {change.slug, *(document["slug"] for document in (change.before, change.after) if document)}
    documents = [document for document in (change.before, change.after) if document]
    return {document["team"] for document in documents if isinstance(document.get("team"), str)}
