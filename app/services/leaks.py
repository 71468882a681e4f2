"""Reports that a token was found in public: a good one is revoked, whoever reports it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.db import AtlasSession
from app.models import NAME_LENGTH, Token
from app.services import auditing, tokens

_RECEIPT = {"received": True}


class LeakReport:
    """A report. Its answer is always the same, so that nobody learns from it whether a token is good."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        """Begin.

        Args:
            report: `token`, and perhaps `url` and `source`.
        """
        self._report = report

    def prepare(self, connection: Connection) -> dict[str, Any] | None:
        """Look whether it is a token of this atlas; where it is none nobody waits for the lock."""
        row = tokens.proven(connection, self._report["token"])
        return _RECEIPT if row is None or row.revoked_at is not None else None

    def write(self, session: AtlasSession) -> dict[str, Any]:
        """Revoke the token."""
        row = tokens.proven(session.connection(), self._report["token"])
        token = session.get_one(Token, row.id)
        if token.revoked_at is None:
            found = {name: self._report[name] for name in ("url", "source")}
            reason = f"leaked: {found['url'] or found['source'] or 'reported'}"[:NAME_LENGTH]
            tokens.revoke(session, token, reason)
            auditing.note(session, "token.leak", token.name, {"public": token.prefix, **found})
        return _RECEIPT
