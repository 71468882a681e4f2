"""Putting loaded values into a record: references are looked up, lists are matched with what is there."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from app.db import AtlasSession
from app.errors import Conflict, Flaw, Invalid
from app.models import (
    Alias,
    Check,
    Evidence,
    Library,
    LibraryTopic,
    Purpose,
    Record,
    Role,
    Source,
    Usage,
    UseCase,
)
from app.schemas.fields import Reference
from app.schemas.records import EvidenceSchema, Schema, shape_of
from app.services.lookup import target_column
from app.services.references import Found, Values, look_up, model_of
from app.services.transitions import check_transition
from app.text import name_key

REPLACES_ITSELF = Flaw("A library does not replace itself.", pointer="/replaced_by")


def assign(session: AtlasSession, schema: type[Schema], record: Record, values: Values) -> None:
    """Put values into a new or stored record; what is equal is left alone.

    Args:
        session: that holds the lock.
        schema: the record's shape.
        record: new (not yet added) or stored.
        values: loaded by that schema; what they lack is left as it is.

    Raises:
        Conflict: a reference points at nothing, an alias is taken, or the status cannot become so.
        Invalid: the values contradict one another.
    """
    found = look_up(session, schema, values)
    _refuse(contradictions(values, record.slug))
    if isinstance(record, UseCase) and record.id and "status" in values:
        check_transition(record.status, values["status"])
    successor = values.get("replaced_by")
    if successor and found[Library, successor] is record:
        _refuse([REPLACES_ITSELF])  # by another name
    declared = shape_of(schema).fields
    for name, value in values.items():
        put = _LISTS.get(name)
        if put is not None:
            put(session, record, value, found)
        elif isinstance(field := declared[name], Reference):
            setattr(record, name, value and found[model_of(field), value])
        else:
            setattr(record, name, value)


def contradictions(values: Values, slug: str | None = None, at: str | None = None) -> list[Flaw]:
    """Find what no single member can say of itself.

    Args:
        values: loaded.
        slug: of the record that they are for.
        at: pointer to the one piece of evidence, where the values are not a whole record.
    """
    flaws = []
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        flaws.append(Flaw("Must not be before `since`.", pointer="/until"))
    for place, item in enumerate(values.get("evidence", ())):
        start, end = item["start"], item["end"]
        pointer = f"/evidence/{place}" if at is None else at
        if (start is None) != (end is None):
            flaws.append(Flaw("`start` and `end` go together.", pointer=pointer))
        elif start is not None and end <= start:
            detail = "Must be greater than `start`; it is the character after the last one."
            flaws.append(Flaw(detail, pointer=f"{pointer}/end"))
    if values.get("replaced_by") and values["replaced_by"] == slug:
        flaws.append(REPLACES_ITSELF)
    return flaws + _repeated_usages(values.get("usages", ()))


def _refuse(flaws: Sequence[Flaw]) -> None:
    if flaws:
        raise Invalid(flaws[0].detail, flaws=flaws)


def _repeated_usages(usages: Sequence[Values]) -> list[Flaw]:
    terms: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    flaws = []
    for place, usage in enumerate(usages):
        key = usage["library"], usage["role"]
        own = usage["version_range"], usage["scope"]
        if terms.setdefault(key, own) != own:
            flaws.append(
                Flaw(
                    "This library stands here in this role with another version range or scope.",
                    pointer=f"/usages/{place}",
                )
            )
    return flaws


def _put_topics(_session: AtlasSession, record: Any, topics: Sequence[str], _found: Found) -> None:
    kept = {row.topic: row for row in record.topic_rows}
    record.topic_rows = [kept.get(topic) or LibraryTopic(topic=topic) for topic in topics]


def _put_aliases(session: AtlasSession, record: Any, names: Sequence[str], _found: Found) -> None:
    """Match names by what they fold to; an own old slug that becomes a name again is one row with it."""
    kept = {row.key: row for row in record.alias_rows}
    own_slugs = select(Alias).where(target_column(record.record_kind) == record.id, Alias.is_slug)
    kept.update({row.key: row for row in (session.scalars(own_slugs) if record.id else ())})
    rows: dict[str, Alias] = {}
    for place, name in enumerate(names):
        key = name_key(name)
        _check_alias(session, record, key, f"/aliases/{place}")
        row = rows[key] = kept.get(key) or Alias(kind=record.record_kind, key=key)
        row.name, row.is_slug = name, False
    record.alias_rows = list(rows.values())


def _check_alias(session: AtlasSession, record: Record, key: str, pointer: str) -> None:
    model = type(record)
    others = select(model).where(model.slug == key, model.id != (record.id or 0))
    owner = owner_of_name(session, model, key, except_id=record.id) or session.scalars(others).first()
    if owner is not None:
        raise taken(owner, pointer)


def taken(owner: Record, pointer: str) -> Conflict:
    """Make the error for a name or slug that another record has."""
    flaw = Flaw(
        f"The {owner.record_kind.replace('_', ' ')} {owner.slug} goes by this already.", "conflict", pointer
    )
    return Conflict(flaw.detail, flaws=[flaw], members={"record": (owner.record_kind, owner.slug)})


def owner_of_name(session: AtlasSession, model: type[Any], key: str, except_id: int | None) -> Record | None:
    """Find another record whose name or alias folds to a key."""
    others = select(model).where(model.id != (except_id or 0)).limit(1)
    named = session.scalars(others.where(model.name_key == key)).first()
    return named or owner_of_alias(session, model, key, except_id)


def owner_of_alias(session: AtlasSession, model: type[Any], key: str, except_id: int | None) -> Record | None:
    """Find another record that had a key as slug, or has it as alias."""
    joined = select(model).join(Alias, target_column(model.record_kind) == model.id)
    aliased = joined.where(Alias.kind == model.record_kind, Alias.key == key, model.id != (except_id or 0))
    owner: Record | None = session.scalars(aliased).first()
    return owner


def _put_purposes(_session: AtlasSession, record: UseCase, slugs: Sequence[str], found: Found) -> None:
    record.purposes = list(dict.fromkeys(found[Purpose, slug] for slug in slugs))


def _put_usages(_session: AtlasSession, record: UseCase, usages: Sequence[Values], found: Found) -> None:
    kept = {(row.library_id, row.role): row for row in record.usages}
    rows: dict[tuple[int, Role], Usage] = {}
    for usage in usages:
        library = found[Library, usage["library"]]
        row = kept.get((library.id, usage["role"])) or Usage(library=library, role=usage["role"])
        row.version_range, row.scope = usage["version_range"], usage["scope"]
        rows.setdefault((library.id, usage["role"]), row)
    record.usages = list(rows.values())


def add_evidence(session: AtlasSession, record: UseCase, values: Values) -> Evidence:
    """Add one piece of evidence to a stored use case.

    Raises:
        Conflict: it points at no source, or is there already.
        Invalid: its places contradict one another.
    """
    found = look_up(session, EvidenceSchema, values)
    _refuse(contradictions({"evidence": [values]}, at=""))
    new = Evidence(**{**values, "source": found[Source, values["source"]]}, check=Check.UNCHECKED)
    same = [row for row in record.evidence if _identity(row) == _identity(new)]
    if same:
        raise Conflict(f"The use case has this very evidence already, with the id {same[0].id}.")
    record.evidence.append(new)
    return new


def _put_evidence(_session: AtlasSession, record: UseCase, items: Sequence[Values], found: Found) -> None:
    """Keep the rows that say the same, with their ids and check results; make the others anew."""
    kept = {_identity(row): row for row in record.evidence}
    rows: dict[tuple[Any, ...], Evidence] = {}
    for item in items:
        new = Evidence(**{**item, "source": found[Source, item["source"]]}, check=Check.UNCHECKED)
        key = _identity(new)
        rows.setdefault(key, kept.get(key) or new)
    record.evidence = list(rows.values())


def _identity(row: Evidence) -> tuple[Any, ...]:
    place = (row.section, row.line, row.start, row.end, row.excerpt_sha256)
    return (row.source.slug, *place, tuple(row.mentions), row.kind, row.note)


_LISTS: dict[str, Callable[..., None]] = {
    "topics": _put_topics,
    "aliases": _put_aliases,
    "purposes": _put_purposes,
    "usages": _put_usages,
    "evidence": _put_evidence,
}
