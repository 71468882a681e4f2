"""Records that a file calls for and the atlas does not hold yet: how they are called."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.manifests.records import Dependency
from app.models import NAME_LENGTH, Alias, Kind, UseCase
from app.models import Library as LibraryTable
from app.services.importing.shelves import chunks
from app.text import SLUG_LENGTH, name_key, slugify

_ATTEMPTS = 5


@dataclass(frozen=True)
class Library:
    """A library that is to be made."""

    slug: str
    name: str
    purl: str | None

    def record(self) -> dict[str, Any]:
        """Give it in the shape that PUT takes; nothing is said of it that the file does not say."""
        return {"slug": self.slug, "name": self.name, "purl": self.purl}


def new_libraries(connection: Connection, dependencies: Sequence[Dependency]) -> dict[Dependency, Library]:
    """Name the libraries that dependencies are, none of which is in the atlas.

    Where the name is another library's, the kind of package stands behind it:
    `flask (npm)`. The same package twice is one library.
    """
    taken = _taken(connection, dependencies)
    made: dict[str, Library] = {}
    found = {}
    for item in dependencies:
        identity = item.purl or name_key(item.name)
        if identity not in made:
            made[identity] = _name(item, taken)
        found[item] = made[identity]
    return found


def new_use_case_slugs(connection: Connection, team: str, libraries: Iterable[str]) -> dict[str, str]:
    """Give a slug that is free to the use case of each library.

    Args:
        connection: in a snapshot.
        team: slug.
        libraries: slugs.
    """
    begin = team[: SLUG_LENGTH // 2].strip("-")
    wanted = {library: list(_slugs(f"{begin}-uses-{library}")) for library in libraries}
    taken: set[str] = set()
    for chunk in chunks(slug for slugs in wanted.values() for slug in slugs):
        taken.update(connection.scalars(select(UseCase.slug).where(UseCase.slug.in_(chunk))))
        aliases = select(Alias.key).where(Alias.kind == Kind.USE_CASE, Alias.key.in_(chunk))
        taken.update(connection.scalars(aliases))
    return {library: next(slug for slug in slugs if slug not in taken) for library, slugs in wanted.items()}


def _slugs(slug: str) -> Iterator[str]:
    """Give slugs to choose from: a free one is found unless a claim was retired again and again."""
    if len(slug) <= SLUG_LENGTH:
        yield slug
    for number in range(_ATTEMPTS):
        digest = hashlib.sha256(f"{slug} {number}".encode()).hexdigest()[:8]
        yield f"{slug[: SLUG_LENGTH - 9].strip('-')}-{digest}"


def _name(item: Dependency, taken: set[str]) -> Library:
    kind = _kind(item)
    for suffix in ("", f" ({kind})", *(f" ({kind} {number})" for number in range(2, 1_000))):
        name = item.name[: NAME_LENGTH - len(suffix)] + suffix
        slug = slugify(name) if not suffix else _slug(item.name, suffix)
        if not {name_key(name), slug} & taken:
            taken |= {name_key(name), slug}
            return Library(slug, name, item.purl)
    raise AssertionError("A thousand libraries of one name.")  # pragma: no cover  # more than a manifest has


def _kind(item: Dependency) -> str:
    return item.purl.removeprefix("pkg:").partition("/")[0] if item.purl else "package"


def _slug(name: str, suffix: str) -> str:
    end = slugify(suffix)
    return f"{slugify(name)[: SLUG_LENGTH - len(end) - 1].strip('-')}-{end}"


def _taken(connection: Connection, dependencies: Iterable[Dependency]) -> set[str]:
    """Find which of the names and slugs that may be wanted are another library's already."""
    names = {item.name for item in dependencies} | {f"{item.name} ({_kind(item)})" for item in dependencies}
    wanted = {key for name in names for key in (name_key(name), slugify(name))}
    taken: set[str] = set()
    for chunk in chunks(wanted):
        taken.update(
            connection.scalars(select(LibraryTable.name_key).where(LibraryTable.name_key.in_(chunk)))
        )
        taken.update(connection.scalars(select(LibraryTable.slug).where(LibraryTable.slug.in_(chunk))))
        aliases = select(Alias.key).where(Alias.kind == Kind.LIBRARY, Alias.key.in_(chunk))
        taken.update(connection.scalars(aliases))
    return taken
