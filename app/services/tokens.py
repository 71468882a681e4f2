"""API tokens: made, checked, replaced, revoked.

A token is `ta_<10 public>_<32 secret><6 checksum>`, base62. The public part
finds the row and may be logged; of the secret only a SHA-256 is kept, which
is right for 190 random bits. The checksum refuses typos before any look at
the database. See decisions 0008 and 0026.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.db import AtlasSession
from app.errors import Conflict, Flaw, Forbidden, NotFound, Unauthorized, invalid_body
from app.models import MOST_TOKEN_DAYS, NAME_LENGTH, Scope, Team, Token, TokenTeam
from app.services import auditing
from app.services.credentials import make_public, make_token, read_token
from app.services.prepared import Prepared

DEFAULT_DAYS = 90
DEFAULT_OVERLAP_SECONDS = 3_600
_NO_SHA256 = hashlib.sha256(b"no token has this digest").hexdigest()
_UNUSED_DAYS = 180
_NOTE_USE_EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)
_COLUMNS = [column.name for column in Token.__table__.columns]
_OF_PUBLIC = Prepared(lambda _dialect: select(Token.__table__).where(Token.prefix == bindparam("public")))

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
        used_at: when it was last noted that it is used.
    """

    id: int
    name: str
    scopes: frozenset[str]
    teams: frozenset[str] | None
    expires_at: datetime
    used_at: datetime | None = None


def create(
    session: AtlasSession,
    name: str,
    scopes: Sequence[Scope],
    teams: Sequence[str],
    days: int | None = None,
    maker: Bearer | None = None,
) -> str:
    """Make a token and give it, secret and all; only a digest is kept.

    Args:
        session: that holds the lock.
        name: unique; stands in the change log.
        scopes: at least one.
        teams: slugs to hold it to; none: not held.
        days: until it ends, 1 to 366; None: 90, or as long as its maker lasts.
        maker: the token that asks for it; None: somebody on the host.

    Raises:
        Conflict: the name is taken, or there is no team of one of the slugs.
        Forbidden: it would be wider than its maker, or last longer.
        Invalid: the name or the number of days is not right.
    """
    lasts = DEFAULT_DAYS if days is None else days
    if not 1 <= lasts <= MOST_TOKEN_DAYS or not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        detail = (
            f"A name is 1 to {NAME_LENGTH} printable characters, its end 1 to {MOST_TOKEN_DAYS} days off."
        )
        raise invalid_body([Flaw(detail)])
    if session.scalar(select(Token.id).where(Token.name == name)):
        raise Conflict(f"There is a token named {name} already.")
    now = session.info["clock"]()
    ends = now + timedelta(days=lasts)
    if maker:
        _check_narrower(maker, scopes, teams or None)
        if days is not None and ends >= maker.expires_at + _DAY:
            raise Forbidden("A token makes none that lasts longer than itself.")
        ends = min(ends, maker.expires_at)
    token = Token(name=name, scopes=sorted(set(scopes)), is_held=bool(teams))
    token.created_at, token.expires_at, token.teams = now, ends, _teams(session, teams)
    text = _add(session, token)
    told = {"public": token.prefix, "scopes": token.scopes, "teams": sorted(set(teams))}
    auditing.note(session, "token.create", name, told)
    return text


def rotate(
    session: AtlasSession,
    token: Token,
    overlap_seconds: int = DEFAULT_OVERLAP_SECONDS,
    maker: Bearer | None = None,
) -> str:
    """Make a token in place of another one, and give it; the old one ends after the overlap.

    The new one has the name, may do the same and lasts as long as the old one
    did; the old one is called by its public part, too, from now on.

    Args:
        session: that holds the lock.
        token: to replace.
        overlap_seconds: for which both are good, up to a day.
        maker: the token that asks for it; None: somebody on the host.

    Raises:
        Conflict: it is replaced already, was revoked or has ended.
        Forbidden: it may do more than the one that asks.
    """
    now = session.info["clock"]()
    if token.replaced_by or token.revoked_at or token.expires_at <= now:
        raise Conflict("Only a good token is replaced, and each but once. Make a new one.")
    if maker:
        teams = [team.slug for team in token.teams] if token.is_held else None
        _check_narrower(maker, token.scopes, teams)
    name, lasts = token.name, token.expires_at - token.created_at
    new = Token(name=name, scopes=token.scopes, is_held=token.is_held)
    new.created_at, new.expires_at, new.teams = now, now + lasts, list(token.teams)
    token.name = f"{name[: NAME_LENGTH - 30]} (replaced, {token.prefix})"
    token.expires_at = min(token.expires_at, now + timedelta(seconds=overlap_seconds))
    session.flush()  # the old name is free before the new token takes it
    text = _add(session, new)
    token.replaced_by = new.prefix
    told = {"public": token.prefix, "replaced_by": new.prefix, "overlap_seconds": overlap_seconds}
    auditing.note(session, "token.rotate", name, told)
    return text


