"""OpenAPI 3.1, made from the operations' declarations and the marshmallow schemas.

This is the only file that knows apispec. Components come in three forms: a
shape as it is given (`Library`), as it is taken (`LibraryInput`: without what
the server sets, references also as bare slugs) and as a patch takes it
(`LibraryPatch`: nothing required, null sets back).
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, cast

import marshmallow as ma
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from app.api.contract import Body, Operation
from app.api.examples import example_of
from app.api.paths import SLUG, path_parameters
from app.api.requests import ANY_TYPE, JSON_TYPES
from app.api.retries import KEY_PATTERN
from app.config import VERSION
from app.models import IDEMPOTENCY_KEY_LENGTH
from app.schemas.fields import Moment, Reference
from app.schemas.queries import AS_OF_PATTERN, AsOf, Choices, Several
from app.schemas.records import shape_of
from app.schemas.views import ProblemSchema

Json = dict[str, Any]

TITLE = "Tool Atlas"
DESCRIPTION = """Who uses which tool, for what, and how do we know?

**Lists** answer `{items, next, total, limit}`; follow `next` as it is given. Filters are plain parameters: \
repeat one for OR, combine several for AND. `sort=-updated_at,name` sorts, `fields=` selects members, \
`expand=` puts whole things where references stand.

**Caching**: every answer has an ETag; send it in `If-None-Match` and get 304 while nothing changed. \
`Atlas-Version` numbers the states of the atlas; with `Atlas-Min-Version` no older one answers.

**Writing** needs `Authorization: Bearer ta_...`. Send the ETag you know in `If-Match`, and a change that \
somebody else made in between is not lost. What GET gives, PUT takes.

**Errors** are problem documents (RFC 9457); `type` is a URL that explains them."""

_STATUSES = {
    304: "Nothing changed since the ETag that was sent.",
    308: "The record has another slug now; Location leads there.",
    400: "The request cannot be parsed.",
    401: "There is no token, or not a good one.",
    403: "The token may not do this.",
    404: "There is no such record; near names are given.",
    406: "No accepted format can be given.",
    409: "Something in the atlas is in the way.",
    410: "It was there and is gone, or is not kept.",
    412: "The record is not as the client knew it.",
    413: "The body is too large.",
    415: "The body is of a kind that is not read here.",
    422: "The request is understood, but not right.",
    428: "The change has to come with If-Match.",
    429: "The client asks more than one client may; come back after Retry-After.",
    503: "Not now; come back after Retry-After.",
}
_ALWAYS = (400, 401, 406, 422, 429, 503)
_WITH_BODY = (413, 415)
_WRITES = (409, 412, 428)
_NO_PROBLEM = {304}
_HEADERS = {
    "ETag": ("string", "Validator of this answer."),
    "Atlas-Version": ("integer", "The version of the atlas that answered."),
    "X-Request-Id": ("string", "Name of the request in the log."),
}


class Components:
    """The shapes of a document, each made when it is first named."""

    def __init__(self) -> None:
        """Begin with none."""
        plugin = MarshmallowPlugin(schema_name_resolver=name_of)
        self._spec = APISpec(TITLE, VERSION, "3.1.1", plugins=[plugin])
        self._converter: OpenAPIConverter = cast("Any", plugin.converter)  # made with the document above
        self._converter.add_attribute_function(_own_fields)
        self._taken: dict[str, Json] = {}
        self._only_taken: set[str] = set()

    def given(self, schema: type[ma.Schema]) -> Json:
        """Name a shape as it is given."""
        self._only_taken.discard(name_of(schema))
        return {"$ref": f"#/components/schemas/{self._make(schema)}"}

    def taken(self, body: Body) -> Json:
        """Name a shape as it is taken."""
        if name_of(body.schema) not in self._spec.components.schemas:
            self._only_taken.add(name_of(body.schema))
        return {"$ref": f"#/components/schemas/{self._take(body.schema, is_partial=body.is_partial)}"}

    def parameter(self, field: ma.fields.Field[Any]) -> Json:
        """Describe the values of a query parameter."""
        described: Json = self._converter.field2property(field)
        return {
            name: value
            for name, value in described.items()
            if not (name == "default" and value in (None, []))
        }

    def schemas(self) -> Json:
        """Give all shapes that were named, in the order of their names."""
        made = {
            name: _as_given(schema, name)
            for name, schema in self._spec.components.schemas.items()
            if name not in self._only_taken
        }
        return dict(sorted({**made, **self._taken}.items()))

    def _make(self, schema: type[ma.Schema]) -> str:
        name = name_of(schema)
        if name not in self._spec.components.schemas:
            self._spec.components.schema(name, schema=schema)
        return name

    def _take(self, schema: type[ma.Schema], *, is_partial: bool = False) -> str:
        self._make(schema)
        name = f"{name_of(schema)}{'Patch' if is_partial else 'Input'}"
        if name not in self._taken:
            self._taken[name] = {}  # named before its members are, as a record may point at its own kind
            self._taken[name] = self._as_taken(schema, is_partial=is_partial)
        return name

    def _as_taken(self, schema: type[ma.Schema], *, is_partial: bool) -> Json:
        declared = shape_of(schema).fields
        written = {name: field for name, field in declared.items() if not field.dump_only}
        properties = {name: self._taken_property(schema, name, field) for name, field in written.items()}
        required = [name for name, field in written.items() if field.required]
        if is_partial:
            properties = {
                name: part if name in required else _or_null(part) for name, part in properties.items()
            }
        shape: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        return shape if is_partial or not required else {**shape, "required": required}

    def _taken_property(self, schema: type[ma.Schema], name: str, field: ma.fields.Field[Any]) -> Json:
        made: Json = copy.deepcopy(self._spec.components.schemas[name_of(schema)]["properties"][name])
        if isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.Nested):
            made["items"] = self._taken_nested(field.inner)
        elif isinstance(field, ma.fields.Nested):
            nested = self._taken_nested(field)
            text = {"description": made["description"]} if "description" in made else {}
            return {**(_or_null(nested) if field.allow_none else nested), **text}
        return made

    def _taken_nested(self, field: ma.fields.Nested) -> Json:
        inner = {"$ref": f"#/components/schemas/{self._take(type(field.schema))}"}
        return {"anyOf": [dict(SLUG), inner]} if isinstance(field, Reference) else inner


def name_of(schema: type[ma.Schema] | ma.Schema) -> str:
    """Name the component of a schema."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def parameters_of(components: Components, operation: Operation) -> Iterator[Json]:
    """Describe the query parameters of an operation."""
    for name, field in shape_of(operation.query).load_fields.items():
        schema = components.parameter(field)
        described = {
            "name": field.data_key or name,
            "in": "query",
            **({"required": True} if field.required else {}),
            "description": schema.pop("description", ""),
            "schema": schema,
        }
        yield {**described, "style": "form", "explode": False} if isinstance(field, Choices) else described


