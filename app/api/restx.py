"""flask-restx, without the library that nothing but its own validation uses.

It imports jsonschema, and jsonschema whatever is installed of its formats: up
to a second and a half, most of the time that the whole application takes. Here
marshmallow validates, so flask-restx gets names that stand for nothing. See
decision 0037.
"""

import sys
from types import ModuleType
from typing import Any

_UNUSED: dict[str, dict[str, Any]] = {
    "jsonschema": {"Draft4Validator": object},
    "jsonschema.validators": {"validator_for": object},
    "jsonschema.exceptions": {"ValidationError": type("ValidationError", (Exception,), {})},
}


def _import() -> Any:
    """Import flask-restx; whoever wants jsonschema later gets the real one."""
    left_out = {} if "jsonschema" in sys.modules else _UNUSED
    for name, words in left_out.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(words)
    try:
        import flask_restx  # noqa: PLC0415  # as said
    finally:
        for name in left_out:
            del sys.modules[name]
    return flask_restx


restx: Any = _import()
