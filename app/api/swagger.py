"""Swagger 2.0: the same declarations, written where flask-restx looks for them.

Swagger 2.0 knows no null and no alternatives: a member that may be null has
`x-nullable`, a reference that may come as slug or object is shown as a slug.
"""

from collections.abc import Mapping
from typing import Any

from app.api.contract import Operation
from app.api.documents import Components, headers_of, name_of, parameters_of, statuses_of
from app.api.paths import path_parameters
from app.errors import PROBLEM_TYPE
from app.schemas.views import ProblemSchema

Json = dict[str, Any]


def apidocs(operations: Mapping[tuple[str, str], Operation]) -> tuple[dict[tuple[str, str], Json], Json]:
    """Make what flask-restx reads of each method, and the definitions that it points at."""
    components = Components()
    components.given(ProblemSchema)
    docs = {place: _apidoc(components, operation, *place) for place, operation in operations.items()}
    return docs, {name: downgrade(schema) for name, schema in components.schemas().items()}


def downgrade(schema: Any) -> Any:
    """Bring a JSON Schema of OpenAPI 3.1 down to what Swagger 2.0 can say."""
    if isinstance(schema, list):
        return [downgrade(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        return _without_alternatives(schema)
    lowered = {
        name: downgrade(value) for name, value in schema.items() if not (name == "default" and value is None)
    }
    if "$ref" in lowered:
        return {"$ref": lowered["$ref"].replace("#/components/schemas/", "#/definitions/")}
    if isinstance(schema.get("type"), list):
        lowered["type"] = next(kind for kind in schema["type"] if kind != "null")
        lowered["x-nullable"] = True
        if "enum" in lowered:
            lowered["enum"] = [value for value in lowered["enum"] if value is not None]
    return lowered


def _without_alternatives(schema: Json) -> Json:
    options = [option for option in schema["anyOf"] if option != {"type": "null"}]
    is_nullable = len(options) < len(schema["anyOf"])
    lowered: Json = downgrade(options[0])
    if not is_nullable:
        return lowered
    return {"x-nullable": True, **({"allOf": [lowered]} if "$ref" in lowered else lowered)}


def _apidoc(components: Components, operation: Operation, path: str, method: str) -> Json:
    parameters = [
        *path_parameters(path).get("parameters", []),
        *parameters_of(components, operation),
        *headers_of(operation, method),
    ]
    doc: Json = {
        "id": operation.id,
        "params": {parameter["name"]: _parameter(parameter) for parameter in parameters},
        "responses": _responses(components, operation, path),
        "security": "bearer" if operation.scope else [],
    }
    if operation.returns:  # Swagger 2.0 cannot say that 204 has no content, but problems have
        doc["produces"] = [*operation.formats.values(), PROBLEM_TYPE]
    if operation.body:
        doc["expect"] = [(components.taken(operation.body)["$ref"].rpartition("/")[2], "What to write.")]
    return doc


def _parameter(parameter: Json) -> Json:
    schema = {name: value for name, value in downgrade(parameter["schema"]).items() if name != "example"}
    if schema.get("type") == "array":
        schema["collectionFormat"] = "csv" if parameter.get("explode") is False else "multi"
    required = {"required": True} if parameter.get("required") else {}
    return {"in": parameter["in"], "description": parameter["description"], **required, **schema}


def _responses(components: Components, operation: Operation, path: str) -> Json:
    answers: Json = {"204": "It is done."}
    if operation.returns:
        components.given(operation.returns)
        model = name_of(operation.returns)
        answers = {str(operation.status): ("Here it is.", model)}
        if operation.is_put:
            answers["201"] = ("It is new.", model)
        answers.update({str(status): ("Some of it is done.", model) for status in operation.also})
    for status, text in statuses_of(operation, path).items():
        answers[str(status)] = text if status == 304 else (text, "Problem")  # noqa: PLR2004  # 304 has no body
    return answers
