"""JSON, read strictly: UTF-8, no NaN or Infinity, each key once, not nested too deeply."""

import json
import math
import re
from typing import Any

import orjson

from app.errors import BadRequest

DEEPEST = 32
_NO_MARKS = bytes(set(range(256)) - set(b'[]{}:"'))
_SHORT_STRING = re.compile(rb'"[^"]*"')
_PAIR = re.compile(rb"\[\]|\{\}")


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no NaN or Infinity, each key once, at most 32 levels.

    Raises:
        BadRequest: saying where it goes wrong.
    """
    if not body:
        raise BadRequest("The body is empty; send a JSON object.", "bad_json")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parse(body)  # which says better what is wrong
    return document if _is_plain(body, document) else _parse(body)


def _is_plain(body: bytes, document: Any) -> bool:
    """Say whether the fast parser has taken a body as the strict one would.

    It takes a key twice, and deeper nesting. (Whole numbers beyond 64 bits are
    fractions to it; nothing here takes either.)
    """
    marks = _marks(body)
    return _is_shallow(marks) and marks.count(b":") == _marks(orjson.dumps(document)).count(b":")


def _marks(body: bytes) -> bytes:
    """Give the brackets and colons of good JSON, in order, without those in strings."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = body.translate(None, _NO_MARKS)
    # Two quotes side by side may go, whatever they belong to: what is in a string stays in one.
    return _SHORT_STRING.sub(b"", marks.replace(b'""', b""))


def _is_shallow(marks: bytes) -> bool:
    """Say whether brackets are nested at most 32 levels deep: so often innermost ones are taken away."""
    left = marks.replace(b":", b"")
    for _ in range(DEEPEST):
        left = _PAIR.sub(b"", left)
        if not left:
            return True
    return not left


def _parse(body: bytes) -> Any:
    if _depth(body) > DEEPEST:
        raise BadRequest(f"The body is nested more than {DEEPEST} levels deep.", "too_deep")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.", "bad_json"
        ) from None
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: the byte at {error.start} is not.", "bad_json") from None
    except _NotJsonError as error:
        raise BadRequest(str(error), "bad_json") from None
    except ValueError:
        raise BadRequest("The body holds a number of too many digits.", "bad_json") from None


class _NotJsonError(Exception):
    """What Python's parser takes and JSON does not."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        message = "An object of the body names a member twice."
        raise _NotJsonError(message)
    return document


def _refuse_constant(_name: str) -> float:
    message = "NaN and Infinity are not JSON."
    raise _NotJsonError(message)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        message = "A number of the body is too large."
        raise _NotJsonError(message)
    return number


# A string that never ends reaches to the end of the body, so that no byte is looked at twice.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)


def _depth(body: bytes) -> int:
    """Count how deep brackets are nested, outside strings, before anything is parsed."""
    depth = deepest = 0
    for bracket in re.findall(rb"[\[{\]}]", _STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
