"""Endpoints, as those who look after them see them: made, shown, changed, deleted, their secrets replaced.

A secret has to be there in full to sign with, so it stands in the database as
it is; it is shown once and goes into no log. See decision 0027.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from app.db import AtlasSession
from app.errors import Conflict, Flaw, NotFound, invalid_body
from app.models import Atlas, Team, Webhook, WebhookAttempt, WebhookState
from app.services import auditing
from app.services.credentials import make_public
from app.services.dumping import Document
from app.services.paging import Question, SortKey, listed
from app.services.webhooks.signing import make_secret
from app.services.webhooks.targets import Refused, read_target

WRITABLE = ("url", "description", "kinds", "teams", "events", "state")
_SHOWN_OF_ATTEMPTS = (
    *("id", "event_id", "type", "seq", "number", "at", "outcome", "status", "detail", "milliseconds"),
)
_SHOWN = (*WRITABLE, "state_reason", "cursor", "failures", "retry_at", "created_at", "updated_at")


def page_of_webhooks(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Give a page of all endpoints, oldest first."""
    question = Question(
        statement=select(*Webhook.__table__.columns),
        count=select(func.count()).select_from(Webhook),
        sorts=(SortKey(Webhook.id),),
        scope={"of": "webhooks"},
    )
    return listed(connection, question, query, lambda rows: [_document(row) for row in rows])


def get_webhook(connection: Connection, public: str) -> Document:
    """Give one endpoint.

    Raises:
        NotFound: there is none of that id.
    """
    return _document(find_row(connection, public))


def page_of_attempts(connection: Connection, public: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the last attempts to deliver to an endpoint, newest first.

    Raises:
        NotFound: there is no such endpoint.
    """
    own = WebhookAttempt.webhook_id == find_row(connection, public).id
    question = Question(
        statement=select(*(getattr(WebhookAttempt, name) for name in _SHOWN_OF_ATTEMPTS)).where(own),
        count=select(func.count()).select_from(WebhookAttempt).where(own),
        sorts=(SortKey(WebhookAttempt.id, is_descending=True),),
        scope={"attempts of": public},
    )
    return listed(connection, question, query, lambda rows: [_attempt(row) for row in rows])


def create(session: AtlasSession, values: Mapping[str, Any], *, allows_loopback: bool) -> Document:
    """Make an endpoint, which is told of what changes from now on; the answer holds its secret.

    Args:
        session: that holds the lock.
        values: loaded.
        allows_loopback: it may be on this machine.

    Raises:
        Conflict: there is no team of one of the slugs.
        Invalid: nothing may be sent to the URL.
    """
    _check(session, values, allows_loopback=allows_loopback)
    now = session.info["clock"]()
    webhook = Webhook(public=make_public(), secret=make_secret(), failures=0)
    webhook.cursor = session.connection().execute(select(Atlas.version)).scalar_one()
    webhook.created_at = webhook.updated_at = now
    _assign(webhook, values)
    session.add(webhook)
    session.flush()  # the answer shows what was stored
    auditing.note(session, "webhook.create", webhook.public, {"url": webhook.url})
    return {**get_webhook(session.connection(), webhook.public), "secret": webhook.secret}


def change(
    session: AtlasSession, webhook: Webhook, values: Mapping[str, Any], *, allows_loopback: bool
) -> Document:
    """Change an endpoint; one that is active again is tried at once.

    Raises: as `create`.
    """
    _check(session, values, allows_loopback=allows_loopback)
    before = webhook.url, webhook.state
    _assign(webhook, values)
    webhook.updated_at = session.info["clock"]()
    if webhook.state is WebhookState.ACTIVE and before != (webhook.url, webhook.state):
        webhook.failures, webhook.retry_at, webhook.state_reason = 0, None, None
    session.flush()  # the answer shows what was stored
    auditing.note(session, "webhook.change", webhook.public, {"url": webhook.url, "state": webhook.state})
    return get_webhook(session.connection(), webhook.public)


def delete(session: AtlasSession, webhook: Webhook) -> None:
    """Delete an endpoint; it is told nothing more."""
    auditing.note(session, "webhook.delete", webhook.public, {"url": webhook.url})
    session.delete(webhook)


def rotate_secret(session: AtlasSession, webhook: Webhook, overlap_seconds: int) -> Document:
    """Give an endpoint a new secret; messages are signed with the old one, too, for a while."""
    now = session.info["clock"]()
    webhook.previous_secret, webhook.secret = webhook.secret, make_secret()
    webhook.previous_ends_at = now + timedelta(seconds=overlap_seconds)
    webhook.updated_at = now
    session.flush()  # the answer shows what was stored
    auditing.note(session, "webhook.rotate_secret", webhook.public, {"overlap_seconds": overlap_seconds})
    return {**get_webhook(session.connection(), webhook.public), "secret": webhook.secret}


def find(session: AtlasSession, public: str) -> Webhook:
    """Find an endpoint to change.

    Raises:
        NotFound: there is none of that id.
    """
    return session.get_one(Webhook, find_row(session.connection(), public).id)


def find_row(connection: Connection, public: str) -> Any:
    """Give the row of an endpoint, secrets included.

    Raises:
        NotFound: there is none of that id.
    """
    row = connection.execute(select(*Webhook.__table__.columns).where(Webhook.public == public)).first()
    if row is None:
        raise NotFound("There is no such webhook.")
    return row


def _document(row: Any) -> Document:
    return {"id": row.public, **{name: getattr(row, name) for name in _SHOWN}}


def _attempt(row: Any) -> Document:
    return {name: getattr(row, name) for name in _SHOWN_OF_ATTEMPTS}


def _assign(webhook: Webhook, values: Mapping[str, Any]) -> None:
    for name in WRITABLE:
        setattr(webhook, name, values[name])


def _check(session: AtlasSession, values: Mapping[str, Any], *, allows_loopback: bool) -> None:
    try:
        read_target(values["url"], allows_loopback=allows_loopback)
    except Refused as refused:
        raise invalid_body([Flaw(str(refused), "bad_target", pointer="/url")]) from None
    known = set(session.scalars(select(Team.slug).where(Team.slug.in_(values["teams"]))))
    flaws = [
        Flaw(f"There is no team {slug}.", "unknown_reference", pointer=f"/teams/{place}")
        for place, slug in enumerate(values["teams"])
        if slug not in known
    ]
    if flaws:
        raise Conflict(flaws[0].detail, "unknown_reference", flaws)
