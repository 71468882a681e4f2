"""Answers that are kept, so that a POST may be sent again without being done twice.

What is kept is written in the transaction of the effect: both are there, or
neither. A failure has no effect and is not kept.

Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/; decision 0019.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from app.db import AtlasSession
from app.errors import Flaw, Invalid
from app.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
_QUICK = 1


@dataclass(frozen=True)
class Retry:
    """What makes two requests the same one.

    Attributes:
        token_id: of who sends it.
        route: method and path.
        key: that the client made up.
        fingerprint: SHA-256 of the whole request.
    """

    token_id: int
    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Kept:
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def find(connection: Connection, retry: Retry, now: datetime) -> Kept | None:
    """Find the answer to a request that was done already.

    Raises:
        Invalid: the key was used for another request.
    """
    columns = (KeptAnswer.fingerprint, KeptAnswer.status, KeptAnswer.headers, KeptAnswer.body)
    is_young = KeptAnswer.created_at > now - KEPT_FOR
    row = connection.execute(select(*columns).where(*_same(retry), is_young)).first()
    if row is None:
        return None
    if row.fingerprint != retry.fingerprint:
        detail = "This key was used for another request. Make up a new one for each."
        flaw = Flaw(detail, "idempotency_key_reused", parameter="Idempotency-Key")
        raise Invalid(detail, "idempotency_key_reused", [flaw])
    return Kept(row.status, row.headers, zlib.decompress(row.body))


def keep(session: AtlasSession, retry: Retry, kept: Kept) -> None:
    """Keep an answer for 24 hours; what is older goes."""
    connection, now = session.connection(), session.info["clock"]()
    connection.execute(delete(KeptAnswer).where(KeptAnswer.created_at <= now - KEPT_FOR))
    row = {
        "token_id": retry.token_id,
        "route": retry.route,
        "key": retry.key,
        "fingerprint": retry.fingerprint,
        "status": kept.status,
        "headers": dict(kept.headers),
        "body": zlib.compress(kept.body, _QUICK),
        "created_at": now,
    }
    connection.execute(insert(KeptAnswer), row)


def _same(retry: Retry) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptAnswer.token_id == retry.token_id,
        KeptAnswer.route == retry.route,
        KeptAnswer.key == retry.key,
    )
