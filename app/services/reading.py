"""Reading records: one, many, or a page, in a fixed number of statements."""

from collections.abc import Collection as Sized
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from app.models import Atlas, Kind, Record
from app.services.collections import Collection, Condition
from app.services.dumping import Document, part_dumper, record_dumper
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, listed
from app.services.registry import COLLECTIONS

_SHAPING = {"limit", "cursor", "total", "members", "expand", "sort", "format", "bom", "is_flat"}
_NO_SHAPE: Mapping[str, Any] = {"members": [], "expand": []}
# A thousand ids as one parameter: SQLAlchemy would look at each of them.
_OWNERS: BindParameter[Any] = bindparam("owners", expanding=True)
_ALL_FLAT = {**_NO_SHAPE, "is_flat": True, "sort": ["slug"], "limit": None}


def version_of(connection: Connection) -> tuple[str, int]:
    """Give which atlas this is, and its version: the `seq` of the last change."""
    row = connection.execute(select(Atlas.instance, Atlas.version)).one()
    return row.instance, row.version


def get(
    connection: Connection, collection: Collection, slug: str, query: Mapping[str, Any] = _NO_SHAPE
) -> Document:
    """Give one record.

    Raises:
        Renamed: the slug is an old one.
        NotFound: there is no such record.
    """
    found = find_id(connection, collection.model, slug)
    return documents(connection, collection, [found], query)[found]


def page(
    connection: Connection,
    collection: Collection,
    query: Mapping[str, Any],
    within: Mapping[str, Any] | None = None,
) -> Document:
    """Give a page of a collection, or all of it where `limit` is None.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: the loaded query string: filters, sort, page, shape.
        within: further filters, by parameter, that belong to the path.

    Returns: as `paging.listed`.
    """
    asked = {name: value for name, value in query.items() if name not in _SHAPING and value not in (None, [])}
    conditions = conditions_of(connection, collection, {**asked, **(within or {})})
    dumper = record_dumper(collection, frozenset(query["members"]), is_flat=query.get("is_flat", False))
    rows = select(collection.model.id, *dumper.columns).select_from(collection.origin)
    question = Question(
        statement=rows.where(*conditions),
        ids=select(collection.model.id).where(*conditions),
        by_id=rows,
        count=select(func.count()).select_from(collection.model).where(*conditions),
        sorts=_sorts(collection, query["sort"]),
        scope={"of": collection.path, "asked": asked, "within": within, "sort": query["sort"]},
    )

    def complete(rows: Sequence[Row[Any]]) -> list[Document]:
        found = {row[0]: dumper.dump(row) for row in rows}
        _complete(connection, collection, found, query)
        return list(found.values())

    return listed(connection, question, query, complete)


def page_within(
    connection: Connection, collection: Collection, query: Mapping[str, Any], model: type[Record], slug: str
) -> Document:
    """Give a page of the records of a collection that belong to another record.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: the loaded query string.
        model: table of the other record; its kind is the name of the filter.
        slug: of the other record.

    Raises:
        Renamed: the slug is an old one.
        NotFound: there is no such record.
    """
    find_id(connection, model, slug)
    return page(connection, collection, query, within={model.record_kind.value: [slug]})


def flat_records(connection: Connection, collection: Collection) -> Iterator[Document]:
    """Give every record of a collection as PUT takes it: references as slugs; by slug, read as it goes."""
    return iter(page(connection, collection, _ALL_FLAT)["items"])


def conditions_of(
    connection: Connection, collection: Collection, asked: Mapping[str, Any]
) -> list[Condition]:
    """Make the conditions for what is asked of a collection; names are looked up here."""
    makers = dict.fromkeys(collection.filters[name] for name in asked)
    return [make(connection, asked) for make in makers]


def documents(
    connection: Connection, collection: Collection, ids: Sized[int], query: Mapping[str, Any] = _NO_SHAPE
) -> dict[int, Document]:
    """Read records: one statement for their rows, one for each of their parts and expansions.

    Args:
        connection: in a snapshot.
        collection: which records.
        ids: of the records; those that are not there are left out.
        query: `members`, those wanted (none: all), and `expand`.
    """
    return _read(connection, collection, collection.model.id.in_(ids), query)


def _read(
    connection: Connection, collection: Collection, condition: Condition, query: Mapping[str, Any]
) -> dict[int, Document]:
    dumper = record_dumper(collection, frozenset(query["members"]))
    statement = select(collection.model.id, *dumper.columns).select_from(collection.origin).where(condition)
    found = {row[0]: dumper.dump(row) for row in connection.execute(statement)}
    _complete(connection, collection, found, query)
    return found


def _complete(
    connection: Connection, collection: Collection, found: Mapping[int, Document], query: Mapping[str, Any]
) -> None:
    """Put parts and expansions into records: one statement for each, however many records."""
    wanted = query["members"]
    for name in collection.parts:
        if not wanted or name in wanted:
            _put_part(connection, collection, name, found, is_flat=query.get("is_flat", False))
    for word in query.get("expand", ()):
        path, kind = collection.expands[word]
        if not wanted or path.split(".")[0] in wanted:
            _expand(connection, path, kind, found.values())


def _sorts(collection: Collection, words: Sequence[str]) -> list[SortKey]:
    """Make the sort keys; each column once, the slug last."""
    keys: dict[str, SortKey] = {}
    for word in words or [next(iter(collection.sorts))]:
        column = word.removeprefix("-")
        keys.setdefault(column, SortKey(collection.sorts[column], is_descending=word.startswith("-")))
        if column == "slug":
            return list(keys.values())
    is_descending = all(key.is_descending for key in keys.values())
    return [*keys.values(), SortKey(collection.model.slug, is_descending)]


def _put_part(
    connection: Connection, collection: Collection, name: str, found: Mapping[int, Document], *, is_flat: bool
) -> None:
    part = collection.parts[name]
    dumper = part_dumper(part, is_flat=is_flat)
    statement = select(part.owner, *dumper.columns).select_from(part.origin).where(part.owner.in_(_OWNERS))
    if part.condition is not None:
        statement = statement.where(part.condition)
    lists: dict[int, list[Any]] = {id_: [] for id_ in found}
    statement = statement.order_by(part.owner, *part.order)
    for row in connection.execute(statement, {_OWNERS.key: list(found)}).all():
        item = dumper.dump(row)
        lists[row[0]].append(item if part.schema else next(iter(item.values())))
    for id_, items in lists.items():
        found[id_][name] = items


def _expand(connection: Connection, path: str, kind: Kind, shown: Iterable[Document]) -> None:
    """Put whole records where references stand, each record read once."""
    places = [place for document in shown for place in _references(document, path.split("."))]
    collection = COLLECTIONS[kind]
    slugs = {holder[key]["slug"] for holder, key in places}
    pointed_at = _read(connection, collection, collection.model.slug.in_(slugs), _NO_SHAPE)
    whole = {document["slug"]: document for document in pointed_at.values()}
    for holder, key in places:
        holder[key] = whole[holder[key]["slug"]]


def _references(holder: Any, steps: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """Find where the references of a path stand: the object or list that holds each, and its key there."""
    value = holder.get(steps[0])
    inner = steps[1:]
    if inner:
        for item in value or ():
            yield from _references(item, inner)
    elif isinstance(value, list):
        yield from ((value, place) for place in range(len(value)))
    elif value is not None:
        yield holder, steps[0]
