"""Claims: who uses which library, and for what, in the use cases that count.

A use case counts when it says so (`uses`) and is not retired. The tables
`claim` and `purpose_claim` hold what follows from those: the usages with their
team, and the same once for each purpose, so that nobody who asks has to look
at the use cases themselves. They are derived: the change log brings them up to
date for each use case that is written, in the writing transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, Select, and_, delete, exists, insert, or_, select
from sqlalchemy.orm import aliased

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
from app.services.prepared import Prepared, has_given_id, ids_given

IN_USE = (UseCase.stance == Stance.USES, UseCase.status != Status.RETIRED)
# The same of use cases that are known: said so that no index on all those of a stance is taken for it.
IS_IN_USE = ~or_(UseCase.stance != Stance.USES, UseCase.status == Status.RETIRED)
_CHUNK = 500

_Dated = aliased(UseCase, name="dated")


def derive(connection: Connection, use_cases: Iterable[int], known: Iterable[int]) -> None:
    """Bring the claims to what use cases say.

    Args:
        connection: of the writing transaction.
        use_cases: ids of those that were written; the claims of deleted ones went with them.
        known: those of them, or more, that may have claims already.
    """
    for ids, steps in ((known, _FORGETTING), (use_cases, _CLAIMING)):
        iterator = iter(ids)
        while some := list(islice(iterator, _CHUNK)):
            for step in steps:
                step.run(connection, **ids_given(connection.dialect, some))


def _forgetting(table: type[Claim | PurposeClaim]) -> Prepared:
    """Prepare that what given use cases claimed is gone."""
    return Prepared(lambda dialect: delete(table).where(has_given_id(dialect, table.use_case_id)))


def _claiming(dialect: Dialect) -> Any:
    said = select(Usage.library_id, UseCase.team_id, UseCase.id, Usage.role).join(UseCase)
    made = said.where(has_given_id(dialect, UseCase.id), IS_IN_USE)
    return insert(Claim).from_select(["library_id", "team_id", "use_case_id", "role"], made)


def _claiming_for_purposes(dialect: Dialect) -> Any:
    claim = (Claim.library_id, Claim.team_id, Claim.use_case_id, Claim.role)
    serves = UseCasePurpose.use_case_id == Claim.use_case_id
    served = select(UseCasePurpose.purpose_id, *claim).join(UseCasePurpose, serves)
    names = ["purpose_id", *(column.key for column in claim)]
    return insert(PurposeClaim).from_select(names, served.where(has_given_id(dialect, Claim.use_case_id)))


_FORGETTING = (_forgetting(PurposeClaim), _forgetting(Claim))
_CLAIMING = (Prepared(_claiming), Prepared(_claiming_for_purposes))


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


def is_true_on(use_case: type[UseCase], day: date) -> Condition:
    """Make the condition that a use case is true on a day; what has no beginning or end is always true."""
    begun = or_(use_case.since.is_(None), use_case.since <= day)
    return and_(begun, or_(use_case.until.is_(None), use_case.until >= day))


def claimed_on(table: type[Claim | PurposeClaim], day: date | None) -> list[Condition]:
    """Make the conditions that claims are true on a day.

    Args:
        table: of claims, or an alias of one.
        day: that `used_on` asks for; None: whatever was claimed counts, also what is over.
    """
    if day is None:
        return []
    # Looked up by claim: how many those are decides, not how many use cases there are.
    return [exists().where(_Dated.id == table.use_case_id, is_true_on(_Dated, day))]


def taking(libraries: Sequence[int]) -> Select[int]:
    """Select the use cases that take any of these libraries, whether they count or not."""
    return select(Usage.use_case_id).where(Usage.library_id.in_(libraries))


def serving(purposes: Sequence[int]) -> Select[int]:
    """Select the use cases that serve any of these purposes, whether they count or not."""
    return select(UseCasePurpose.use_case_id).where(UseCasePurpose.purpose_id.in_(purposes))
