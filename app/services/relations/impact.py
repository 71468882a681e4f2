"""What it means if a library goes: who is hit, for which purposes, what else there is, whom to ask."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from app.models import Claim, Library, Role
from app.services.claims import claimed_on
from app.services.dumping import Document
from app.services.lookup import find_id
from app.services.relations.alternatives import MOST_PURPOSES, purposes_of
from app.services.relations.building import Built, built_on, start
from app.services.relations.hit_teams import MOST_REFERENCES, cut, direct_users, indirect_users
from app.services.relations.usages import TEAMS, references_of

_Successor = aliased(Library, name="successor")


def impact_of(
    connection: Connection, slug: str, depth: int | None = None, day: date | None = None
) -> Document:
    """Say who is hit if a library goes.

    Args:
        connection: in a snapshot.
        slug: of the library.
        depth: most steps from the library to what is built on it; None: all, at most 50.
        day: only what is true on it counts; None: all that is claimed.

    Returns: the shape of `ImpactSchema`.

    Raises:
        NotFound: there is no such library.
    """
    library = find_id(connection, Library, slug)
    head = _head(connection, library)
    found, is_cut = built_on(connection, start(connection, library), depth, day)
    hit = [library, *(built.id for built in found)]
    built, built_is_cut = _built(connection, found, day)
    direct, indirect = direct_users(connection, library, day), indirect_users(connection, found, day)
    purposes, purpose_count = purposes_of(connection, hit, day)
    limits = (is_cut, built_is_cut, direct.is_cut, indirect.is_cut, purpose_count > MOST_PURPOSES)
    return {
        **head,
        "direct": direct.items,
        "indirect": indirect.items,
        "built_on_it": built,
        "purposes": purposes,
        "ask": _ask([*direct.items, *indirect.items]),
        "counts": {
            "direct": direct.total,
            "indirect": indirect.total,
            **_totals(connection, hit, day),
            "built_on_it": len(found),
            "purposes": purpose_count,
        },
        "truncated": any(limits),
    }


def _head(connection: Connection, library: int) -> Document:
    columns = (Library.slug, Library.name, Library.lifecycle, _Successor.slug, _Successor.name)
    joined = select(*columns).outerjoin(_Successor, _Successor.id == Library.replaced_by_id)
    slug, name, lifecycle, *successor = connection.execute(joined.where(Library.id == library)).one()
    replaced_by = {"slug": successor[0], "name": successor[1]} if successor[0] else None
    return {"library": {"slug": slug, "name": name}, "lifecycle": lifecycle, "replaced_by": replaced_by}


def _totals(connection: Connection, hit: Sequence[int], day: date | None) -> Document:
    """Count teams and use cases, each once, however many ways they are hit."""
    counts = (func.count(Claim.team_id.distinct()), func.count(Claim.use_case_id.distinct()))
    told = (Claim.library_id.in_(hit), *claimed_on(Claim, day))
    teams, use_cases = connection.execute(select(*counts).where(*told)).one()
    return {"teams": teams, "use_cases": use_cases}


def _built(connection: Connection, found: Sequence[Built], day: date | None) -> tuple[list[Document], bool]:
    """Show what is built on the library with its makers, and say whether some were left out."""
    ids = [built.id for built in found]
    made = (Claim.library_id.in_(ids), Claim.role == Role.BUILDS, *claimed_on(Claim, day))
    makers = references_of(connection, Claim.library_id, made, TEAMS, MOST_REFERENCES + 1)
    is_cut = cut(makers)
    shown = [
        {"library": built.path[-1], "depth": built.depth, "path": built.path, "built_by": makers[built.id]}
        for built in found
    ]
    return shown, is_cut


def _ask(hit: Iterable[Mapping[str, Any]]) -> list[Document]:
    """Name each team once, with where to ask it."""
    asked = {item["team"]["slug"]: item for item in hit}
    return [{"team": item["team"], "contact_url": item["contact_url"]} for item in asked.values()]
