"""Tokens as they are shown: never with a secret, nor its digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from app.errors import NotFound
from app.models import Team, Token, TokenState, TokenTeam
from app.services.dumping import Document
from app.services.paging import Question, SortKey, listed

_COLUMNS = (
    Token.name,
    Token.prefix,
    Token.scopes,
    Token.is_held,
    Token.created_at,
    Token.expires_at,
    Token.last_used_at,
    Token.revoked_at,
    Token.revoked_reason,
    Token.replaced_by,
)


def page_of_tokens(connection: Connection, query: Mapping[str, Any], now: datetime) -> Document:
    """Give a page of all tokens, by name."""
    question = Question(
        statement=select(Token.id, *_COLUMNS),
        count=select(func.count()).select_from(Token),
        sorts=(SortKey(Token.name),),
        scope={"of": "tokens"},
    )
    return listed(connection, question, query, lambda rows: _documents(connection, rows, now))


def get_token(connection: Connection, public: str, now: datetime) -> Document:
    """Give one token.

    Raises:
        NotFound: there is none of that public part.
    """
    rows = connection.execute(select(Token.id, *_COLUMNS).where(Token.prefix == public)).all()
    if not rows:
        raise NotFound("There is no such token.")
    return _documents(connection, rows, now)[0]


def all_tokens(connection: Connection, now: datetime) -> list[Document]:
    """Give every token, by name."""
    rows = connection.execute(select(Token.id, *_COLUMNS).order_by(Token.name)).all()
    return _documents(connection, rows, now)


def _documents(connection: Connection, rows: Sequence[Any], now: datetime) -> list[Document]:
    teams = select(TokenTeam.token_id, Team.slug).join(Team).order_by(Team.slug)
    ids = [row.id for row in rows]
    held: dict[int, list[str]] = {}
    for token_id, slug in connection.execute(teams.where(TokenTeam.token_id.in_(ids))):
        held.setdefault(token_id, []).append(slug)
    return [_document(row, held.get(row.id, []), now) for row in rows]


def _document(row: Any, teams: list[str], now: datetime) -> Document:
    is_ended = row.expires_at <= now
    state = TokenState.REVOKED if row.revoked_at else TokenState.ENDED if is_ended else TokenState.GOOD
    shown = {name: value for name, value in row._asdict().items() if name in _SHOWN}
    return {"id": row.prefix, **shown, "teams": teams, "state": state}


_SHOWN = {column.key for column in _COLUMNS} - {"prefix"}
