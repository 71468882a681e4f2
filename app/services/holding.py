"""What a token that is held to teams may write; see decision 0008.

It writes the use cases and the records of its teams. Of what all teams share
it may add to libraries, purposes and sources, so that its use cases have
something to point at, but it changes and deletes nothing there.
"""

from app.db import AtlasSession, Author
from app.errors import Forbidden
from app.models import Action, Kind, Record, Team, UseCase

_SHARED = {Kind.LIBRARY, Kind.PURPOSE, Kind.SOURCE}


def check_hold(session: AtlasSession, record: Record, action: Action) -> None:
    """Check that the author may write a record as it is now; called before and after it changes.

    Raises:
        Forbidden: naming the teams that the token is held to.
    """
    author: Author = session.info["author"]
    if not may_write(author, record.record_kind, _team_of(record), action):
        raise Forbidden(refusal(author))


def may_write(author: Author, kind: Kind, team: str | None, action: Action) -> bool:
    """Say whether an author may write a record.

    Args:
        author: who writes.
        kind: of the record.
        team: slug of the team that the record belongs to, or is; None: of no team.
        action: what is done to it.
    """
    if author.teams is None:
        return True
    is_own = team in author.teams and (kind is Kind.USE_CASE or action is Action.UPDATE)
    return is_own or (kind in _SHARED and action is Action.CREATE)


def refusal(author: Author) -> str:
    """Say why an author may not write a record."""
    teams = ", ".join(sorted(author.teams or ())) or "no team that is left"
    return f"This token is held to {teams}: it cannot write this record."


def _team_of(record: Record) -> str | None:
    if isinstance(record, UseCase):
        return record.team.slug
    return record.slug if isinstance(record, Team) else None
