"""What a team uses, and who uses a library: each once, with purposes, roles and the newest evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, SQLColumnExpression, func, select

from app.models import Evidence, Library, Organization, Purpose, Source, Team, Usage, UseCase, UseCasePurpose
from app.services.claims import IN_USE
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, turn_page


@dataclass(frozen=True)
class _Side:
    """The end of the relation that is listed: libraries of a team, or teams of a library."""

    model: type[Team] | type[Library]
    owner: SQLColumnExpression[int]
    given: SQLColumnExpression[int]


_LIBRARIES = _Side(Library, owner=Usage.library_id, given=UseCase.team_id)
_TEAMS = _Side(Team, owner=UseCase.team_id, given=Usage.library_id)


def page_of_libraries(connection: Connection, team_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the libraries that a team uses, by name.

    Raises:
        NotFound: there is no such team.
    """
    return _page(connection, _LIBRARIES, find_id(connection, Team, team_slug), query)


def page_of_teams(connection: Connection, library_slug: str, query: Mapping[str, Any]) -> Document:
    """Give a page of the teams that use a library, by name.

    Raises:
        NotFound: there is no such library.
    """
    return _page(connection, _TEAMS, find_id(connection, Library, library_slug), query)


def _page(connection: Connection, side: _Side, given_id: int, query: Mapping[str, Any]) -> Document:
    used = (side.given == given_id, *IN_USE)
    question = Question(
        statement=_with_counts(side).where(*used),
        count=_uses(select(func.count(side.owner.distinct()))).where(*used),
        sorts=(SortKey(side.model.name_key), SortKey(side.model.slug)),
        scope={"users": side.model.record_kind, "of": given_id},
    )
    turned = turn_page(connection, question, query)
    items = {row.id: _head(side, row) for row in turned.rows}
    here = (*used, side.owner.in_(items))
    _put_purposes(connection, side, here, items)
    _put_roles(connection, side, here, items)
    for item, row in zip(items.values(), turned.rows, strict=True):
        item["use_cases"] = row.use_cases
    _put_newest_evidence(connection, side, here, items)
    return {
        "items": list(items.values()),
        "next": turned.next,
        "total": turned.total,
        "limit": query["limit"],
    }


def _uses(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join what ties teams to libraries."""
    return statement.select_from(Usage).join(UseCase, UseCase.id == Usage.use_case_id)


def _with_counts(side: _Side) -> Select[*tuple[Any, ...]]:
    columns = [
        side.model.id,
        side.model.slug,
        side.model.name,
        func.count(UseCase.id.distinct()).label("use_cases"),
    ]
    if side.model is Library:
        return _uses(select(*columns)).join(Library, Library.id == Usage.library_id).group_by(Library.id)
    columns += [Organization.slug.label("organization_slug"), Organization.name.label("organization_name")]
    joined = _uses(select(*columns, Team.area, Team.contact_url)).join(Team, Team.id == UseCase.team_id)
    return joined.join(Organization, Organization.id == Team.organization_id).group_by(
        Team.id, Organization.id
    )


def _head(side: _Side, row: Any) -> Document:
    reference = {"slug": row.slug, "name": row.name}
    if side.model is Library:
        return {"library": reference}
    organization = {"slug": row.organization_slug, "name": row.organization_name}
    return {"team": reference, "organization": organization, "area": row.area, "contact_url": row.contact_url}


def _put_purposes(
    connection: Connection, side: _Side, here: Sequence[Condition], items: Mapping[int, Document]
) -> None:
    statement = _uses(select(side.owner, Purpose.slug, Purpose.name)).where(*here).distinct()
    statement = statement.join(UseCasePurpose, UseCasePurpose.use_case_id == UseCase.id).join(Purpose)
    _put_lists(connection, statement.order_by(Purpose.slug), "purposes", items)


def _put_roles(
    connection: Connection, side: _Side, here: Sequence[Condition], items: Mapping[int, Document]
) -> None:
    statement = _uses(select(side.owner, Usage.role)).where(*here).distinct()
    _put_lists(connection, statement.order_by(Usage.role), "roles", items)


def _put_lists(
    connection: Connection, statement: Select[*tuple[Any, ...]], name: str, items: Mapping[int, Document]
) -> None:
    for item in items.values():
        item[name] = []
    for owner, *rest in connection.execute(statement):
        items[owner][name].append({"slug": rest[0], "name": rest[1]} if len(rest) > 1 else rest[0])


def _put_newest_evidence(
    connection: Connection, side: _Side, here: Sequence[Condition], items: Mapping[int, Document]
) -> None:
    on = func.coalesce(Source.published_on, Source.accessed_on)
    place = func.row_number().over(partition_by=side.owner, order_by=(on.desc().nulls_last(), Evidence.id))
    columns: tuple[Any, ...] = (
        side.owner.label("owner"),
        Source.slug.label("source_slug"),
        Source.title.label("source_title"),
        on.label("on"),
        Evidence.section,
        Evidence.line,
        UseCase.slug,
        UseCase.title,
        place.label("place"),
    )
    joined = _uses(select(*columns)).join(Evidence, Evidence.use_case_id == UseCase.id).join(Source)
    ranked = joined.where(*here).subquery()
    for row in connection.execute(select(ranked).where(ranked.c.place == 1)):
        items[row.owner]["newest_evidence"] = {
            "source": {"slug": row.source_slug, "title": row.source_title},
            "on": row.on,
            "section": row.section,
            "line": row.line,
            "use_case": {"slug": row.slug, "title": row.title},
        }
