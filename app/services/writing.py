"""Writing records: create, replace, patch, delete, under the one writer's lock.

Values come loaded by the record's schema, references as slugs. Nothing is
committed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import orjson
from sqlalchemy import func, select

from app.db import AtlasSession
from app.errors import ConditionMissing, Conflict, Flaw, Stale, flaws_of, invalid_body
from app.models import (
    Action,
    Alias,
    Evidence,
    Kind,
    Library,
    Record,
    Team,
    Usage,
    UseCase,
    UseCasePurpose,
)
from app.schemas.records import Schema, shape_of
from app.services import changes  # noqa: F401  # the change log listens from here on
from app.services.assigning import assign, owner_of_alias, owner_of_name, taken
from app.services.collections import Collection
from app.services.dumping import Document, mark_of
from app.services.flattening import flatten, writable
from app.services.holding import check_hold
from app.services.lookup import find_id, seek_id, target_column
from app.services.reading import documents
from app.text import name_key, slugify

_MOST_NAMED = 10

# What stands behind a collection in a URL and is no record.
RESERVED_SLUGS = frozenset({"batch", "facets"})
RESERVED = Flaw("This word stands for something else in URLs; take another slug.", "reserved", "/slug")

# What may point at a record of a kind, and how: a record with any of these is not deleted.
_POINTERS: dict[Kind, tuple[tuple[type[Record], Any], ...]] = {
    Kind.ORGANIZATION: ((Team, Team.organization_id), (Library, Library.maker_id)),
    Kind.TEAM: ((UseCase, UseCase.team_id),),
    Kind.LIBRARY: ((UseCase, Usage.library_id), (Library, Library.replaced_by_id)),
    Kind.PURPOSE: ((UseCase, UseCasePurpose.purpose_id),),
    Kind.SOURCE: (
        (UseCase, Evidence.source_id),
        (Library, Library.lifecycle_source_id),
        (Library, Library.replaced_by_source_id),
    ),
    Kind.USE_CASE: (),
}


@dataclass(frozen=True)
class Condition:
    """What the client says it knows of the record.

    Attributes:
        if_match: revision marks of If-Match; `*` matches any; None: not sent.
        only_new: `If-None-Match: *`.
        is_demanded: whether a change without If-Match is refused.
    """

    if_match: frozenset[str] | None = None
    only_new: bool = False
    is_demanded: bool = False


NO_CONDITION = Condition()


def create(session: AtlasSession, collection: Collection, body: Mapping[str, Any]) -> Document:
    """Add a record; its slug is made from its name where none is given.

    Args:
        session: that holds the lock.
        collection: of the record.
        body: as it came, not loaded yet.

    Raises:
        Invalid: the body is not right.
        Conflict: the slug or the name is taken, or a reference points at nothing.
        Forbidden: the token is held to other teams.
    """
    return _add(session, collection, load(collection.schema, body))


def put(
    session: AtlasSession,
    collection: Collection,
    slug: str,
    body: Mapping[str, Any],
    condition: Condition = NO_CONDITION,
) -> tuple[Document, bool]:
    """Replace a record as a whole, or create it; members that the server sets are passed over.

    Args:
        session: that holds the lock.
        collection: of the record.
        slug: in the URL; the body's is the same or left out.
        body: as it came, not loaded yet.
        condition: what the client says it knows.

    Returns: the record, and whether it is new.

    Raises:
        Invalid: the body is not right.
        Renamed, Conflict, Forbidden, Stale, ConditionMissing: as said there.
    """
    values = load(collection.schema, {"slug": slug, **writable(collection.schema, body)})
    if values["slug"] != slug:
        flaw = Flaw("Must be the slug of the URL. To rename, PATCH the slug.", pointer="/slug")
        raise invalid_body([flaw])
    found = seek_id(session.connection(), collection.model, slug)
    if found is None:
        if condition.if_match is not None:
            raise Stale("There is no record of that slug, so nothing matches If-Match.")
        return _add(session, collection, values), True
    if condition.only_new:
        raise Stale("There is a record of that slug already.")
    record = session.get_one(collection.model, found)
    return _change(session, collection, record, values, condition), False


def patch(
    session: AtlasSession,
    collection: Collection,
    slug: str,
    body: Mapping[str, Any],
    condition: Condition = NO_CONDITION,
) -> Document:
    """Change some members of a record, by JSON Merge Patch; null sets a member back to its default.

    Raises: as `put`, and NotFound.

    Source: RFC 7396.
    """
    record = _find(session, collection, slug)
    _refuse_read_only(collection, body)
    merged = merge(_as_input(session, collection, record), writable(collection.schema, body))
    values = load(collection.schema, {"slug": record.slug, **merged})
    return _change(session, collection, record, values, condition)


def delete(
    session: AtlasSession,
    collection: Collection,
    slug: str,
    condition: Condition = NO_CONDITION,
    *,
    cascade: bool = False,
) -> None:
    """Delete a record that nothing points at.

    Args:
        session: that holds the lock.
        collection: of the record.
        slug: of the record.
        condition: what the client says it knows.
        cascade: delete the use cases of a team too.

    Raises:
        Conflict: naming what points at it.
    """
    record = _find(session, collection, slug)
    check_hold(session, record, Action.DELETE)
    check_condition(session, collection, record, condition)
    if cascade and isinstance(record, Team):
        for use_case in session.scalars(select(UseCase).where(UseCase.team_id == record.id)):
            session.delete(use_case)
        session.flush()  # what points at the team has to go first
    _check_unreferenced(session, record)
    session.delete(record)


def check_condition(
    session: AtlasSession, collection: Collection, record: Record, condition: Condition
) -> None:
    """Check what the client says it knows of a record.

    Raises:
        ConditionMissing: it has to say something.
        Stale: the record was changed since.
    """
    if condition.if_match is None:
        if condition.is_demanded:
            raise ConditionMissing("Send the record's ETag in If-Match.")
        return
    mark = mark_of(documents(session.connection(), collection, [record.id])[record.id])
    if not condition.if_match & {"*", mark}:
        raise Stale("The record was changed since. Read it again and send its new ETag in If-Match.")


def load(schema: type[Schema], body: Mapping[str, Any]) -> dict[str, Any]:
    """Load a body by a schema.

    Raises:
        Invalid: with a pointer to every flaw.
    """
    try:
        loaded: dict[str, Any] = shape_of(schema).load(body)
    except ma.ValidationError as error:
        flaws = flaws_of(error.messages_dict, known=shape_of(schema).load_fields)
        raise invalid_body(flaws) from error
    return loaded


def merge(target: Any, change: Any) -> Any:
    """Apply a JSON Merge Patch.

    Source: RFC 7396, section 2.
    """
    if not isinstance(change, Mapping):
        return change
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _add(session: AtlasSession, collection: Collection, values: Mapping[str, Any]) -> Document:
    slug = values.get("slug") or slug_for(collection.kind, values)
    record = collection.model()
    _check_slug(session, collection, slug, None)
    assign(session, collection.schema, record, {**values, "slug": slug})
    _check_name(session, record)
    check_hold(session, record, Action.CREATE)
    session.add(record)
    return _stored(session, collection, record)


def _change(
    session: AtlasSession,
    collection: Collection,
    record: Record,
    values: Mapping[str, Any],
    condition: Condition,
) -> Document:
    """Put values into a stored record; a record that is so already is not written."""
    check_hold(session, record, Action.UPDATE)
    check_condition(session, collection, record, condition)
    if values == load(collection.schema, _as_input(session, collection, record)):
        return _stored(session, collection, record)
    if values["slug"] != record.slug:
        _check_slug(session, collection, values["slug"], record)
        _leave_redirect(session, record, values["slug"])
    assign(session, collection.schema, record, values)
    _check_name(session, record)
    check_hold(session, record, Action.UPDATE)
    return _stored(session, collection, record)


def _find(session: AtlasSession, collection: Collection, slug: str) -> Record:
    return session.get_one(collection.model, find_id(session.connection(), collection.model, slug))


def _stored(session: AtlasSession, collection: Collection, record: Record) -> Document:
    session.flush()  # the answer shows what was stored
    return documents(session.connection(), collection, [record.id])[record.id]


def _as_input(session: AtlasSession, collection: Collection, record: Record) -> Document:
    """Give a stored record as its own PUT would send it."""
    document = documents(session.connection(), collection, [record.id])[record.id]
    sent: Document = orjson.loads(
        orjson.dumps(writable(collection.schema, flatten(collection.schema, document)))
    )
    return sent


def slug_for(kind: Kind, values: Mapping[str, Any]) -> str:
    """Make the slug of a new record that came without one."""
    if kind is Kind.USE_CASE:
        return slugify(f"{values['team']} {values['title']}")
    slug = slugify(values.get("name") or values["title"])
    return f"{slug}-{kind}" if slug in RESERVED_SLUGS else slug


def _refuse_read_only(collection: Collection, body: Mapping[str, Any]) -> None:
    declared = shape_of(collection.schema).fields
    refused = [name for name in body if name in declared and declared[name].dump_only]
    if refused:
        raise invalid_body([Flaw("The server alone sets this.", "read_only", f"/{name}") for name in refused])


def _check_slug(session: AtlasSession, collection: Collection, slug: str, record: Record | None) -> None:
    """Check that no other record has the slug, or had it."""
    model = collection.model
    if slug in RESERVED_SLUGS:
        raise Conflict(RESERVED.detail, flaws=[RESERVED])
    holder = session.scalars(select(model).where(model.slug == slug)).first()
    holder = holder or owner_of_alias(session, model, slug, record.id if record else None)
    if holder is not None:
        raise taken(holder, "/slug")


def _check_name(session: AtlasSession, record: Any) -> None:
    """Check that no other record has the name (a team: in its organization) or the purl."""
    if not hasattr(record, "name"):
        return
    key = name_key(record.name)
    if isinstance(record, Team):
        here = select(Team).where(Team.organization_id == record.organization.id, Team.name_key == key)
        holder: Record | None = session.scalars(here.where(Team.id != (record.id or 0))).first()
        holder = holder or owner_of_alias(session, Team, key, record.id)
    elif isinstance(record, Library):
        holder = owner_of_name(session, Library, key, record.id)
    else:
        model = type(record)
        others = select(model).where(model.name_key == key, model.id != (record.id or 0))
        holder = session.scalars(others).first()
    if holder is not None:
        raise taken(holder, "/name")
    if isinstance(record, Library) and record.purl:
        others = select(Library).where(Library.purl == record.purl, Library.id != (record.id or 0))
        if holder := session.scalars(others).first():
            raise taken(holder, "/purl")


def _leave_redirect(session: AtlasSession, record: Record, slug: str) -> None:
    """Let the old slug lead to the record; a slug that it had before stops being an old one."""
    column = target_column(record.record_kind)
    aliases = {row.key: row for row in session.scalars(select(Alias).where(column == record.id))}
    regained = aliases.get(slug)
    if regained is not None and regained.is_slug:
        session.delete(regained)
    if record.slug not in aliases:
        old = {"name": record.slug, "key": record.slug, column.key: record.id}
        session.add(Alias(kind=record.record_kind, is_slug=True, **old))


def _check_unreferenced(session: AtlasSession, record: Record) -> None:
    """Check that nothing points at a record.

    Raises:
        Conflict: naming up to 10 of the records that do.
    """
    flaws, total = [], 0
    for model, column in _POINTERS[record.record_kind]:
        if column.class_ is model:
            pointing = select(model.slug).where(column == record.id)
        else:
            pointing = select(model.slug).join(column.class_).where(column == record.id)
        pointing = pointing.distinct()
        total += session.scalar(select(func.count()).select_from(pointing.subquery())) or 0
        for slug in session.scalars(pointing.order_by(model.slug).limit(_MOST_NAMED)):
            word = model.record_kind.replace("_", " ")
            flaws.append(Flaw(f"The {word} {slug} points at it.", "still_referenced", pointer=""))
    if total:
        detail = f"{total} records point at this one. Change or delete them first."
        raise Conflict(detail, "still_referenced", flaws[:_MOST_NAMED])