def statuses_of(operation: Operation, path: str) -> dict[int, str]:
    """Give the statuses of an operation that are no success, with what each means."""
    wanted = [
        *_ALWAYS,
        *((308, 404) if "{" in path else ()),
        *((403,) if operation.scope else ()),
        *((404,) if operation.may_miss or not (operation.is_write or operation.is_list) else ()),
        *((410,) if _may_be_gone(operation, path) else ()),
        *(_WRITES if operation.is_write else () if operation.body else (304,)),
        *(_WITH_BODY if operation.body else ()),
    ]
    return {status: _STATUSES[status] for status in sorted(set(wanted))}


def _may_be_gone(operation: Operation, path: str) -> bool:
    """Say whether what is asked for may have been there: a record, or a state of the atlas."""
    is_of_then = not {"as_of", "since", "from_"}.isdisjoint(shape_of(operation.query).load_fields)
    return not operation.is_write and (path.endswith(("{slug}", "{seq}")) or is_of_then)


def openapi(operations: Mapping[tuple[str, str], Operation], tags: Mapping[str, str]) -> Json:
    """Make the OpenAPI 3.1 document.

    Args:
        operations: by path (with `{slug}`) and method.
        tags: description by name; the first part of a path behind the prefix.
    """
    components = Components()
    components.given(ProblemSchema)
    paths: dict[str, Json] = {}
    for (path, method), operation in operations.items():
        item = paths.setdefault(path, path_parameters(path))
        item[method] = _operation(components, operation, path, method)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": components.schemas(),
            "responses": {
                f"Problem{status}": _problem(status) for status in _STATUSES if status not in _NO_PROBLEM
            },
            "headers": {
                name: {"description": text, "schema": {"type": kind}}
                for name, (kind, text) in _HEADERS.items()
            },
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`flask atlas tokens create NAME --scope write`",
                }
            },
        },
    }


def headers_of(operation: Operation, method: str) -> list[Json]:
    """Describe the headers of an operation that are worth a line of their own."""
    if method != "post" or not (operation.scope and operation.is_write):
        return []
    text = (
        "Makes a retry safe: the same request with the same key is done once, and answered again for 24 hours"
        " with `Idempotent-Replayed: true`."
    )
    schema = {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_LENGTH, "pattern": KEY_PATTERN}
    return [{"name": "Idempotency-Key", "in": "header", "description": text, "schema": schema}]


