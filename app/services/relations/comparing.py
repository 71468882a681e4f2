"""Two to five teams or libraries side by side: what all have, what some have, what only one has."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.errors import Flaw, Invalid, NotFound
from app.models import Claim, Library, Record, Team
from app.schemas.comparison import FACTS, By
from app.services.claims import claimed_on
from app.services.dumping import Document
from app.services.lookup import ids_named, near_slugs, suggestion
from app.services.relations.usages import LIBRARIES, PURPOSES, TEAMS, Listed, Owner, references_of
from app.text import name_key, slugify

_MODELS: Mapping[By, type[Team | Library]] = {By.TEAM: Team, By.LIBRARY: Library}
_HINT = "Name 2 to 5 to compare: ?team=a&team=b, or ?library=a&library=b."
_NOT_BOTH = "Compare either teams or libraries, not both."


def compare(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Compare the teams or the libraries that a query string names.

    Args:
        connection: in a snapshot.
        query: `team` or `library`, 2 to 5 of one; `used_on`.

    Raises:
        NotFound: a name is nobody's, with near names; or there is no name.
        Invalid: a name is that of several, or all are names of one, or both sorts are named.
    """
    found = {by: _found(connection, by, query[by]) for by in By if query[by]}
    if not found:
        raise NotFound(_HINT, flaws=[Flaw(_HINT, "required", parameter=by) for by in By])
    if len(found) > 1:
        raise Invalid(_NOT_BOTH, flaws=[Flaw(_NOT_BOTH, parameter=by) for by in By])
    ((by, ids),) = found.items()
    return (_teams if by is By.TEAM else _libraries)(connection, ids, query["used_on"])


def _teams(connection: Connection, ids: Sequence[int], day: date | None) -> Document:
    found = _read(connection, Team, ids)
    slugs = {id_: row.slug for id_, row in found.items()}
    return {
        "by": By.TEAM,
        "items": [{"slug": row.slug, "name": row.name} for row in found.values()],
        "facts": None,
        "libraries": _share(connection, Claim.team_id, slugs, day, LIBRARIES),
        "teams": None,
        "purposes": _share(connection, Claim.team_id, slugs, day, PURPOSES),
    }


def _libraries(connection: Connection, ids: Sequence[int], day: date | None) -> Document:
    found = _read(connection, Library, ids)
    slugs = {id_: row.slug for id_, row in found.items()}
    return {
        "by": By.LIBRARY,
        "items": [{"slug": row.slug, "name": row.name} for row in found.values()],
        "facts": {fact: {row.slug: getattr(row, fact) for row in found.values()} for fact in FACTS},
        "libraries": None,
        "teams": _share(connection, Claim.library_id, slugs, day, TEAMS),
        "purposes": _share(connection, Claim.library_id, slugs, day, PURPOSES),
    }


def _found(connection: Connection, by: By, names: Sequence[str]) -> list[int]:
    found = (_one(connection, _MODELS[by], by, name, place) for place, name in enumerate(names, 1))
    ids = list(dict.fromkeys(found))
    if len(ids) > 1:
        return ids
    detail = f"All of them are names of one {by}; name 2 to 5 different ones."
    raise Invalid(detail, flaws=[Flaw(detail, parameter=by)])


def _one(connection: Connection, model: type[Record], parameter: str, name: str, place: int) -> int:
    """Find the one record of that name."""
    ids = ids_named(connection, model, [name])
    if len(ids) == 1:
        return ids[0]
    if not ids:
        near = near_slugs(connection, model, slugify(name))
        detail = f"No {parameter} is called like name {place}.{suggestion(near)}"
        flaws = [Flaw(detail, "not_found", parameter=parameter)]
        raise NotFound(detail, flaws=flaws, members={"near": near})
    slugs = connection.scalars(select(model.slug).where(model.id.in_(ids)).order_by(model.slug))
    detail = f"Several are called like name {place}; say which by its slug: {', '.join(slugs)}."
    raise Invalid(detail, flaws=[Flaw(detail, "ambiguous", parameter=parameter)])


def _read(connection: Connection, model: type[Team | Library], ids: Sequence[int]) -> Mapping[int, Any]:
    """Read what is compared, in the order that was asked."""
    rows = connection.execute(select(model.__table__).where(model.id.in_(ids)))
    found = {row.id: row for row in rows}
    return {id_: found[id_] for id_ in ids}


def _share(
    connection: Connection, owner: Owner, slugs: Mapping[int, str], day: date | None, listed: Listed
) -> Document:
    """Sort what the compared have by who has it: all, some, or one alone."""
    told = (owner.in_(slugs), *claimed_on(Claim, day))
    lists = references_of(connection, owner, told, listed)
    word = listed.model.record_kind
    holders: dict[str, list[int]] = {}
    references = {reference["slug"]: reference for items in lists.values() for reference in items}
    for id_ in slugs:
        for reference in lists[id_]:
            holders.setdefault(reference["slug"], []).append(id_)
    shares: Document = {"shared": [], "some": [], "only": {slug: [] for slug in slugs.values()}}
    for reference in sorted(references.values(), key=lambda found: (name_key(found["name"]), found["slug"])):
        having = holders[reference["slug"]]
        if len(having) == len(slugs):
            shares["shared"].append(reference)
        elif len(having) > 1:
            shares["some"].append({word: reference, "of": [slugs[id_] for id_ in having]})
        else:
            shares["only"][slugs[having[0]]].append(reference)
    return shares
