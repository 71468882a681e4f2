"""Looking back: a connection that shows the atlas as it was.

What reads need not know of it. What holds for now alone, such as counters,
has to ask `past_of` first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, true, update

from app.errors import Flaw, Gone, Invalid
from app.models import Atlas, Change
from app.versions import AS_OF, AS_OF_SETTING, VERSIONED

_OPTION = "atlas_past"
_AHEAD = "The atlas has not come to this state yet; Atlas-Version says how far it is."


@dataclass(frozen=True)
class Past:
    """A state of the atlas.

    Attributes:
        seq: of the last change that it holds.
        at: the time that is asked for, or that of the change.
    """

    seq: int
    at: datetime


def past_of(connection: Connection) -> Past | None:
    """Give the state that a connection shows; None: it shows the atlas as it is now."""
    found: Past | None = connection.get_execution_options().get(_OPTION)
    return found


def find_past(connection: Connection, asked: int | datetime, now: datetime, parameter: str = "as_of") -> Past:
    """Find the state of a version, or of a time.

    Args:
        connection: in a snapshot.
        asked: the `seq` of its last change, or a moment: the last change at or before it counts.
        now: what lies behind it is still to come.
        parameter: that asks.

    Raises:
        Gone: it lies before all that is kept.
        Invalid: it is still to come.
    """
    found = _seq_at(asked) if isinstance(asked, datetime) else _time_of(asked)
    version, first, value = connection.execute(select(Atlas.version, Atlas.history_from, found)).one()
    if isinstance(asked, datetime):
        past, is_ahead = Past(value or 0, asked), asked > now
    else:
        past, is_ahead = Past(asked, value or now), asked > version
    if is_ahead:
        raise Invalid(_AHEAD, flaws=[Flaw(_AHEAD, parameter=parameter)])
    if past.seq < first:
        detail = f"What the atlas held then is not kept. The oldest version that can be asked for is {first}."
        raise Gone(detail, "history_pruned", members={"oldest": first})
    return past


def look_back(connection: Connection, past: Past) -> None:
    """Let a connection that may look back show a state of the atlas, until it is given back."""
    if connection.dialect.name == "sqlite":
        connection.info[AS_OF] = past.seq
    else:
        schema = func.quote_ident(func.current_schema() + "_as_of")
        path = func.concat_ws(", ", schema, func.current_setting("search_path"))
        settings = {AS_OF_SETTING: str(past.seq), "search_path": path}
        local = (func.set_config(name, value, true()) for name, value in settings.items())
        is_shown = func.has_schema_privilege(func.current_schema() + "_as_of", "USAGE")
        # A schema that may not be used is passed over, and the present would be taken for the past.
        if not connection.execute(select(is_shown, *local)).one()[0]:
            raise PermissionError("The role may not use the schema of the past; see docs/operations.md.")
    connection.execution_options(**{_OPTION: past})


def prune_versions(connection: Connection, seq: int) -> None:
    """Delete what only earlier states hold; this one is the oldest that can be asked for from then on.

    Args:
        connection: that holds the lock.
        seq: of a state, at most that of the last change.
    """
    for one in VERSIONED:
        connection.execute(delete(one.versions).where(one.versions.c.to_seq <= seq))
    connection.execute(update(Atlas).where(Atlas.history_from < seq).values(history_from=seq))


def _seq_at(moment: datetime) -> Any:
    """Select the `seq` of the last change at or before a time."""
    before = select(Change.seq).where(Change.at <= moment)
    return before.order_by(Change.at.desc(), Change.seq.desc()).limit(1).scalar_subquery()


def _time_of(seq: int) -> Any:
    """Select the time of a change, or of the next one where the log does not hold it any more."""
    following = select(Change.at).where(Change.seq >= seq)
    return following.order_by(Change.seq).limit(1).scalar_subquery()
