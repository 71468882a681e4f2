"""Finding records by what people call them: slug, old slug, name, alias."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, Select, bindparam, func, literal, select, union
from sqlalchemy.orm import InstrumentedAttribute

from app.errors import NotFound, Renamed
from app.models import Alias, Kind, Record
from app.services.past import past_of
from app.services.prepared import Prepared
from app.text import LINE_PATTERN, name_key, slugify

_LINE = re.compile(LINE_PATTERN)  # PostgreSQL cannot even be asked for a NUL
_NEAR_SCORE = 70
_NEAR_COUNT = 3
_NEAR_CANDIDATES = 2_000


def find_id(connection: Connection, model: type[Record], slug: str) -> int:
    """Give the id of the record of that slug.

    Raises:
        Renamed: the slug is an old one, or an alias.
        NotFound: with near names.
    """
    found = seek_id(connection, model, slug)
    if found is None:
        raise not_found(connection, model, slug)
    return found


def seek_id(connection: Connection, model: type[Record], slug: str) -> int | None:
    """Give the id of the record of that slug, or None; does not look for near names.

    Raises:
        Renamed: the slug is an old one, or an alias.
    """
    if not _LINE.fullmatch(slug):
        return None
    if found := _ids_of_slug(model).rows(connection, slug=slug):
        id_: int = found[0][0]
        return id_
    target = target_column(model.record_kind)
    aliased = select(model.slug).join(Alias, target == model.id)
    new = connection.scalar(aliased.where(Alias.kind == model.record_kind, Alias.key == slug))
    if new is not None:
        raise Renamed(slug, new)
    return None


def not_found(connection: Connection, model: type[Record], slug: str) -> NotFound:
    """Make the error for a slug that no record has, with near names."""
    near = near_slugs(connection, model, slug)
    word, past = model.record_kind.replace("_", " "), past_of(connection)
    detail = f"There is no {word} of that slug" if past is None else f"There was no {word} of that slug then"
    detail += f".{suggestion(near)}"
    return NotFound(detail, members={"near": near})


def near_slugs(connection: Connection, model: type[Record], slug: str) -> list[str]:
    """Find slugs that look alike, best first, at most 3.

    Looks at no more than 2,000: all of a small table, those with the same
    first letters of a large one.
    """
    word = slugify(slug)
    shares_beginning = model.slug.startswith(word[:2], autoescape=True)
    candidates = select(model.slug).order_by(shares_beginning.desc(), model.slug).limit(_NEAR_CANDIDATES)
    is_large = (connection.scalar(select(func.max(model.id))) or 0) > _NEAR_CANDIDATES
    if is_large:
        candidates = select(model.slug).where(shares_beginning).order_by(model.slug).limit(_NEAR_CANDIDATES)
    slugs = connection.scalars(candidates).all()
    hits = process.extract(word, slugs, scorer=fuzz.WRatio, limit=_NEAR_COUNT, score_cutoff=_NEAR_SCORE)
    return [hit for hit, _score, _place in hits]


def suggestion(near: Iterable[str]) -> str:
    """Make the sentence that offers near names, or nothing."""
    names = ", ".join(near)
    return f" Near: {names}." if names else ""


def ids_named(connection: Connection, model: type[Record], names: Sequence[str]) -> list[int]:
    """Give the ids of the records that any of these names may mean.

    Args:
        connection: in a snapshot.
        model: table of the records.
        names: slugs, old slugs, names or aliases, in any case and spelling that folds alike.

    Returns: in order; empty when nothing is called so. The very slug of a record
        means this record alone, even where others are named so.
    """
    if len(names) == 1 and (found := _ids_of_slug(model).rows(connection, slug=names[0])):
        return [found[0][0]]
    keys = [name_key(name) for name in names]
    target = target_column(model.record_kind)
    by_slug = select(model.id.label("id"), model.slug.label("key"), literal(1).label("is_slug"))
    ways: list[Select[*tuple[Any, ...]]] = [by_slug.where(model.slug.in_([*names, *keys]))]
    aliased = select(target, Alias.key, literal(0))
    ways.append(aliased.where(Alias.kind == model.record_kind, Alias.key.in_(keys)))
    named = getattr(model, "name_key", None)
    if named is not None:
        ways.append(select(model.id, named, literal(0)).where(named.in_(keys)))
    rows = connection.execute(union(*ways)).all()
    slugs = {row.key for row in rows if row.is_slug}
    loose = {key for name, key in zip(names, keys, strict=True) if name not in slugs}
    return sorted({row.id for row in rows if row.is_slug or row.key in loose})


def target_column(kind: Kind) -> InstrumentedAttribute[int | None]:
    """Give the column of an alias that points at records of a kind."""
    column: InstrumentedAttribute[int | None] = getattr(Alias, f"{kind}_id")
    return column


@cache
def _ids_of_slug(model: type[Record]) -> Prepared:
    return Prepared(lambda _dialect: select(model.id).where(model.slug == bindparam("slug")))
