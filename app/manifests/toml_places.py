"""TOML with the place of every value: tomllib gives the values, a scanner of ours the places.

The scanner goes first and knows the limits, since tomllib takes quadratic time
on keys of many parts and recurses without end on nested arrays.

Source: TOML 1.0.0.
"""

import re
import tomllib
from typing import Any

from app.manifests.places import Node, not_readable
from app.manifests.toml_scanner import Scanner

_LINE = re.compile(r"at line ([0-9]{1,9})")


def read_toml(text: str) -> Node:
    """Read a TOML document.

    Args:
        text: without NUL and lone surrogates.

    Raises:
        Invalid: it is no TOML, is nested too deeply, or holds too many values.
    """
    places = Scanner(text).document()
    try:
        return _joined(places, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        offset = _offset_of(text, int(line[1])) if line else len(text)
        raise not_readable(text, offset, "This is not TOML.") from None
    except ValueError:
        raise not_readable(text, 0, "A number or date of the TOML document is out of range.") from None


def _joined(places: Node, data: Any) -> Node:
    """Put the values that tomllib read where the scanner found them; a table ends with its last one."""
    if isinstance(data, dict):
        inner = {key: _joined(places.value[key], value) for key, value in data.items()}
        end = max((node.end for node in inner.values()), default=0)
        return Node(inner, places.start, max(places.end, end))
    if isinstance(data, list):
        pairs = zip(places.value, data, strict=True)
        return places._replace(value=[_joined(place, value) for place, value in pairs])
    return places._replace(value=data)


def _offset_of(text: str, line: int) -> int:
    """Give the offset at which a line begins."""
    offset = 0
    for _ in range(line - 1):
        offset = text.find("\n", offset) + 1
    return offset
