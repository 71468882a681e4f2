"""What use cases say of the teams that use libraries, gathered by owner: a team, a library, or a pair.

Each function is one statement, however many owners; the conditions say which
use cases and usages count, and which owners.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, SQLColumnExpression, func, select

from app.models import Evidence, Library, Purpose, Record, Source, Team, Usage, UseCase, UseCasePurpose
from app.services.collections import Condition
from app.services.dumping import Document

Owner = SQLColumnExpression[int]
Statement = Select[*tuple[Any, ...]]
Lists = Mapping[int, list[Any]]

FIRST_TEAMS = 5  # named where teams are counted

# When a source was published, else read.
SEEN_ON = func.coalesce(Source.published_on, Source.accessed_on)


@dataclass(frozen=True, eq=False)
class Listed:
    """What references of a list point at.

    Attributes:
        model: its table.
        label: its name or title, and what a reference calls it.
        order: of the references.
    """

    model: type[Record]
    label: tuple[str, SQLColumnExpression[str]]
    order: tuple[SQLColumnExpression[Any], ...]


LIBRARIES = Listed(Library, ("name", Library.name), (Library.name_key,))
PURPOSES = Listed(Purpose, ("name", Purpose.name), (Purpose.slug,))
TEAMS = Listed(Team, ("name", Team.name), (Team.name_key, Team.slug))
USE_CASES = Listed(UseCase, ("title", UseCase.title), (UseCase.title_key, UseCase.slug))


def uses(*columns: Any) -> Statement:
    """Begin a statement on usages and their use cases."""
    return select(*columns).select_from(Usage).join(UseCase, UseCase.id == Usage.use_case_id)


def serving(purpose_ids: Sequence[int]) -> Condition:
    """Make the condition that a use case serves any of these purposes; found from the purposes' side."""
    serves = select(UseCasePurpose.use_case_id).where(UseCasePurpose.purpose_id.in_(purpose_ids))
    return UseCase.id.in_(serves)


def references_of(
    connection: Connection,
    owner: Owner,
    conditions: Sequence[Condition],
    listed: Listed,
    most: int | None = None,
) -> Lists:
    """Give references by owner, each once.

    Args:
        connection: in a snapshot.
        owner: whom they belong to.
        conditions: on usages and use cases.
        listed: what they point at.
        most: for one owner, the first ones; None: all.

    Returns: an empty list for an owner that has none.
    """
    name, label = listed.label
    place = func.row_number().over(partition_by=owner, order_by=listed.order).label("place")
    columns: tuple[Any, ...] = (
        owner.label("owner"),
        listed.model.slug.label("slug"),
        label.label("label"),
        place,
    )
    joined = _join(uses(*columns), listed.model).where(*conditions)
    ranked = joined.group_by(owner, listed.model.id).subquery()
    statement = select(ranked).order_by(ranked.c.owner, ranked.c.place)
    if most is not None:
        statement = statement.where(ranked.c.place <= most)
    lists: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement):
        lists[row.owner].append({"slug": row.slug, name: row.label})
    return lists


def roles_of(connection: Connection, owner: Owner, conditions: Sequence[Condition]) -> Lists:
    """Give the roles by owner, each once."""
    lists: dict[int, list[Any]] = defaultdict(list)
    statement = uses(owner, Usage.role).where(*conditions).distinct().order_by(owner, Usage.role)
    for owner_id, role in connection.execute(statement):
        lists[owner_id].append(role)
    return lists


def newest_evidence_of(
    connection: Connection, owners: Sequence[Owner], conditions: Sequence[Condition]
) -> Mapping[Any, Document]:
    """Give the newest evidence by owner, as `NewestEvidenceSchema` has it.

    Args:
        connection: in a snapshot.
        owners: one column, or those that make an owner together; the key is a tuple then.
        conditions: on usages, use cases, evidence and sources.
    """
    place = func.row_number().over(partition_by=owners, order_by=(SEEN_ON.desc().nulls_last(), Evidence.id))
    columns: tuple[Any, ...] = (
        *(owner.label(f"owner_{number}") for number, owner in enumerate(owners)),
        Source.slug.label("source_slug"),
        Source.title.label("source_title"),
        SEEN_ON.label("on"),
        Evidence.section,
        Evidence.line,
        UseCase.slug,
        UseCase.title,
        place.label("place"),
    )
    joined = uses(*columns).join(Evidence, Evidence.use_case_id == UseCase.id).join(Source)
    ranked = joined.where(*conditions).subquery()
    rows = connection.execute(select(ranked).where(ranked.c.place == 1))
    many = len(owners)
    return {tuple(row[:many]) if many > 1 else row[0]: _evidence(row) for row in rows}


def _join(statement: Statement, model: type[Record]) -> Statement:
    """Join what a list points at; a use case is there already."""
    if model is Purpose:
        serves = UseCasePurpose.use_case_id == UseCase.id
        return statement.join(UseCasePurpose, serves).join(Purpose, Purpose.id == UseCasePurpose.purpose_id)
    if model is Library:
        return statement.join(Library, Library.id == Usage.library_id)
    if model is Team:
        return statement.join(Team, Team.id == UseCase.team_id)
    return statement


def _evidence(row: Any) -> Document:
    return {
        "source": {"slug": row.source_slug, "title": row.source_title},
        "on": row.on,
        "section": row.section,
        "line": row.line,
        "use_case": {"slug": row.slug, "title": row.title},
    }
