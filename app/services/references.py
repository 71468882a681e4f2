"""Looking up what values point at."""

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma
from sqlalchemy import select

from app.db import AtlasSession
from app.errors import Conflict, Flaw
from app.models import Alias, Library, Organization, Purpose, Record, Source, Team, UseCase
from app.schemas import records as shapes
from app.schemas.fields import Reference
from app.schemas.records import shape_of
from app.services.lookup import near_slugs, suggestion, target_column

Values = Mapping[str, Any]
Found = Mapping[tuple[type[Record], str], Any]

_MODELS: dict[type[ma.Schema], type[Record]] = {
    shapes.OrganizationReferenceSchema: Organization,
    shapes.TeamReferenceSchema: Team,
    shapes.LibraryReferenceSchema: Library,
    shapes.PurposeReferenceSchema: Purpose,
    shapes.SourceReferenceSchema: Source,
    shapes.UseCaseReferenceSchema: UseCase,
}


def look_up(session: AtlasSession, schema: type[ma.Schema], values: Values) -> Found:
    """Find every record that the values point at: by slug, old slug or alias.

    Raises:
        Conflict: a reference points at nothing; names every one of them.
    """
    wanted = list(_references(schema, values))
    found: dict[tuple[type[Record], str], Any] = {}
    for model in dict.fromkeys(model for _pointer, model, _slug in wanted):
        slugs = {slug for _pointer, pointed, slug in wanted if pointed is model}
        found.update(
            ((model, record.slug), record)
            for record in session.scalars(select(model).where(model.slug.in_(slugs)))
        )
        missing = slugs - {slug for pointed, slug in found if pointed is model}
        if missing:
            renamed = select(Alias.key, model).join(model, target_column(model.record_kind) == model.id)
            rows = session.execute(renamed.where(Alias.kind == model.record_kind, Alias.key.in_(missing)))
            found.update(((model, key), record) for key, record in rows)
    dangling = [(pointer, model, slug) for pointer, model, slug in wanted if (model, slug) not in found]
    if dangling:
        flaws = [_dangling(session, *place) for place in dangling]
        raise Conflict(flaws[0].detail, "unknown_reference", flaws)
    return found


def _dangling(session: AtlasSession, pointer: str, model: type[Record], slug: str) -> Flaw:
    near = near_slugs(session.connection(), model, slug)
    detail = f"There is no {model.record_kind.replace('_', ' ')} of that slug." + suggestion(near)
    return Flaw(detail, "unknown_reference", pointer)


def _references(
    schema: type[ma.Schema], values: Values, at: str = ""
) -> Iterator[tuple[str, type[Record], str]]:
    """Find the references among values: where each stands, what it points at, its slug."""
    declared = shape_of(schema).fields
    for name, value in values.items():
        yield from _references_in(declared[name], value, f"{at}/{name}")


def _references_in(
    field: ma.fields.Field[Any], value: Any, at: str
) -> Iterator[tuple[str, type[Record], str]]:
    if value is None:
        return
    if isinstance(field, Reference):
        yield at, model_of(field), value
    elif isinstance(field, ma.fields.List):
        for place, item in enumerate(value):
            yield from _references_in(field.inner, item, f"{at}/{place}")
    elif isinstance(field, ma.fields.Nested):
        yield from _references(type(field.schema), value, at)


def model_of(field: Reference) -> type[Record]:
    """Give the table that a reference points into."""
    return _MODELS[type(field.schema)]
