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
    if author.teams is None or _is_own(record, author.teams, action) or _is_addition(record, action):
        return
    teams = ", ".join(sorted(author.teams)) or "no team that is left"
    raise Forbidden(f"This token is held to {teams}: it cannot write this record.")


def _is_own(record: Record, teams: frozenset[str], action: Action) -> bool:
    if isinstance(record, UseCase):
        return record.team.slug in teams
    return isinstance(record, Team) and record.slug in teams and action is Action.UPDATE


def _is_addition(record: Record, action: Action) -> bool:
    return record.record_kind in _SHARED and action is Action.CREATE
