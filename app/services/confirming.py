"""Judging a claim: that it is still true, or that it is disputed, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from app.db import AtlasSession
from app.errors import Flaw, invalid_body
from app.models import Action, Status, UseCase
from app.services.dumping import Document
from app.services.holding import check_hold
from app.services.lookup import find_id
from app.services.reading import documents
from app.services.transitions import check_transition
from app.services.use_cases import USE_CASES
from app.services.writing import Condition, check_condition


def confirm(session: AtlasSession, slug: str, values: Mapping[str, Any], condition: Condition) -> Document:
    """Say that a claim is still true; what was disputed is so no longer.

    Args:
        session: that holds the lock.
        slug: of the use case.
        values: `on`, the day on which it was true (None: now), and `note`.
        condition: what the client says it knows of the use case.

    Raises:
        Conflict: the use case is retired.
        Forbidden: the token is held to other teams.
        Invalid: the day has not come yet, or lies before the last confirmation.
        NotFound: there is no such use case.
        Stale: the use case was changed since.
    """
    use_case = _find_for_judging(session, slug, condition)
    check_transition(use_case.status, Status.CONFIRMED)
    use_case.status = Status.CONFIRMED
    use_case.confirmed_at = _moment_of(session, values["on"], use_case.confirmed_at)
    use_case.confirmed_by = session.info["author"].name
    use_case.disputed_at = use_case.disputed_by = None
    use_case.status_note = values["note"]
    use_case.fresh_at = max(use_case.fresh_at, use_case.confirmed_at)
    return _stored(session, use_case)


def dispute(session: AtlasSession, slug: str, values: Mapping[str, Any], condition: Condition) -> Document:
    """Say that a claim is not true, and why; it goes on counting until it is retired.

    Args:
        session: that holds the lock.
        slug: of the use case.
        values: `reason`.
        condition: what the client says it knows of the use case.

    Raises: as `confirm`.
    """
    use_case = _find_for_judging(session, slug, condition)
    check_transition(use_case.status, Status.DISPUTED)
    use_case.status = Status.DISPUTED
    use_case.disputed_at = session.info["clock"]()
    use_case.disputed_by = session.info["author"].name
    use_case.status_note = values["reason"]
    return _stored(session, use_case)


def _find_for_judging(session: AtlasSession, slug: str, condition: Condition) -> UseCase:
    """Find the use case that is judged; If-Match speaks of it, but is not demanded here."""
    use_case = session.get_one(UseCase, find_id(session.connection(), UseCase, slug))
    check_hold(session, use_case, Action.UPDATE)
    check_condition(session, USE_CASES, use_case, replace(condition, is_demanded=False))
    return use_case


def _moment_of(session: AtlasSession, day: Any, last: datetime | None) -> datetime:
    """Give the beginning of a day, or the moment that it is; never before the last confirmation."""
    now: datetime = session.info["clock"]()
    if day is None:
        return now
    if day > now.date():
        raise invalid_body([Flaw("Must not lie in the future.", pointer="/on")])
    moment = datetime.combine(day, time(), UTC)
    if last is None or last <= moment:
        return moment
    if day < last.date():
        raise invalid_body(
            [Flaw(f"Must not lie before the last confirmation, {last.date()}.", pointer="/on")]
        )
    return last


def _stored(session: AtlasSession, use_case: UseCase) -> Document:
    session.flush()  # the answer shows what was stored
    return documents(session.connection(), USE_CASES, [use_case.id])[use_case.id]
