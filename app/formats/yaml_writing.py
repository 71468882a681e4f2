"""Writing YAML in blocks: many times as fast as PyYAML, which reads it back in a test; see decision 0018.

What could be taken for anything but text, in YAML 1.1 or 1.2, stands in
double quotes, whose escapes are those of JSON.
"""

import re
from functools import lru_cache
from typing import Any

import orjson

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_OTHER_THAN_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# Line ends of YAML 1.1 besides those that JSON escapes, and what YAML does not take as it is.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 4_096, 80


def to_yaml(value: Any) -> str:
    """Write a value as a block, each line with its end.

    Args:
        value: of what JSON knows, and moments, dates and enumerations.
    """
    parts: list[str] = []
    if value and isinstance(value, dict | list):
        _put(value, "", "", parts)
    else:
        parts.append(f"{_scalar(value)}\n")
    return "".join(parts)


def _put(value: dict[str, Any] | list[Any], lead: str, indent: str, parts: list[str]) -> None:
    """Write what is in a container.

    Args:
        value: the container, not empty.
        lead: what its first line begins with.
        indent: what its other lines begin with.
        parts: to add to.
    """
    is_list = isinstance(value, list)
    for name, inner in (("-", item) for item in value) if isinstance(value, list) else value.items():
        mark = "-" if is_list else f"{_text(name)}:"
        if not inner or not isinstance(inner, dict | list):
            parts.append(f"{lead}{mark} {_scalar(inner)}\n")
        elif is_list:
            _put(inner, f"{lead}- ", f"{indent}  ", parts)
        else:
            parts.append(f"{lead}{mark}\n")
            deeper = indent if isinstance(inner, list) else f"{indent}  "
            _put(inner, deeper, deeper, parts)
        lead = indent


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if not isinstance(value, str):
        return _quoted(value)
    return _text(value) if len(value) <= _LONGEST_REMEMBERED else _quoted(value)


@lru_cache(_MOST_REMEMBERED)
def _text(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _OTHER_THAN_TEXT
    return str(text) if is_plain else _quoted(text)


def _quoted(value: Any) -> str:
    written = orjson.dumps(value, option=_OPTIONS).decode()
    return _TO_ESCAPE.sub(lambda bad: f"\\u{ord(bad[0]):04x}", written)
