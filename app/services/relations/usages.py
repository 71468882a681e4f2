"""What claims say of the teams that use libraries, gathered by owner: a team, a library, or a pair.

Each function is one statement, however many owners. An owner is a column of
`Claim` or of `PurposeClaim`, and that table is what is read; the conditions
say which of its rows count, and which owners.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import (
    Claim,
    Evidence,
    Library,
    Purpose,
    Record,
    Source,
    Team,
    UseCase,
    UseCasePurpose,
)
from app.services.collections import Condition
from app.services.dumping import Document

Owner = InstrumentedAttribute[int]
Statement = Select[*tuple[Any, ...]]
Lists = Mapping[int, list[Any]]

FIRST_TEAMS = 5  # named where teams are counted

# When a source was published, else read.
SEEN_ON = func.coalesce(Source.published_on, Source.accessed_on)
NEWEST = (SEEN_ON.desc().nulls_last(), Evidence.id)


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


def table_of(owner: Owner) -> Any:
    """Give the table of claims that an owner is a column of."""
    return owner.class_


def of_day(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what binds a cursor to the day that is asked about, if one is."""
    return {"used_on": query["used_on"]} if query["used_on"] else {}


def uses(owner: Owner, *columns: Any) -> Statement:
    """Begin a statement on the claims that an owner is a column of."""
    return select(*columns).select_from(table_of(owner))


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
        conditions: on claims.
        listed: what they point at.
        most: for one owner, the first ones; None: all.

    Returns: an empty list for an owner that has none.
    """
    name, label = listed.label
    found = _pointing(owner, listed.model).where(*conditions).distinct().subquery()
    place = func.row_number().over(partition_by=found.c.owner, order_by=listed.order).label("place")
    columns: tuple[Any, ...] = (found.c.owner, listed.model.slug.label("slug"), label.label("label"), place)
    ranked = select(*columns).join(listed.model, listed.model.id == found.c.target).subquery()
    statement = select(ranked).order_by(ranked.c.owner, ranked.c.place)
    if most is not None:
        statement = statement.where(ranked.c.place <= most)
    lists: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(statement):
        lists[row.owner].append({"slug": row.slug, name: row.label})
    return lists


def roles_of(connection: Connection, owner: Owner, conditions: Sequence[Condition]) -> Lists:
    """Give the roles by owner, each once."""
    role = table_of(owner).role
    statement = uses(owner, owner, role).where(*conditions).distinct().order_by(owner, role)
    lists: dict[int, list[Any]] = defaultdict(list)
    for owner_id, role_of_it in connection.execute(statement):
        lists[owner_id].append(role_of_it)
    return lists


def newest_evidence_of(
    connection: Connection, owner: Owner, conditions: Sequence[Condition]
) -> Mapping[int, Document]:
    """Give the newest evidence by owner, as `NewestEvidenceSchema` has it."""
    table = table_of(owner)
    place = func.row_number().over(partition_by=owner, order_by=NEWEST).label("place")
    statement = uses(owner, owner.label("owner"), Evidence.id, place)
    joined = statement.join(Evidence, Evidence.use_case_id == table.use_case_id).join(Source)
    return {row.owner: evidence_document(row) for row in newest(connection, joined.where(*conditions))}


def newest(connection: Connection, ranked: Statement) -> Iterable[Any]:
    """Read the evidence of the first places, with its source and use case.

    Args:
        connection: in a snapshot.
        ranked: the owner, the `id` of evidence, and its `place` among those of one owner.
    """
    first = ranked.subquery()
    columns: tuple[Any, ...] = (
        Source.slug.label("source_slug"),
        Source.title.label("source_title"),
        SEEN_ON.label("on"),
        Evidence.section,
        Evidence.line,
        UseCase.slug,
        UseCase.title,
    )
    owner = [column for column in first.c if column.key not in {"id", "place"}]
    joined = select(*owner, *columns).join(Evidence, Evidence.id == first.c.id)
    joined = joined.join(Source, Source.id == Evidence.source_id)
    joined = joined.join(UseCase, UseCase.id == Evidence.use_case_id)
    return connection.execute(joined.where(first.c.place == 1))


def _pointing(owner: Owner, model: type[Record]) -> Statement:
    """Select by owner the ids of what a list points at."""
    table = table_of(owner)
    if model is Purpose and table is Claim:
        serves = UseCasePurpose.use_case_id == table.use_case_id
        return uses(owner, owner.label("owner"), UseCasePurpose.purpose_id.label("target")).join(
            UseCasePurpose, serves
        )
    target = getattr(table, f"{model.record_kind}_id")
    return uses(owner, owner.label("owner"), target.label("target"))


def evidence_document(row: Any) -> Document:
    """Make the document of a piece of evidence, as `NewestEvidenceSchema` has it."""
    return {
        "source": {"slug": row.source_slug, "title": row.source_title},
        "on": row.on,
        "section": row.section,
        "line": row.line,
        "use_case": {"slug": row.slug, "title": row.title},
    }
