"""Purposes: what they are read from, and what they can be asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.models import Kind, Purpose, PurposeClaim, UseCase, UseCasePurpose
from app.schemas.records import PurposeSchema
from app.services.claims import claimed, in_use
from app.services.collections import Collection, Condition, columns_of, sorts_of
from app.services.filters import of_records


def purpose_claims(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the claim that the team uses some library for the purpose."""
    return claimed(connection, PurposeClaim, teams=asked.get("team"), libraries=asked.get("library"))


def purpose_use_cases(connection: Connection, asked: Mapping[str, Any]) -> list[Condition]:
    """Make the conditions on the one use case in which the team takes the library for the purpose."""
    return in_use(connection, teams=asked.get("team"), libraries=asked.get("library"))


def _is_claimed(connection: Connection, asked: Mapping[str, Any]) -> Condition:
    if "library" in asked:
        return Purpose.id.in_(select(PurposeClaim.purpose_id).where(*purpose_claims(connection, asked)))
    served = select(UseCasePurpose.purpose_id).join(UseCase, UseCase.id == UseCasePurpose.use_case_id)
    return Purpose.id.in_(served.where(*purpose_use_cases(connection, asked)))


PURPOSES = Collection(
    kind=Kind.PURPOSE,
    path="purposes",
    model=Purpose,
    schema=PurposeSchema,
    origin=Purpose.__table__,
    columns=columns_of(Purpose, "name", "description"),
    filters={**of_records(Purpose), "team": _is_claimed, "library": _is_claimed},
    sorts=sorts_of(Purpose, "name", Purpose.name_key),
    label=Purpose.name,
)
