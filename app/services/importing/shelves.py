"""What the records of each kind go by, as far as the items mention it.

A shelf is read from the atlas in bulk and kept in step with what is taken in,
so that each item finds what it would find if the ones before it were written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Integer, Select, Text, literal, select, union_all

from app.models import Alias, Kind, Library, Team
from app.services.dumping import Document
from app.services.flattening import flatten
from app.services.importing.items import Checked
from app.services.importing.pointing import pointings
from app.services.lookup import target_column
from app.services.prepared import Prepared, has_given_id, has_given_text, ids_given, texts_given
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.text import name_key

# SQLite and PostgreSQL take more bind values, but not without end.
CHUNK = 1_000


class Ref(NamedTuple):
    """A record that is there, or will be."""

    id: int
    slug: str


class Other(NamedTuple):
    """An old slug or another name of a record.

    Attributes:
        id: of its row; None: not written yet.
        owner: whose it is.
        name: as it is written.
        is_slug: an old slug.
    """

    id: int | None
    owner: int
    name: str
    is_slug: bool


@dataclass
class Shelf:
    """What the records of one kind go by.

    Attributes:
        slugs: records by slug.
        slug_of: slugs by id.
        others: old slugs and other names, by folded key.
        keys_of: the keys of a record's own ones, by its id.
        names: by folded name, who is called so: ids, with the organization where names are kept apart by it.
        purls: ids by package URL.
        present: what the records of the items are now, flat, by id.
    """

    slugs: dict[str, Ref] = field(default_factory=dict)
    slug_of: dict[int, str] = field(default_factory=dict)
    others: dict[str, Other] = field(default_factory=dict)
    keys_of: dict[int, set[str]] = field(default_factory=dict)
    names: dict[str, dict[int, int | None]] = field(default_factory=dict)
    purls: dict[str, int] = field(default_factory=dict)
    present: dict[int, Document] = field(default_factory=dict)

    def __contains__(self, slug: str) -> bool:
        return slug in self.slugs or slug in self.others

    def get(self, slug: str) -> Ref:
        """Give the record of a slug, old slug or alias that is there."""
        found = self.slugs.get(slug)
        if found is not None:
            return found
        owner = self.others[slug].owner
        return Ref(owner, self.slug_of[owner])

    def add(self, ref: Ref) -> None:
        """Put a record there."""
        self.slugs[ref.slug] = ref
        self.slug_of[ref.id] = ref.slug

    def put_other(self, key: str, other: Other) -> None:
        """Note an old slug or another name."""
        self.others[key] = other
        self.keys_of.setdefault(other.owner, set()).add(key)

    def drop_other(self, key: str) -> None:
        """Note that an old slug or another name is gone."""
        self.keys_of[self.others.pop(key).owner].discard(key)

    def name(self, key: str, id_: int, scope: int | None) -> None:
        """Note that a record is called so."""
        self.names.setdefault(key, {})[id_] = scope

    def unname(self, key: str, id_: int) -> None:
        """Note that a record is not called so any more."""
        self.names.get(key, {}).pop(id_, None)


Shelves = Mapping[Kind, Shelf]


def read_shelves(connection: Connection, checked: Sequence[Checked]) -> Shelves:
    """Read from the atlas what the items mention, in a number of statements that grows by thousands."""
    shelves = {kind: Shelf() for kind in COLLECTIONS}
    mentioned: dict[Kind, set[str]] = {kind: set() for kind in COLLECTIONS}
    values_of: dict[Kind, list[Mapping[str, Any]]] = {kind: [] for kind in COLLECTIONS}
    for one in checked:
        if not one.flaws:
            mentioned[one.item.kind].add(one.values["slug"])
            values_of[one.item.kind].append(one.values)
            for pointing in pointings(COLLECTIONS[one.item.kind].schema):
                mentioned[pointing.kind].update(pointing.slugs(one.values))
    keys = {kind: _keys_of(values) for kind, values in values_of.items()}
    _read_slugs(connection, shelves, {kind: mentioned[kind] | keys[kind] for kind in shelves})
    for kind, shelf in shelves.items():
        _read(connection, kind, shelf, mentioned[kind], keys[kind], values_of[kind])
    return shelves


def _keys_of(values: Iterable[Mapping[str, Any]]) -> set[str]:
    return {name_key(name) for one in values for name in one.get("aliases", ())}


def _read(
    connection: Connection,
    kind: Kind,
    shelf: Shelf,
    mentioned: set[str],
    keys: set[str],
    values: Sequence[Mapping[str, Any]],
) -> None:
    own = [ref.id for one in values if (ref := shelf.slugs.get(one["slug"]))]
    _read_present(connection, kind, shelf, own)
    names = {name_key(one["name"]) for one in values if "name" in one}
    unknown = mentioned - shelf.slugs.keys()
    _read_others(connection, kind, shelf, Alias.key, unknown | names | keys)
    if kind in {Kind.TEAM, Kind.LIBRARY}:
        _read_others(connection, kind, shelf, target_column(kind), own)
    if names:
        _read_names(connection, kind, shelf, names | keys)
    purls = {one["purl"] for one in values if one.get("purl")}
    for id_, slug, purl in _rows(connection, _PURLS, purls):
        shelf.purls[purl] = id_
        shelf.slug_of[id_] = slug


def _read_slugs(connection: Connection, shelves: Shelves, slugs: Mapping[Kind, Iterable[str]]) -> None:
    """Find the records of slugs: those of all kinds in one statement, as long as they are not too many."""
    for parts in zip_longest(*(chunks(slugs[kind]) for kind in COLLECTIONS), fillvalue=()):
        given: dict[str, Any] = {}
        for kind, some in zip(COLLECTIONS, parts, strict=True):
            given.update(texts_given(connection.dialect, some, kind))
        for kind, id_, slug in _SLUGS.rows(connection, **given):
            shelves[Kind(kind)].add(Ref(id_, slug))


def _read_present(connection: Connection, kind: Kind, shelf: Shelf, ids: Iterable[int]) -> None:
    collection = COLLECTIONS[kind]
    for some in chunks(ids):
        for id_, document in documents(connection, collection, some).items():
            shelf.present[id_] = flatten(collection.schema, document)


def _read_others(
    connection: Connection, kind: Kind, shelf: Shelf, column: Any, wanted: Iterable[Any]
) -> None:
    for id_, key, name, is_slug, owner, slug in _rows(connection, _others(kind, column), wanted):
        shelf.put_other(key, Other(id_, owner, name, is_slug))
        shelf.slug_of[owner] = slug


def _read_names(connection: Connection, kind: Kind, shelf: Shelf, keys: Iterable[str]) -> None:
    for id_, slug, key, *scopes in _rows(connection, _names(kind), keys):
        shelf.name(key, id_, scopes[0] if scopes else None)
        shelf.slug_of[id_] = slug


@cache
def _others(kind: Kind, column: Any) -> Prepared:
    model, target = COLLECTIONS[kind].model, target_column(kind)
    statement = select(Alias.id, Alias.key, Alias.name, Alias.is_slug, model.id, model.slug)
    return _among(statement.join(model, target == model.id).where(Alias.kind == kind), column)


@cache
def _names(kind: Kind) -> Prepared:
    model: Any = COLLECTIONS[kind].model
    scope = (Team.organization_id,) if kind is Kind.TEAM else ()
    return _among(select(model.id, model.slug, model.name_key, *scope), model.name_key)


def _among(statement: Select[*tuple[Any, ...]], column: Any) -> Prepared:
    """Prepare to read the rows in which a column has one of many values."""
    has = has_given_id if isinstance(column.type, Integer) else has_given_text
    return Prepared(lambda dialect: statement.where(has(dialect, column)))


def _rows(connection: Connection, prepared: Prepared, wanted: Iterable[Any]) -> Iterator[Any]:
    """Read the rows that have one of many values."""
    for some in chunks(wanted):
        give = ids_given if isinstance(some[0], int) else texts_given
        given = give(connection.dialect, some)
        yield from prepared.converted_rows(connection, **given)


def _slugs(dialect: Dialect) -> Any:
    ways = []
    for kind, collection in COLLECTIONS.items():
        model = collection.model
        way = select(literal(kind.value, Text).label("kind"), model.id, model.slug)
        ways.append(way.where(has_given_text(dialect, model.slug, kind)))
    return union_all(*ways)


_SLUGS = Prepared(_slugs)
_PURLS = _among(select(Library.id, Library.slug, Library.purl), Library.purl)


def chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut many things into lists of at most 1,000."""
    iterator = iter(things)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
