"""Which use cases say that a library is in use: those that claim it and are not retired."""

from collections.abc import Sequence

from sqlalchemy import Connection, exists

from app.models import Library, Purpose, Stance, Status, Team, Usage, UseCase, UseCasePurpose
from app.services.collections import Condition
from app.services.lookup import ids_named

IN_USE = (UseCase.stance == Stance.USES, UseCase.status != Status.RETIRED)


def claims(
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
        conditions.append(takes_library(ids_named(connection, Library, libraries)))
    if purposes:
        conditions.append(serves_purpose(ids_named(connection, Purpose, purposes)))
    return conditions


def takes_library(ids: Sequence[int]) -> Condition:
    """Make the condition that a use case takes any of these libraries."""
    return exists().where(Usage.use_case_id == UseCase.id, Usage.library_id.in_(ids))


def serves_purpose(ids: Sequence[int]) -> Condition:
    """Make the condition that a use case serves any of these purposes."""
    return exists().where(UseCasePurpose.use_case_id == UseCase.id, UseCasePurpose.purpose_id.in_(ids))
