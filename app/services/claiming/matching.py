"""Which library a dependency is: by package URL, else by name, else by another name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, literal, or_, select, union_all

from app.manifests.records import Dependency
from app.models import Alias, Kind, Library
from app.packages import pypi_name_key
from app.services.importing.shelves import chunks
from app.text import name_key, slugify

# Where the same name stands for different software; elsewhere (conda, deb, docker, github, ...) the
# same software is merely packed another way.
_LANGUAGES = {"cargo", "composer", "gem", "golang", "hex", "maven", "npm", "nuget", "pub", "pypi", "swift"}


class _Named(NamedTuple):
    rank: int
    slug: str
    key: str
    purl: str | None


def match(connection: Connection, dependencies: Sequence[Dependency]) -> dict[Dependency, str]:
    """Find the libraries that dependencies are.

    Args:
        connection: in a snapshot.
        dependencies: of one manifest.

    Returns: slugs; what is not in the atlas is left out.
    """
    by_purl = _by_purl(connection, {item.purl for item in dependencies if item.purl})
    rest = [item for item in dependencies if item.purl not in by_purl]
    by_name = _by_name(connection, {key for item in rest for key in _keys(item)})
    found = {item: by_purl[item.purl] for item in dependencies if item.purl in by_purl}
    for item in rest:
        candidates = [named for key in _keys(item) for named in by_name.get(key, ())]
        fitting = [named for named in candidates if may_be_one(named.purl, item.purl)]
        if fitting:
            found[item] = min(fitting).slug
    return found


def may_be_one(first: str | None, second: str | None) -> bool:
    """Say whether two package URLs may be of one library that has one name.

    `pkg:npm/flask` is another library than `pkg:pypi/flask`; `pkg:conda/flask`
    may be the same.
    """
    types = {purl.removeprefix("pkg:").partition("/")[0] for purl in (first, second) if purl}
    return len(types & _LANGUAGES) <= 1


def _keys(item: Dependency) -> list[str]:
    """Give what a library may be called that is the dependency; the likeliest first."""
    keys = [name_key(item.name)]
    if item.purl and item.purl.startswith("pkg:pypi/"):
        keys += [pypi_name_key(item.name), pypi_name_key(item.name).replace("-", " ")]
    return list(dict.fromkeys(keys))


def _by_purl(connection: Connection, purls: Iterable[str]) -> dict[str | None, str]:
    found: dict[str | None, str] = {}
    for chunk in chunks(purls):
        rows = connection.execute(select(Library.purl, Library.slug).where(Library.purl.in_(chunk)))
        found.update({row.purl: row.slug for row in rows})
    return found


def _by_name(connection: Connection, keys: Iterable[str]) -> Mapping[str, Sequence[_Named]]:
    found: dict[str, list[_Named]] = {}
    for chunk in chunks(keys):
        for named in _named(connection, chunk):
            found.setdefault(named.key, []).append(named)
    return found


def _named(connection: Connection, keys: Sequence[str]) -> Iterator[_Named]:
    slugs = {slugify(key): key for key in keys}
    named = select(literal(0), Library.slug, Library.name_key, Library.purl).where(Library.name_key.in_(keys))
    called = select(literal(1), Library.slug, Alias.key, Library.purl)
    called = called.join(Alias, Alias.library_id == Library.id)
    called = called.where(Alias.kind == Kind.LIBRARY, or_(Alias.key.in_(keys), Alias.key.in_(slugs)))
    by_slug = select(literal(2), Library.slug, Library.slug, Library.purl).where(Library.slug.in_(slugs))
    for rank, slug, key, purl in connection.execute(union_all(named, called, by_slug)):
        yield _Named(rank, slug, key if key in keys else slugs[key], purl)