def revoke(session: AtlasSession, token: Token, reason: str, action: str = "token.revoke") -> None:
    """Revoke a token, and those that it replaced; from the commit on no request is let in by them."""
    while token.revoked_at is None:
        token.revoked_at, token.revoked_reason = session.info["clock"](), reason
        auditing.note(session, action, token.name, {"public": token.prefix, "reason": reason})
        before = session.scalars(select(Token).where(Token.replaced_by == token.prefix)).first()
        token = before or token


def find(session: AtlasSession, *, name: str = "", public: str = "") -> Token:
    """Find a token by its name or its public part.

    Raises:
        NotFound: there is none.
    """
    place = Token.name == name if name else Token.prefix == public
    token = session.scalars(select(Token).where(place)).first()
    if token is None:
        raise NotFound(f"There is no token named {name}." if name else "There is no such token.")
    return token


def check(connection: Connection, header: str, now: datetime) -> Bearer:
    """Tell who sends an Authorization header.

    The same work and the same words for a token that is malformed, unknown or
    has the wrong secret; that it is revoked or has ended is said only to who
    has the secret.

    Raises:
        Unauthorized: it is not a good token.
    """
    scheme, _, text = header.partition(" ")
    row = proven(connection, text.strip()) if scheme.lower() == "bearer" else None
    if row is None:
        raise Unauthorized("This is not a good token.", headers=_CHALLENGE)
    _check_alive(row, now)
    scopes = frozenset(row.scopes) & set(Scope)
    return Bearer(row.id, row.name, scopes, _teams_of(connection, row), row.expires_at, row.last_used_at)


def proven(connection: Connection, text: str) -> Any:
    """Give the row of a token whose secret is right, or None; a wrong secret takes as long as no row."""
    read = read_token(text)
    if read is None:
        return None
    public, digest = read
    rows = _OF_PUBLIC.converted_rows(connection, public=public)
    row = SimpleNamespace(**dict(zip(_COLUMNS, rows[0], strict=True))) if rows else None
    is_right = hmac.compare_digest(row.sha256 if row else _NO_SHA256, digest)
    return row if is_right else None


def note_use(session: AtlasSession, bearer: Bearer) -> None:
    """Remember that a token was used, to the hour."""
    now = session.info["clock"]()
    if bearer.used_at is None or now - bearer.used_at > _NOTE_USE_EVERY:
        session.get_one(Token, bearer.id).last_used_at = now


def _add(session: AtlasSession, token: Token) -> str:
    token.prefix = make_public()
    text, token.sha256 = make_token(token.prefix)
    session.add(token)
    return text


def _check_narrower(maker: Bearer, scopes: Sequence[str], teams: Sequence[str] | None) -> None:
    """Refuse a token that could do what its maker may not.

    Args:
        maker: the token that asks.
        scopes: of the new one.
        teams: slugs that it is held to; None: not held.
    """
    lacking = sorted(set(scopes) - maker.scopes)
    if lacking:
        raise Forbidden(f"A token makes none that may do more: this one lacks the scope {lacking[0]}.")
    if maker.teams is not None and (teams is None or not set(teams) <= maker.teams):
        raise Forbidden("A token that is held to teams makes none but for these teams.")


def _teams(session: AtlasSession, slugs: Sequence[str]) -> list[Team]:
    held = list(session.scalars(select(Team).where(Team.slug.in_(slugs))))
    known = {team.slug for team in held}
    flaws = [
        Flaw(f"There is no team {slug}.", "unknown_reference", pointer=f"/teams/{place}")
        for place, slug in enumerate(slugs)
        if slug not in known
    ]
    if flaws:
        raise Conflict(flaws[0].detail, "unknown_reference", flaws)
    return held


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
