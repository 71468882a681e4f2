"""What readers give: records of the atlas, and remarks on what could not be carried."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalogs.cleaning import clean_line
from app.catalogs.excerpts import Excerpts
from app.models import NAME_LENGTH
from app.text import SLUG_LENGTH, name_key, slugify

Record = dict[str, Any]
Records = Mapping[str, Sequence[Mapping[str, Any]]]

PATHS = ("organizations", "teams", "libraries", "purposes", "use-cases", "sources")
MOST_REMARKS = 1_000

_DIGEST_LENGTH = 6


@dataclass(frozen=True)
class Remark:
    """What could not be carried.

    Attributes:
        line: where it stands, from 1.
        code: stable word for the reason.
        detail: a sentence.
    """

    line: int
    code: str
    detail: str


@dataclass(frozen=True)
class Catalog:
    """What a document says.

    Attributes:
        records: in the shape that PUT takes, by the path of their collection, sorted by slug;
            each may point at records that the caller named.
        remarks: in the order of their lines; at most 1,000.
    """

    records: dict[str, list[Record]]
    remarks: tuple[Remark, ...]


class Drafts:
    """The records that a reader has made so far: each slug once, each name once a kind."""

    def __init__(self, excerpts: Excerpts) -> None:
        self.excerpts = excerpts
        self._records: dict[str, dict[str, Record]] = {path: {} for path in PATHS}
        self._slugs: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[str]] = {path: set() for path in PATHS}
        self._names: dict[str, set[str]] = {}
        self._remarks: list[Remark] = []

    def slug_for(self, path: str, identity: str, wanted: str) -> str:
        """Give the slug of a thing: the same for the same identity, a different one for another.

        Args:
            path: of the collection.
            identity: what tells the thing from others of its kind, such as its folded name.
            wanted: a name or slug to make it from.
        """
        found = self._slugs.get((path, identity))
        if found:
            return found
        slug = slugify(wanted)
        attempt = 0
        while slug in self._taken[path]:
            slug = with_digest(slugify(wanted), f"{identity}{attempt or ''}")
            attempt += 1
        self._taken[path].add(slug)
        self._slugs[path, identity] = slug
        return slug

    def add(self, path: str, record: Mapping[str, Any]) -> Record:
        """Add a record, unless its slug is there; what is None is left out.

        Returns: the record that has the slug now.
        """
        there = self._records[path].get(record["slug"])
        if there is not None:
            return there
        kept = {name: value for name, value in record.items() if value is not None}
        if "name" in kept:
            # Teams of two organizations may have one name.
            scope = f"{path}/{kept.get('organization', '')}"
            kept["name"] = self._unique_name(scope, kept["name"], kept["slug"])
        self._records[path][kept["slug"]] = kept
        return kept

    def find(self, path: str, slug: str) -> Record | None:
        """Give the record of a slug, or None."""
        return self._records[path].get(slug)

    def remark(self, offset: int, code: str, detail: str) -> None:
        """Note what could not be carried, and where it stands."""
        self._remarks.append(Remark(self.excerpts.line_at(offset), code, detail))

    def catalog(self) -> Catalog:
        """Give everything that was read."""
        records = {
            path: [items[slug] for slug in sorted(items)] for path, items in self._records.items() if items
        }
        remarks = sorted(self._remarks, key=lambda remark: remark.line)
        more = len(remarks) - MOST_REMARKS
        if more > 0:
            remarks = remarks[:MOST_REMARKS]
            remarks.append(Remark(remarks[-1].line, "more", f"And {more} more."))
        return Catalog(records, tuple(remarks))

    def _unique_name(self, scope: str, name: str, slug: str) -> str:
        """Keep names apart that fold to the same; the slug does it, for it is the only one."""
        names = self._names.setdefault(scope, set())
        digest = hashlib.sha256(slug.encode()).hexdigest()
        apart = f"{name[: NAME_LENGTH - len(slug) - 3]} ({slug})"
        free = (one for one in (name, apart) if name_key(one) not in names)
        candidate = next(free, f"{slug} {digest}")
        names.add(name_key(candidate))
        return candidate


def with_digest(slug: str, identity: str) -> str:
    """Tell a slug apart by a digest of what it stands for; still at most 80 characters."""
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{slug[: SLUG_LENGTH - _DIGEST_LENGTH - 1].rstrip('-')}-{digest}"


def named(value: object, fallback: str) -> str:
    """Give a value as a name, or the fallback where it shows nothing."""
    return clean_line(value) or fallback
