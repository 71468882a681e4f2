"""Checking that an answer is of the shape that the OpenAPI document promises."""

from jsonschema import Draft202012Validator


def assert_shape(client, id_, answer):
    """Check a success of an operation, by its operationId."""
    document = client.app.extensions["documents"].openapi
    items = [item for path in document["paths"].values() for item in path.values() if isinstance(item, dict)]
    operation = next(item for item in items if item.get("operationId") == id_)
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)
