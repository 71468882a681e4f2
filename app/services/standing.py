"""Which atlas this is, and in which state."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from app.models import Atlas
from app.services.chain import LAST
from app.services.prepared import Prepared


class Standing(NamedTuple):
    """Which atlas this is, and in which state.

    Attributes:
        instance: of the atlas.
        version: the `seq` of the last change.
        anchor: the `seq` behind which the log begins.
        head: the hash of the last change.
    """

    instance: str
    version: int
    anchor: int
    head: str


def version_of(connection: Connection) -> tuple[str, int]:
    """Give which atlas this is, and its version: the `seq` of the last change."""
    return standing_of(connection)[:2]


def standing_of(connection: Connection) -> Standing:
    """Give which atlas this is, and in which state."""
    (row,) = _STANDING.rows(connection)
    return Standing(*row)


_STANDING = Prepared(
    lambda _dialect: select(Atlas.instance, Atlas.version, Atlas.anchor_seq, LAST).select_from(Atlas)
)
