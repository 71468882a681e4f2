"""What is known of teams and libraries, and what is not: absence of evidence is no evidence of absence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Subquery, func, select

from app.models import Claim, Evidence, Library, Purpose, Source, Stance, Status, Team, Usage, UseCase
from app.schemas.coverage import LEGEND, MOST_COLUMNS, State
from app.services.claims import claimed_on, is_true_on, serving
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.filters import filtering, pointing_at
from app.services.lookup import ids_named
from app.services.paging import Page, Question, SortKey, turn_page
from app.services.relations.usages import NEWEST, SEEN_ON, evidence_document, newest
from app.services.teams import TEAMS

_SHAPING = {"limit", "cursor", "total"}
_TOLD = UseCase.status != Status.RETIRED
_FILTERS = {
    "team": pointing_at("team", Team.id, Team),
    **{name: TEAMS.filters[name] for name in ("organization", "area")},
}

Pair = tuple[int, int]


def page_of_coverage(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Give a page of teams, each with what is known of the same libraries.

    Args:
        connection: in a snapshot.
        query: the loaded query string: which teams, which libraries, what counts, which page.

    Returns: the shape of `CoverageSchema`.
    """
    chosen = [make(connection, query) for name, make in _FILTERS.items() if query[name]]
    said, found_in = _narrowed(connection, query)
    turned = _teams(connection, chosen, query)
    libraries = _libraries(connection, chosen, said, query)
    teams = [row.id for row in turned.rows]
    told = [filtering(UseCase.id, use_cases) for use_cases in said]
    told += [is_true_on(UseCase, query["used_on"])] if query["used_on"] else []
    sources = _sources_of(connection, (UseCase.team_id.in_(teams), *told, *found_in))
    here = (UseCase.team_id.in_(teams), filtering(Usage.library_id, libraries), _TOLD, *told)
    cells = _cells_of(connection, here, found_in)
    items = [
        {
            "team": {"slug": row.slug, "name": row.name},
            "sources": sources[row.id],
            "cells": {library["slug"]: cells[row.id, id_] for id_, library in libraries.items()},
        }
        for row in turned.rows
    ]
    page = {"items": items, "next": turned.next, "total": turned.total, "limit": query["limit"]}
    return {"libraries": list(libraries.values()), **page, "legend": LEGEND}


def _narrowed(connection: Connection, query: Mapping[str, Any]) -> tuple[list[Select[int]], list[Condition]]:
    """Select the use cases that count, and make the conditions on their evidence."""
    said: list[Select[int]] = []
    found_in: list[Condition] = []
    if query["purpose"]:
        said.append(serving(ids_named(connection, Purpose, query["purpose"])))
    if query["source"]:
        found_in.append(Evidence.source_id.in_(ids_named(connection, Source, query["source"])))
        said.append(select(Evidence.use_case_id).where(*found_in))
    return said, found_in


def _teams(connection: Connection, chosen: Sequence[Condition], query: Mapping[str, Any]) -> Page:
    question = Question(
        statement=select(Team.id, Team.slug, Team.name).where(*chosen),
        count=select(func.count()).select_from(Team).where(*chosen),
        sorts=(SortKey(Team.name_key), SortKey(Team.slug)),
        scope={"coverage": {name: value for name, value in query.items() if name not in _SHAPING}},
    )
    return turn_page(connection, question, query)


def _libraries(
    connection: Connection, chosen: Sequence[Condition], said: Sequence[Select[int]], query: Mapping[str, Any]
) -> dict[int, Document]:
    """Give the columns: the libraries that are named, by name, else those that most of the teams use."""
    statement = select(Library.id, Library.slug, Library.name)
    if query["library"]:
        named = Library.id.in_(ids_named(connection, Library, query["library"]))
        ordered = statement.where(named).order_by(Library.name_key, Library.slug).limit(MOST_COLUMNS)
    else:
        counted = _most_used(chosen, said, claimed_on(Claim, query["used_on"]))
        ordered = statement.join(counted, counted.c.id == Library.id)
        ordered = ordered.order_by(counted.c.teams.desc(), Library.name_key, Library.slug)
        ordered = ordered.limit(query["limit_libraries"])
    return {row.id: {"slug": row.slug, "name": row.name} for row in connection.execute(ordered)}


def _most_used(
    chosen: Sequence[Condition], said: Sequence[Select[int]], on_day: Sequence[Condition]
) -> Subquery:
    teams = func.count(Claim.team_id.distinct()).label("teams")
    told = (filtering(Claim.use_case_id, use_cases) for use_cases in said)
    counted = select(Claim.library_id.label("id"), teams).where(*told, *on_day).group_by(Claim.library_id)
    if chosen:
        counted = counted.where(Claim.team_id.in_(select(Team.id).where(*chosen)))
    return counted.subquery()


def _sources_of(connection: Connection, conditions: Sequence[Condition]) -> Mapping[int, list[Document]]:
    """Give by team the sources that looked at it, those of most use cases first."""
    use_cases = func.count(UseCase.id.distinct()).label("use_cases")
    columns = (UseCase.team_id, Source.slug, Source.title, SEEN_ON.label("on"), use_cases)
    joined = select(*columns).select_from(UseCase).join(Evidence).join(Source).where(*conditions)
    grouped = joined.group_by(*columns[:-1], Source.id, Source.title_key)
    sources: dict[int, list[Document]] = defaultdict(list)
    for row in connection.execute(grouped.order_by(use_cases.desc(), Source.title_key, Source.slug)):
        source = {"slug": row.slug, "title": row.title}
        sources[row.team_id].append({"source": source, "use_cases": row.use_cases, "on": row.on})
    return sources


def _cells_of(
    connection: Connection, here: Sequence[Condition], found_in: Sequence[Condition]
) -> Mapping[Pair, Document]:
    """Give the cells by team and library; where nothing is said, the cell says that nothing is known."""
    pair = (UseCase.team_id, Usage.library_id)
    usages = select(*pair, UseCase.stance, func.count(UseCase.id.distinct())).select_from(Usage)
    statement = usages.join(UseCase, UseCase.id == Usage.use_case_id)
    counts: dict[Pair, dict[Stance, int]] = defaultdict(dict)
    for team, library, stance, count in connection.execute(
        statement.where(*here).group_by(*pair, UseCase.stance)
    ):
        counts[team, library][stance] = count
    evidence = _newest_of(connection, (*here, *found_in))
    cells: dict[Pair, Document] = defaultdict(_unknown)
    for key, by_stance in counts.items():
        cells[key] = {
            "state": _state(by_stance),
            "use_cases": sum(by_stance.values()),
            "newest_evidence": evidence[key],
        }
    return cells


def _newest_of(connection: Connection, conditions: Sequence[Condition]) -> Mapping[Pair, Document]:
    """Give the newest evidence by team and library."""
    pair = (UseCase.team_id, Usage.library_id)
    place = func.row_number().over(partition_by=pair, order_by=NEWEST).label("place")
    usages = select(*pair, Evidence.id, place).select_from(Usage)
    joined = usages.join(UseCase, UseCase.id == Usage.use_case_id)
    joined = joined.join(Evidence, Evidence.use_case_id == UseCase.id).join(Source)
    rows = newest(connection, joined.where(*conditions))
    return {(row.team_id, row.library_id): evidence_document(row) for row in rows}


def _state(counts: Mapping[Stance, int]) -> State:
    if len(counts) > 1:
        return State.DISPUTED
    return State.USED if Stance.USES in counts else State.STATED_NOT_USED


def _unknown() -> Document:
    return {"state": State.NO_EVIDENCE, "use_cases": 0, "newest_evidence": None}
