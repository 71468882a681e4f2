"""Reading records: one, many, or a page, in a fixed number of statements."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Sized
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, select

from app.errors import NotFound
from app.kept import Written
from app.models import Kind, Record
from app.services.collections import Collection, Condition
from app.services.dumping import Document
from app.services.facets.crossed import crossed
from app.services.facets.singled_out import singled_out
from app.services.facets.tallies import is_counted, number_of
from app.services.keeping import Keeper
from app.services.lives import check_not_gone
from app.services.lookup import find_id
from app.services.paging import Question, SortKey, all_of, listed, pages_of, turn_page
from app.services.prepared import Prepared
from app.services.readers import put_part, record_reader
from app.services.registry import COLLECTIONS
from app.services.remembering import PastKeeper

_SHAPING = {"limit", "cursor", "total", "members", "expand", "sort", "format", "bom", "is_flat"}
_NO_SHAPE: Mapping[str, Any] = {"members": [], "expand": []}
_ALL_FLAT = {**_NO_SHAPE, "is_flat": True, "sort": ["slug"], "limit": None}


def get(
    connection: Connection,
    collection: Collection,
    slug: str,
    query: Mapping[str, Any] = _NO_SHAPE,
    keeper: Keeper | None = None,
) -> Document | Written:
    """Give one record; where records are kept and nothing but the whole of it is asked for, as written.

    Raises:
        Renamed: the slug is an old one.
        NotFound: there is no such record.
        Gone: there was one.
    """
    try:
        found = find_id(connection, collection.model, slug)
    except NotFound:
        check_not_gone(connection, collection.kind, slug)
        raise
    if keeper is None or not _is_whole(query):
        return documents(connection, collection, [found], query)[found]
    return _written(connection, collection, [found], keeper)[found]


def page(
    connection: Connection,
    collection: Collection,
    query: Mapping[str, Any],
    keeper: Keeper | None = None,
    *,
    within: Mapping[str, Any] | None = None,
) -> Document:
    """Give a page of a collection, or all of it where `limit` is None.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: the loaded query string: filters, sort, page, shape.
        keeper: what is kept of the records.
        within: further filters, by parameter, that belong to the path.

    Returns: as `paging.listed`; where records are kept, whole ones are fragments of JSON.
    """
    asked = {name: value for name, value in query.items() if name not in _SHAPING and value not in (None, [])}
    filters = {**asked, **(within or {})}
    scope = {"of": collection.path, "asked": asked, "within": within, "sort": query["sort"]}

    def question() -> Question:
        return _question(connection, collection, filters, _sorts(collection, *query["sort"]), scope)

    def complete(rows: Sequence[Row[Any]]) -> list[Any]:
        ids = [row[0] for row in rows]
        if keeper is not None and _is_whole(query):
            written = _written(connection, collection, ids, keeper)
            return [written[id_].fragment for id_ in ids]
        found = documents(connection, collection, ids, query)
        return [found[id_] for id_ in ids]

    if query["limit"] is None or not isinstance(keeper, PastKeeper):
        return listed(connection, question(), query, complete)
    turned = keeper.page(scope, query, lambda wanted: turn_page(connection, question(), wanted))
    page = {"items": complete(turned.rows), "next": turned.next, "total": turned.total}
    return {**page, "limit": query["limit"]}


def page_within(
    connection: Connection,
    collection: Collection,
    query: Mapping[str, Any],
    keeper: Keeper | None,
    model: type[Record],
    slug: str,
) -> Document:
    """Give a page of the records of a collection that belong to another record.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: the loaded query string.
        keeper: what is kept of the records.
        model: table of the other record; its kind is the name of the filter.
        slug: of the other record.

    Raises:
        Renamed: the slug is an old one.
        NotFound: there is no such record.
    """
    find_id(connection, model, slug)
    return page(connection, collection, query, keeper, within={model.record_kind.value: [slug]})


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
    reader = record_reader(collection, frozenset(query["members"]), is_flat=query.get("is_flat", False))
    found = dict(reader.read(connection, ids))
    _complete(connection, collection, found, query)
    return found


def _is_whole(query: Mapping[str, Any]) -> bool:
    """Say whether records are asked for as they are, all members and no expansion."""
    return not query["members"] and not query.get("expand")


def _written(
    connection: Connection, collection: Collection, ids: Sequence[int], keeper: Keeper
) -> dict[int, Written]:
    """Give records as they are written: those that are kept, and the others, which are read and kept."""
    written = keeper.find(connection, collection, ids)
    missing = [id_ for id_ in ids if id_ not in written]
    if missing:
        written |= keeper.keep(collection, documents(connection, collection, missing))
    return written


def _complete(
    connection: Connection, collection: Collection, found: dict[int, Document], query: Mapping[str, Any]
) -> None:
    """Put parts and expansions into records: one statement for each, however many records."""
    wanted = query["members"]
    for name, part in collection.parts.items():
        if not wanted or name in wanted:
            put_part(connection, part, name, found, is_flat=query.get("is_flat", False))
    for word in query.get("expand", ()):
        path, kind = collection.expands[word]
        if not wanted or path.split(".")[0] in wanted:
            _expand(connection, path, kind, found.values())


def _question(
    connection: Connection,
    collection: Collection,
    filters: Mapping[str, Any],
    sorts: tuple[SortKey, ...],
    scope: Mapping[str, Any],
) -> Question:
    """Make the question for a page: what is asked most is prepared, and counted already."""
    model = collection.model
    ids, count = all_of(model)
    if not filters:
        prepared = _whole_list(model, sorts)
        kept = _number_of(collection) if is_counted(connection) else None
        return Question(ids, count, sorts, scope, has_ids_alone=True, prepared=prepared, number=kept)
    looked_for = connection, collection, filters, sorts
    known = singled_out(*looked_for) or crossed(*looked_for)
    if known is not None:
        return Question(
            *known.statements,
            sorts=known.sorts,
            scope=scope,
            has_ids_alone=True,
            prepared=known.pages,
            number=known.count,
            values=known.values,
        )
    conditions = conditions_of(connection, collection, filters)
    return Question(ids.where(*conditions), count.where(*conditions), sorts, scope, has_ids_alone=True)


def _number_of(collection: Collection) -> Callable[[Connection], int]:
    return lambda connection: number_of(connection, collection.kind)


@cache
def _whole_list(model: type[Record], sorts: tuple[SortKey, ...]) -> Callable[[bool], Prepared]:
    """Prepare the pages of a list without filters, in some order."""
    ids, _count = all_of(model)
    return pages_of(ids, sorts)


@cache
def _sorts(collection: Collection, *words: str) -> tuple[SortKey, ...]:
    """Make the sort keys; each column once, the slug last."""
    keys: dict[str, SortKey] = {}
    for word in words or [next(iter(collection.sorts))]:
        column = word.removeprefix("-")
        keys.setdefault(column, SortKey(collection.sorts[column], is_descending=word.startswith("-")))
        if column == "slug":
            return tuple(keys.values())
    is_descending = all(key.is_descending for key in keys.values())
    return (*keys.values(), SortKey(collection.model.slug, is_descending))


def _expand(connection: Connection, path: str, kind: Kind, shown: Iterable[Document]) -> None:
    """Put whole records where references stand, each record read once."""
    places = [place for document in shown for place in _references(document, path.split("."))]
    collection = COLLECTIONS[kind]
    slugs = {holder[key]["slug"] for holder, key in places}
    ids = connection.scalars(select(collection.model.id).where(collection.model.slug.in_(slugs))).all()
    pointed_at = documents(connection, collection, ids)
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
