"""Libraries that a file names and the atlas does not know yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.manifests.records import Dependency
from app.models import Alias, Kind
from app.models import Library as LibraryTable
from app.services.importing.shelves import chunks
from app.text import NAME_LENGTH, SLUG_LENGTH, name_key, slugify


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


def _name(item: Dependency, taken: set[str]) -> Library:
    kind = item.purl.removeprefix("pkg:").partition("/")[0] if item.purl else "package"
    for suffix in ("", f" ({kind})", *(f" ({kind} {number})" for number in range(2, 1_000))):
        name = item.name[: NAME_LENGTH - len(suffix)] + suffix
        slug = slugify(name) if not suffix else _slug(item.name, suffix)
        if not {name_key(name), slug} & taken:
            taken |= {name_key(name), slug}
            return Library(slug, name, item.purl)
    raise AssertionError("A thousand libraries of one name.")  # pragma: no cover  # more than a manifest has


def _slug(name: str, suffix: str) -> str:
    end = slugify(suffix)
    return f"{slugify(name)[: SLUG_LENGTH - len(end) - 1].strip('-')}-{end}"


def _taken(connection: Connection, dependencies: Iterable[Dependency]) -> set[str]:
    """Find which of the names and slugs that may be wanted are another library's already."""
    wanted = {key for item in dependencies for key in (name_key(item.name), slugify(item.name))}
    taken: set[str] = set()
    for chunk in chunks(wanted):
        taken.update(
            connection.scalars(select(LibraryTable.name_key).where(LibraryTable.name_key.in_(chunk)))
        )
        taken.update(connection.scalars(select(LibraryTable.slug).where(LibraryTable.slug.in_(chunk))))
        aliases = select(Alias.key).where(Alias.kind == Kind.LIBRARY, Alias.key.in_(chunk))
        taken.update(connection.scalars(aliases))
    return taken