def _operation(components: Components, operation: Operation, path: str, method: str) -> Json:
    summary, *details = operation.texts
    shown: Json = {
        "tags": [path.split("/")[3]],
        "summary": summary.rstrip("."),
        "description": "\n\n".join(details),
        "operationId": operation.id,
        "parameters": [*parameters_of(components, operation), *headers_of(operation, method)],
        "security": [{"bearer": []}] if operation.scope else [{}, {"bearer": []}],
    }
    if operation.body:
        shown["requestBody"] = {"required": True, **_taken(components, operation.body, operation)}
    shown["responses"] = _responses(components, operation, path)
    return {name: value for name, value in shown.items() if value not in ("", [])}


def _taken(components: Components, body: Body, operation: Operation) -> Json:
    """Describe what a method takes.

    Generators of clients know no other type for a file than this one; the others are told in words.
    """
    if not body.is_text and not body.is_file:
        content = {"schema": components.taken(body), **_example(operation, "request")}
        return {"content": dict.fromkeys(body.media_types, content)}
    others = ", ".join(f"`{kind}`" for kind in body.media_types if kind not in {ANY_TYPE, *JSON_TYPES})
    file = {"schema": {"type": "string", "format": "binary"}}
    if body.is_text:
        content = {ANY_TYPE: file | _example(operation, "request")}
        return {"description": f"Text in UTF-8; also as {others}.", "content": content}
    content = {"schema": components.taken(body), **_example(operation, "request")}
    told = f"Records as JSON, or a file in UTF-8: as {others}, or with `format=` as anything."
    return {"description": told, "content": dict.fromkeys(JSON_TYPES, content) | {ANY_TYPE: file}}


def _responses(components: Components, operation: Operation, path: str) -> Json:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    success: Json = {
        "description": "It is done.",
        "headers": {name: headers[name] for name in list(_HEADERS)[1:]},
    }
    if operation.returns:
        content = {"schema": components.given(operation.returns), **_example(operation, "response")}
        plain = {"schema": {"type": "string"}}
        formats = {kind: content if name == "json" else plain for name, kind in operation.formats.items()}
        success = {"description": "Here it is.", "headers": headers, "content": formats}
    status = operation.status if operation.returns else 204
    answers = {str(status): success} | (
        {"201": {**success, "description": "It is new."}} if operation.is_put else {}
    )
    partly = {**success, "description": "Some of it is done."}
    answers.update({str(other): partly for other in operation.also})
    for other, text in statuses_of(operation, path).items():
        answers[str(other)] = (
            {"description": text}
            if other in _NO_PROBLEM
            else {"$ref": f"#/components/responses/Problem{other}"}
        )
    return answers


def _example(operation: Operation, part: str) -> Json:
    example = example_of(operation.id, part)
    return {} if example is None else {"example": example}


def _problem(status: int) -> Json:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _STATUSES[status], "content": content}


def _own_fields(_converter: Any, field: ma.fields.Field[Any], **_rest: Any) -> Json:
    """Describe the fields that apispec does not know."""
    if isinstance(field, AsOf):
        return {"type": "string", "pattern": AS_OF_PATTERN}
    if isinstance(field, Moment):
        return {"type": "string" if not field.allow_none else ["string", "null"], "format": "date-time"}
    if isinstance(field, Choices):
        fewest = {"minItems": 1} if field.required else {}
        return {"type": "array", "items": {"type": "string", "enum": list(field.allowed)}, **fewest}
    if isinstance(field, Several):
        return {"type": "array"}
    return {}


def _as_given(schema: Json, name: str) -> Json:
    """Say what is always there: every member, unless `fields` chose others (the slug always is)."""
    properties = {member: _without_default(part) for member, part in schema.get("properties", {}).items()}
    if name in {"Problem", "Flaw"}:
        return {**schema, "properties": properties}
    required = ["slug"] if {"slug", "created_at"} <= properties.keys() else list(properties)
    given = {**schema, "properties": properties, "required": required}
    if name.endswith("Reference"):
        given.pop("additionalProperties", None)  # with `expand` the whole record stands here
    return given


def _without_default(part: Json) -> Json:
    return {name: value for name, value in part.items() if name not in {"default", "readOnly"}}


def _or_null(schema: Json) -> Json:
    """Let a value be null too."""
    kind = schema.get("type")
    if kind is None:
        options = schema.get("anyOf", [schema])
        return {"anyOf": options if {"type": "null"} in options else [*options, {"type": "null"}]}
    kinds = kind if isinstance(kind, list) else [kind]
    shown = {**schema, "type": kinds if "null" in kinds else [*kinds, "null"]}
    if "enum" in schema and None not in schema["enum"]:
        shown["enum"] = [*schema["enum"], None]
    return shown
