"""The audit log: what is done with tokens and webhooks, and what is refused; a chain of its own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from app.db import AtlasSession
from app.models import NAME_LENGTH, Atlas, Audit
from app.services.chain import NO_HASH, link

# What the hash of a row is made of, in this order.
LINKED = (Audit.seq, Audit.at, Audit.actor, Audit.request_id, Audit.action, Audit.subject, Audit.detail)


def note(session: AtlasSession, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Write a row, in the transaction of what it tells of.

    Args:
        session: that holds the lock; its author is who did it.
        action: what was done: `token.revoke`.
        subject: name of what it was done to.
        detail: what else is worth knowing; never a secret.
    """
    connection, author = session.connection(), session.info["author"]
    counted = update(Atlas).values(audit_seq=Atlas.audit_seq + 1).returning(Atlas.audit_seq)
    seq = connection.execute(counted).scalar_one()
    previous = connection.scalar(select(Audit.hash).where(Audit.seq == seq - 1)) or NO_HASH
    row = {
        "seq": seq,
        "at": session.info["clock"](),
        "actor": author.name,
        "request_id": author.request_id,
        "action": action,
        "subject": subject[:NAME_LENGTH],
        "detail": dict(detail),
    }
    row["hash"] = link(previous, list(row.values()))
    connection.execute(insert(Audit), row)
