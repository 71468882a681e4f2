"""Finding one library by package URL, by repository or by any of its names."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, SQLColumnExpression, and_, case, literal, select, union_all

from app.errors import Flaw, NotFound
from app.models import PACKAGE_KEY_LENGTH, Alias, Kind, Library
from app.packages import forge_purl, purl_key, pypi_name_key, repository_key, short_key
from app.schemas.lookups import Matched
from app.services.collections import Condition
from app.services.dumping import Document
from app.services.libraries import LIBRARIES
from app.services.lookup import near_slugs, suggestion
from app.services.reading import documents
from app.text import name_key, slugify

Way = Select[*tuple[Any, ...]]


class Candidate(NamedTuple):
    """A library that may be the one.

    Attributes:
        rank: the lowest is the likeliest.
        slug: decides between equals.
        id: its primary key.
        matched: what of it would match.
        text: that, as it is stored.
    """

    rank: int
    slug: str
    id: int
    matched: str
    text: str


def identify(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Give the library that is called so, with `matched`.

    Args:
        connection: in a snapshot.
        query: one of `purl`, `repository` and `name`, or several that must all fit; the others are None.

    Raises:
        NotFound: with near names; or nothing is asked for.
    """
    ways = [way for way in _WAYS if query[way] is not None]
    if not ways:
        raise NotFound(_HINT, flaws=[Flaw(_HINT, "required", parameter=way) for way in _WAYS])
    found = [_find(connection, way, query[way]) for way in ways]
    fitting = set.intersection(*({candidate.id for candidate in candidates} for candidates in found))
    if not fitting:
        raise NotFound(f"Each of {', '.join(ways)} is that of another library.")
    best = min(candidate for candidate in found[0] if candidate.id in fitting)
    document = documents(connection, LIBRARIES, [best.id])[best.id]
    return {**document, "matched": best.matched}


def _find(connection: Connection, way: str, asked: str) -> list[Candidate]:
    found, name = _WAYS[way](connection, asked)
    if found:
        return found
    near = near_slugs(connection, Library, slugify(name))
    detail = f"No library has that {way}." + suggestion(near)
    raise NotFound(detail, flaws=[Flaw(detail, "not_found", parameter=way)], members={"near": near})


def _by_purl(connection: Connection, asked: str) -> tuple[list[Candidate], str]:
    try:
        key = purl_key(asked)
    except ValueError as error:
        raise _unreadable("purl", "a package URL, such as pkg:pypi/numpy.") from error
    return _read(connection, [_packaged(key)]), key.rpartition("/")[2]


def _by_repository(connection: Connection, asked: str) -> tuple[list[Candidate], str]:
    key = repository_key(asked)
    if key is None:
        raise _unreadable("repository", "a repository's URL, such as https://github.com/pallets/flask.")
    name = key.rpartition("/")[2]
    purl = forge_purl(key)
    # Several libraries may live in one repository: the one that is called like it comes first.
    rank = case((Library.slug == slugify(name), 0), else_=1)
    is_there = Library.repository_key == short_key(key, PACKAGE_KEY_LENGTH)
    found = _read(connection, [_way(rank, Matched.REPOSITORY, Library.repository_url, is_there)])
    if not found and purl:
        found = _read(connection, [_packaged(purl)])
    return found, name


def _by_name(connection: Connection, asked: str) -> tuple[list[Candidate], str]:
    """Look for the very name first, then for what PyPI would not tell from it."""
    key = name_key(asked)
    exact = _read(connection, _names(lambda column: column == key))
    if exact:
        return exact, key
    wanted = pypi_name_key(key)
    named = _read(connection, _names(lambda column: _is_like(column, wanted)))
    found = [candidate for candidate in named if pypi_name_key(candidate.text) == wanted]
    return found or _read(connection, [_packaged(f"pkg:pypi/{wanted}")]), key


def _packaged(key: str) -> Way:
    """Make the way to find a library by package URL; one that is written so comes first."""
    rank = case((Library.purl == key, 0), else_=1)
    is_it = Library.purl_key == short_key(key, PACKAGE_KEY_LENGTH)
    return _way(rank, Matched.PURL, Library.purl, is_it)


def _names(matches: Callable[[SQLColumnExpression[str]], Condition]) -> Iterable[Way]:
    """Make the ways to find a library by slug, name, old slug and alias."""
    alias_rank = case((Alias.is_slug, 2), else_=3)
    alias_matched = case((Alias.is_slug, Matched.SLUG.value), else_=Matched.ALIAS.value)
    aliased = select(alias_rank.label("rank"), Library.slug, Library.id, alias_matched, Alias.key)
    return (
        _way(0, Matched.SLUG, Library.slug, matches(Library.slug)),
        _way(1, Matched.NAME, Library.name_key, matches(Library.name_key)),
        aliased.join(Alias, Alias.library_id == Library.id).where(
            Alias.kind == Kind.LIBRARY, matches(Alias.key)
        ),
    )


def _way(
    rank: int | SQLColumnExpression[int],
    matched: Matched,
    text: SQLColumnExpression[Any],
    condition: Condition,
) -> Way:
    order = literal(rank) if isinstance(rank, int) else rank
    matched_word = literal(matched.value)
    return select(order.label("rank"), Library.slug, Library.id, matched_word, text).where(condition)


def _is_like(column: SQLColumnExpression[str], key: str) -> Condition:
    """Make the condition that a text may be one whose dashes another spelling has otherwise."""
    escaped = re.sub(r"([\\%_])", r"\\\1", key)
    first = key.partition("-")[0]
    # An index leads to what begins so.
    return and_(
        column >= first,
        column < first + "\U0010ffff",
        column.like(escaped.replace("-", "%"), escape="\\"),
    )


def _read(connection: Connection, ways: Iterable[Way]) -> list[Candidate]:
    return [Candidate(*row) for row in connection.execute(union_all(*ways))]


def _unreadable(way: str, wanted: str) -> NotFound:
    """Make the error of what cannot be told apart by its pattern, and so is merely not found."""
    detail = f"Must be {wanted}"
    return NotFound(f"{detail} ({way})", flaws=[Flaw(detail, parameter=way)])


_WAYS: dict[str, Callable[[Connection, str], tuple[list[Candidate], str]]] = {
    "purl": _by_purl,
    "repository": _by_repository,
    "name": _by_name,
}
_HINT = "Name the library: ?name=flask, ?purl=pkg:pypi/flask or ?repository=https://github.com/pallets/flask."
