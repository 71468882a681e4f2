"""Records as data: the shape that files, the change log and PUT have in common.

References are bare slugs, so that a record says nothing about another one.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import marshmallow as ma

from app.schemas.fields import Reference
from app.schemas.records import shape_of
from app.services.dumping import Document


def flatten(schema: type[ma.Schema], document: Mapping[str, Any]) -> Document:
    """Put slugs where references stand."""
    flat = dict(document)
    for name, declared in _holders(schema).items():
        if name in flat:
            flat[name] = _flat(declared, flat[name])
    return flat


def writable(schema: type[ma.Schema], document: Mapping[str, Any]) -> Document:
    """Leave out what the server alone sets, at every level.

    What is not of the shape is left as it is: loading it says what is wrong.
    """
    declared = shape_of(schema).fields
    kept = {
        name: value
        for name, value in document.items()
        if name not in declared or not declared[name].dump_only
    }
    return {name: _writable(declared.get(name), value) for name, value in kept.items()}


@cache
def _holders(schema: type[ma.Schema]) -> Mapping[str, ma.fields.Field[Any]]:
    """Find the fields that references stand in."""
    declared = shape_of(schema).fields
    return {name: field for name, field in declared.items() if _is_holder(field)}


def _is_holder(field: ma.fields.Field[Any]) -> bool:
    return isinstance(field.inner if isinstance(field, ma.fields.List) else field, ma.fields.Nested)


def _flat(field: ma.fields.Field[Any], value: Any) -> Any:
    if isinstance(value, list) and isinstance(field, ma.fields.List):
        return [_flat(field.inner, item) for item in value]
    if isinstance(field, Reference):
        return value and value["slug"]
    return flatten(_class_of(cast("ma.fields.Nested", field)), value)


def _writable(field: ma.fields.Field[Any] | None, value: Any) -> Any:
    if isinstance(value, list) and isinstance(field, ma.fields.List):
        return [_writable(field.inner, item) for item in value]
    if isinstance(field, ma.fields.Nested) and not isinstance(field, Reference) and isinstance(value, dict):
        return writable(_class_of(field), value)
    return value


def _class_of(field: ma.fields.Nested) -> type[ma.Schema]:
    return type(field.schema)
