"""How fresh a claim is: when it was last said or confirmed.

Who writes a use case says it anew. Who only judges it (its status, what a
check of its evidence found) does not, however often.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, inspect

from app.db import AtlasSession, Base, utc_now
from app.models import Evidence, UseCase
from app.services.past import past_of

# What judges a claim, and does not say it: as columns, and as members of the document.
_JUDGED: Mapping[type[Base], frozenset[str]] = {
    UseCase: frozenset(
        ("status", "status_note", "confirmed_at", "confirmed_by", "disputed_at", "disputed_by", "fresh_at")
    ),
    Evidence: frozenset(("check", "checked_at", "line", "start", "end", "landmarks")),
}
_STAMPS = frozenset(("revision", "created_at", "updated_at"))


def horizon(days: int, now: datetime) -> datetime:
    """Give the moment before which what was said is so many days old, in whole days of UTC.

    The answer to what is stale is the same all day long, so that it can be kept
    and paged through.
    """
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return tomorrow - timedelta(days=days)


def horizon_of(connection: Connection, days: int | None) -> datetime | None:
    """Give the horizon in the state that a connection shows; None: nobody asks for what is stale."""
    return None if days is None else horizon(days, _now_of(connection))


def today_of(connection: Connection) -> date:
    """Give the day, in UTC, of the state that a connection shows."""
    return _now_of(connection).astimezone(UTC).date()


def is_said(session: AtlasSession, thing: Any) -> bool:
    """Say whether a flush says something anew: whether it writes more of a thing than what judges it."""
    if thing in session.new or thing in session.deleted:
        return True
    judged = _JUDGED.get(type(thing), frozenset())
    return any(
        attribute.history.has_changes()
        for name, attribute in inspect(thing).attrs.items()
        if name not in judged
    )


def is_said_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say the same of two documents of one use case, none of whose evidence was checked in between."""
    passed_over = _JUDGED[UseCase] | _STAMPS
    return any(before[name] != value for name, value in after.items() if name not in passed_over)


def _now_of(connection: Connection) -> datetime:
    past = past_of(connection)
    return past.at if past else utc_now()
