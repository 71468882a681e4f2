"""How the status of a use case may change, whoever changes it.

documented -> confirmed, disputed, retired
confirmed  -> documented, disputed, retired
disputed   -> confirmed, retired: no import and no edit overlooks a dispute
retired    -> documented: what is taken up again is confirmed anew
"""

from collections.abc import Mapping

from app.errors import Conflict, Flaw
from app.models import Status

ALLOWED: Mapping[Status, tuple[Status, ...]] = {
    Status.DOCUMENTED: (Status.CONFIRMED, Status.DISPUTED, Status.RETIRED),
    Status.CONFIRMED: (Status.DOCUMENTED, Status.DISPUTED, Status.RETIRED),
    Status.DISPUTED: (Status.CONFIRMED, Status.RETIRED),
    Status.RETIRED: (Status.DOCUMENTED,),
}


def transition_flaws(before: str, after: str) -> list[Flaw]:
    """Find what is wrong with a change of status: nothing, or that it is not allowed."""
    allowed = ALLOWED[Status(before)]
    if after == before or after in allowed:
        return []
    detail = f"What is {before} can become {' or '.join(allowed)}, not {after}."
    return [Flaw(detail, "status_transition", "/status")]


def check_transition(before: str, after: str) -> None:
    """Check a change of status.

    Raises:
        Conflict: it is not allowed; naming what is.
    """
    if flaws := transition_flaws(before, after):
        raise Conflict(flaws[0].detail, "status_transition", flaws)
