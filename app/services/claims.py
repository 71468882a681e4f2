"""Claims: who uses which library, and for what, in the use cases that count.

A use case counts when it says so (`uses`) and is not retired. The tables
`claim` and `purpose_claim` hold what follows from those: the usages with their
team, and the same once for each purpose, so that nobody who asks has to look
at the use cases themselves. They are derived: the change log brings them up to
date for each use case that is written, in the writing transaction.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, Select, delete, insert, select

from app.models import (
    Claim,
    Library,
    Purpose,
    PurposeClaim,
    Stance,
    Status,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.services.collections import Condition
from app.services.filters import filtering
from app.services.lookup import ids_named

IN_USE = (UseCase.stance == Stance.USES, UseCase.status != Status.RETIRED)
_CHUNK = 500


def derive(connection: Connection, use_cases: Iterable[int]) -> None:
    """Bring the claims to what use cases say.

    Args:
        connection: of the writing transaction.
        use_cases: ids of those that were written; the claims of deleted ones went with them.
    """
    iterator = iter(use_cases)
    while ids := list(islice(iterator, _CHUNK)):
        connection.execute(delete(PurposeClaim).where(PurposeClaim.use_case_id.in_(ids)))
        connection.execute(delete(Claim).where(Claim.use_case_id.in_(ids)))
        said = select(Usage.library_id, UseCase.team_id, UseCase.id, Usage.role).join(UseCase)
        made = said.where(UseCase.id.in_(ids), *IN_USE)
        connection.execute(insert(Claim).from_select(["library_id", "team_id", "use_case_id", "role"], made))
        _derive_purposes(connection, ids)


def _derive_purposes(connection: Connection, use_cases: Sequence[int]) -> None:
    claim = (Claim.library_id, Claim.team_id, Claim.use_case_id, Claim.role)
    serves = UseCasePurpose.use_case_id == Claim.use_case_id
    served = select(UseCasePurpose.purpose_id, *claim).join(UseCasePurpose, serves)
    names = ["purpose_id", *(column.key for column in claim)]
    made = served.where(Claim.use_case_id.in_(use_cases))
    connection.execute(insert(PurposeClaim).from_select(names, made))


def in_use(
    connection: Connection,
    *,
    teams: Sequence[str] | None = None,
    libraries: Sequence[str] | None = None,
    purposes: Sequence[str] | None = None,
) -> list[Condition]:
    """Make the conditions that a use case claims use, by a team, of a library, for a purpose.

    Args:
        connection: in a snapshot; names are looked up here.
        teams: any of these, by slug, name or alias; None: whichever.
        libraries: likewise.
        purposes: likewise.
    """
    conditions: list[Condition] = list(IN_USE)
    if teams:
        conditions.append(UseCase.team_id.in_(ids_named(connection, Team, teams)))
    if libraries:
        conditions.append(UseCase.id.in_(taking(ids_named(connection, Library, libraries))))
    if purposes:
        conditions.append(UseCase.id.in_(serving(ids_named(connection, Purpose, purposes))))
    return conditions


def claimed(
    connection: Connection,
    table: type[Claim | PurposeClaim],
    *,
    teams: Sequence[str] | None = None,
    libraries: Sequence[str] | None = None,
    purposes: Sequence[str] | None = None,
) -> list[Condition]:
    """Make the conditions on a row of a table of claims; the names are as for `in_use`."""
    conditions: list[Condition] = []
    if teams:
        conditions.append(table.team_id.in_(ids_named(connection, Team, teams)))
    if libraries:
        conditions.append(table.library_id.in_(ids_named(connection, Library, libraries)))
    if purposes:
        ids = ids_named(connection, Purpose, purposes)
        if issubclass(table, PurposeClaim):
            conditions.append(table.purpose_id.in_(ids))
        else:
            conditions.append(filtering(table.use_case_id, serving(ids)))
    return conditions


def taking(libraries: Sequence[int]) -> Select[int]:
    """Select the use cases that take any of these libraries, whether they count or not."""
    return select(Usage.use_case_id).where(Usage.library_id.in_(libraries))


def serving(purposes: Sequence[int]) -> Select[int]:
    """Select the use cases that serve any of these purposes, whether they count or not."""
    return select(UseCasePurpose.use_case_id).where(UseCasePurpose.purpose_id.in_(purposes))
