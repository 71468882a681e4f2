"""What stands in the paths of URLs, as OpenAPI 3.1 describes it."""

from typing import Any

from app.api.examples import example_of
from app.models import PUBLIC_PATTERN
from app.text import SLUG_LENGTH, SLUG_PATTERN

Json = dict[str, Any]

SLUG: Json = {"type": "string", "pattern": SLUG_PATTERN, "minLength": 1, "maxLength": SLUG_LENGTH}
_PARAMETERS: dict[str, tuple[str, Json]] = {
    "slug": ("Slug of the record.", SLUG),
    "public": ("Its id: the public part, ten characters.", {"type": "string", "pattern": PUBLIC_PATTERN}),
    "seq": ("`seq` of the change.", {"type": "integer", "minimum": 1}),
    "id": ("Id of the evidence.", {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}),
}


def path_parameters(path: str) -> Json:
    """Describe the parameters of a path, for all its methods."""
    described = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": dict(schema),
            **_example(name, path),
        }
        for name, (text, schema) in _PARAMETERS.items()
        if f"{{{name}}}" in path
    ]
    return {"parameters": described} if described else {}


def _example(name: str, path: str) -> Json:
    """Give what is there in the first data set as an example, so that it can be tried out at once."""
    collection = path.split("/")[3].replace("-", "_")
    listed = example_of(f"list_{collection}", "response") or {}
    is_shown = name == "slug" and listed.get("items")
    return {"example": listed["items"][0]["slug"]} if is_shown else {}
