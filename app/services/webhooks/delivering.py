"""Delivering to an endpoint: in the order of the log, until something fails; then later again, from there."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.db import AtlasSession
from app.models import Atlas, DeliveryOutcome, Webhook, WebhookAttempt, WebhookState
from app.services import auditing
from app.services.webhooks.events import Event, Filter, Telling
from app.services.webhooks.posting import Failed, Poster
from app.services.webhooks.signing import headers_for
from app.services.webhooks.targets import Refused

# So long is one endpoint served before the others get their turn.
_TURN_SECONDS = 5.0
_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 3_600.0
_KEPT_ATTEMPTS = 100


@dataclass(frozen=True)
class Attempt:
    """What came of sending an event once."""

    event: Event
    number: int
    at: datetime
    outcome: DeliveryOutcome
    status: int | None
    detail: str | None
    milliseconds: int

    @property
    def is_delivered(self) -> bool:
        """Say whether the endpoint has it."""
        return self.outcome is DeliveryOutcome.DELIVERED


@dataclass(frozen=True)
class Served:
    """What a turn of an endpoint came to.

    Attributes:
        attempts: in their order; only the last one may have failed.
        passed: `seq` up to which nothing is to be told any more.
    """

    attempts: Sequence[Attempt]
    passed: int


def due(connection: Connection, now: datetime) -> tuple[Any, list[Any]]:
    """Give the row of the atlas, and those of the endpoints that may be told something now."""
    atlas = connection.execute(select(Atlas.instance, Atlas.version, Atlas.anchor_seq)).one()
    waiting = (Webhook.retry_at.is_(None)) | (Webhook.retry_at <= now)
    rows = select(*Webhook.__table__.columns).where(
        Webhook.state == WebhookState.ACTIVE, Webhook.cursor < atlas.version, waiting
    )
    return atlas, list(connection.execute(rows.order_by(Webhook.id)))


def pending(connection: Connection, row: Any, telling: Telling, last: int) -> tuple[list[Event], int]:
    """Give some of what an endpoint is to be told, and how far in the log that goes.

    Args:
        connection: to read the log by.
        row: of the endpoint.
        telling: makes the events.
        last: version of the atlas.
    """
    return telling.after(connection, row.cursor, last, Filter(row.kinds, row.events, row.teams))


def serve(row: Any, events: Sequence[Event], passed: int, send: Callable[[Event, int], Attempt]) -> Served:
    """Tell an endpoint of events, until one fails or its turn is over.

    Args:
        row: of the endpoint.
        events: in their order.
        passed: `seq` that all of them together go up to.
        send: sends one event; its number of tries is given.
    """
    until = time.monotonic() + _TURN_SECONDS
    attempts: list[Attempt] = []
    told = row.cursor
    for event in events:
        attempts.append(send(event, 1 if attempts else row.failures + 1))
        if not attempts[-1].is_delivered:
            return Served(attempts, told)
        told = event.seq or told
        if time.monotonic() > until:
            return Served(attempts, told)
    return Served(attempts, passed)


def attempt(poster: Poster, row: Any, event: Event, number: int, now: datetime) -> Attempt:
    """Send an event to an endpoint once."""
    is_old_good = row.previous_ends_at is not None and row.previous_ends_at > now
    keys = [row.secret, *([row.previous_secret] if is_old_good else [])]
    body = event.body()
    started = time.monotonic()
    status, detail = None, None
    try:
        status = poster.post(row.url, headers_for(event, body, keys, now), body)
    except (Failed, Refused) as error:
        detail = str(error)
    is_good = status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    outcome = DeliveryOutcome.DELIVERED if is_good else DeliveryOutcome.FAILED
    milliseconds = round((time.monotonic() - started) * 1000)
    return Attempt(event, number, now, outcome, status, detail, milliseconds)


def record(session: AtlasSession, webhook_id: int, served: Served, most_failures: int) -> None:
    """Write down what came of a turn: the attempts, the cursor, and when to try again.

    Args:
        session: that holds the lock.
        webhook_id: of the endpoint, which may be gone by now.
        served: what came of it.
        most_failures: one after another, at which the atlas gives the endpoint up.
    """
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        return
    keep(session, webhook_id, served.attempts)
    webhook.cursor = max(webhook.cursor, served.passed)
    if any(attempt.is_delivered for attempt in served.attempts):
        webhook.failures, webhook.retry_at = 0, None
    last = served.attempts[-1] if served.attempts else None
    if last and not last.is_delivered:
        webhook.failures += 1
        webhook.retry_at = session.info["clock"]() + timedelta(seconds=delay_after(webhook.failures))
        _give_up(session, webhook, last, most_failures)


def keep(session: AtlasSession, webhook_id: int, attempts: Sequence[Attempt]) -> None:
    """Keep attempts to look at; of each endpoint the last hundred."""
    connection = session.connection()
    rows = [
        {
            "webhook_id": webhook_id,
            "event_id": attempt.event.id,
            "type": attempt.event.type,
            "seq": attempt.event.seq,
            "number": attempt.number,
            "at": attempt.at,
            "outcome": attempt.outcome,
            "status": attempt.status,
            "detail": attempt.detail,
            "milliseconds": attempt.milliseconds,
        }
        for attempt in attempts
    ]
    if not rows:
        return
    connection.execute(insert(WebhookAttempt), rows)
    own = WebhookAttempt.webhook_id == webhook_id
    newest = select(WebhookAttempt.id).where(own).order_by(WebhookAttempt.id.desc())
    last_kept = newest.offset(_KEPT_ATTEMPTS).limit(1).scalar_subquery()
    connection.execute(delete(WebhookAttempt).where(own, WebhookAttempt.id <= last_kept))


def delay_after(failures: int) -> float:
    """Give the seconds to wait after so many failures: twice as long each time, up to an hour, and uneven."""
    longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** min(failures - 1, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  # spreads retries; nothing is secret


def skip_pruned(session: AtlasSession, webhook_id: int, anchor: int) -> None:
    """Move an endpoint behind what was pruned from the log before it was told of it, and note that."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is not None and webhook.cursor < anchor:
        missed = {"after": webhook.cursor, "up_to": anchor}
        auditing.note(session, "webhook.missed", webhook.public, missed)
        webhook.cursor = anchor


def _give_up(session: AtlasSession, webhook: Webhook, last: Attempt, most_failures: int) -> None:
    is_gone = last.status == HTTPStatus.GONE
    if not is_gone and webhook.failures < most_failures:
        return
    why = "The endpoint answered 410: it is gone." if is_gone else f"{webhook.failures} failures in a row."
    webhook.state, webhook.state_reason, webhook.retry_at = WebhookState.DISABLED, why, None
    auditing.note(session, "webhook.disable", webhook.public, {"url": webhook.url, "reason": why})
