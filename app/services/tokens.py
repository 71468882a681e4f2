"""API tokens: made, checked, listed, revoked.

A token is `ta_<10 public>_<32 secret><6 checksum>`, base62. The public part
finds the row and may be logged; of the secret only a SHA-256 is kept, which
is right for 190 random bits. The checksum refuses typos before any look at
the database. See decision 0008.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from app.db import AtlasSession
from app.errors import Conflict, Flaw, NotFound, Unauthorized, invalid_body
from app.models import NAME_LENGTH, Scope, Team, Token, TokenTeam

PREFIX = "ta"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PUBLIC_LENGTH, _SECRET_LENGTH, _CHECKSUM_LENGTH = 10, 32, 6
_FORM = re.compile(
    rf"{PREFIX}_[0-9A-Za-z]{{{_PUBLIC_LENGTH}}}_[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECKSUM_LENGTH}}}"
)
_NO_SHA256 = hashlib.sha256(b"no token has this digest").hexdigest()

DEFAULT_DAYS = 90
MOST_DAYS = 366
_UNUSED_DAYS = 180
_NOTE_USE_EVERY = timedelta(hours=1)

_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Bearer:
    """Who sends a request.

    Attributes:
        id: of the token's row.
        name: of the token.
        scopes: what it may do.
        teams: slugs of the teams that it is held to; None: not held.
        expires_at: when it ends.
    """

    id: int
    name: str
    scopes: frozenset[str]
    teams: frozenset[str] | None
    expires_at: datetime


def create(
    session: AtlasSession, name: str, scopes: Sequence[Scope], teams: Sequence[str], days: int = DEFAULT_DAYS
) -> str:
    """Make a token and give its secret, which is not kept.

    Args:
        session: that holds the lock.
        name: unique; stands in the change log.
        scopes: at least one.
        teams: slugs to hold it to; none: not held.
        days: until it ends, 1 to 366.

    Raises:
        Conflict: the name is taken.
        NotFound: there is no team of one of the slugs.
        Invalid: the name or the number of days is not right.
    """
    if not 1 <= days <= MOST_DAYS or not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise invalid_body(
            [Flaw(f"A name is 1 to {NAME_LENGTH} printable characters, an end 1 to {MOST_DAYS} days away.")]
        )
    if session.scalar(select(Token.id).where(Token.name == name)):
        raise Conflict(f"There is a token named {name} already.")
    held = session.scalars(select(Team).where(Team.slug.in_(teams))).all()
    unknown = sorted(set(teams) - {team.slug for team in held})
    if unknown:
        raise NotFound(f"There is no team {unknown[0]}.")
    public, secret = _random(_PUBLIC_LENGTH), _random(_SECRET_LENGTH)
    now = session.info["clock"]()
    token = Token(
        name=name, prefix=public, sha256=_digest(secret), scopes=sorted(set(scopes)), is_held=bool(teams)
    )
    token.created_at, token.expires_at, token.teams = now, now + timedelta(days=days), list(held)
    session.add(token)
    return _seal(f"{PREFIX}_{public}_{secret}")


def check(connection: Connection, header: str, now: datetime) -> Bearer:
    """Tell who sends an Authorization header.

    The same work and the same words for a token that is malformed, unknown or
    has the wrong secret; that it is revoked or has ended is said only to who
    has the secret.

    Raises:
        Unauthorized: it is not a good token.
    """
    scheme, _, text = header.partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not _FORM.fullmatch(text) or _seal(text[:-_CHECKSUM_LENGTH]) != text:
        raise Unauthorized("This is not a good token.", headers=_CHALLENGE)
    _, public, rest = text.split("_")
    row = connection.execute(select(Token.__table__).where(Token.prefix == public)).first()
    digest = row.sha256 if row else _NO_SHA256
    if not hmac.compare_digest(digest, _digest(rest[:_SECRET_LENGTH])) or row is None:
        raise Unauthorized("This is not a good token.", headers=_CHALLENGE)
    _check_alive(row, now)
    return Bearer(
        row.id, row.name, frozenset(row.scopes) & set(Scope), _teams_of(connection, row), row.expires_at
    )


def note_use(session: AtlasSession, bearer: Bearer) -> None:
    """Remember that a token was used, to the hour."""
    token = session.get_one(Token, bearer.id)
    now = session.info["clock"]()
    if token.last_used_at is None or now - token.last_used_at > _NOTE_USE_EVERY:
        token.last_used_at = now


def all_tokens(connection: Connection) -> list[dict[str, Any]]:
    """Give every token, by name, without secrets."""
    teams = select(TokenTeam.token_id, Team.slug).join(Team).order_by(Team.slug)
    held: dict[int, list[str]] = {}
    for token_id, slug in connection.execute(teams):
        held.setdefault(token_id, []).append(slug)
    columns = (
        Token.name,
        Token.prefix,
        Token.scopes,
        Token.is_held,
        Token.expires_at,
        Token.last_used_at,
        Token.revoked_at,
    )
    rows = connection.execute(select(Token.id, *columns).order_by(Token.name))
    return [{**row._asdict(), "teams": held.get(row.id, [])} for row in rows]


def revoke(session: AtlasSession, name: str, reason: str) -> None:
    """Revoke a token; from the commit on no request is let in by it.

    Raises:
        NotFound: there is no token of that name.
    """
    token = session.scalars(select(Token).where(Token.name == name)).first()
    if token is None:
        raise NotFound(f"There is no token named {name}.")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_reason = session.info["clock"](), reason


def _check_alive(row: Any, now: datetime) -> None:
    last_sign = row.last_used_at or row.created_at
    if row.revoked_at is not None:
        raise Unauthorized("This token was revoked.", headers=_CHALLENGE)
    if row.expires_at <= now:
        raise Unauthorized("This token has ended. Make a new one.", headers=_CHALLENGE)
    if now - last_sign > timedelta(days=_UNUSED_DAYS):
        raise Unauthorized(
            f"This token was not used for {_UNUSED_DAYS} days. Make a new one.", headers=_CHALLENGE
        )


def _teams_of(connection: Connection, row: Any) -> frozenset[str] | None:
    if not row.is_held:
        return None
    return frozenset(
        connection.scalars(select(Team.slug).join(TokenTeam).where(TokenTeam.token_id == row.id))
    )


def _random(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _seal(text: str) -> str:
    """Put the checksum behind a token: CRC32 of all before it, in base62."""
    number = zlib.crc32(text.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return text + digits
