"""Reading YAML: plain values only, each key once, no aliases; the lines of objects are kept.

Documents are built from the events of libyaml's parser, so that anchors, depth
and size are looked at before anything grows. Scalars are what they are in
JSON: `no` and `2020-01-01` are text; see decision 0018.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from app.errors import AtlasError, BadRequest, Invalid
from app.formats.strict_json import DEEPEST

MOST_NODES = 2_000_000

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")


@dataclass
class Loaded:
    """What a file holds.

    Attributes:
        documents: its documents.
        lines: the line that each object begins on, from 1, by the id of its dict.
    """

    documents: list[Any] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)


def load_all(text: str) -> Loaded:
    """Read every document of a YAML stream.

    Raises:
        BadRequest: it is not YAML, holds anchors, aliases or tags, a key twice, or is nested too deeply.
        Invalid: it holds more than 2,000,000 values.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadRequest(f"Line {line}: this is not YAML: {error.problem}.", "bad_yaml") from None
    except yaml.YAMLError:
        raise BadRequest("The file holds a character that YAML does not take.", "bad_yaml") from None
    return builder.loaded


class _Builder:
    """Builds documents from events, on a stack of the containers that are open."""

    def __init__(self) -> None:
        self.loaded = Loaded()
        self._stack: list[list[Any] | dict[str, Any]] = []
        self._keys: list[str | None] = []  # of the member that comes next, for each open container
        self._nodes = 0
        self._take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._check,
        }

    def take(self, event: Any) -> None:
        handle = self._take.get(type(event))
        if handle:
            handle(event)

    def _scalar(self, event: Any) -> None:
        self._check(event)
        is_key = bool(self._stack) and isinstance(self._stack[-1], dict) and self._keys[-1] is None
        if is_key:
            self._name(event)
        else:
            self._put(_value(event), event)

    def _name(self, event: Any) -> None:
        name = str(event.value)
        if name in self._stack[-1]:
            raise _flaw(event, "A member is named twice.")
        self._keys[-1] = name

    def _open(self, event: Any) -> None:
        self._check(event)
        container: list[Any] | dict[str, Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if isinstance(container, dict):
            self.loaded.lines[id(container)] = event.start_mark.line + 1
        self._put(container, event)
        self._stack.append(container)
        self._keys.append(None)
        if len(self._stack) > DEEPEST:
            raise _flaw(event, f"This is nested more than {DEEPEST} levels deep.", "too_deep")

    def _close(self, _event: Any) -> None:
        self._stack.pop()
        self._keys.pop()

    def _put(self, value: Any, event: Any) -> None:
        if not self._stack:
            self.loaded.documents.append(value)
            return
        container = self._stack[-1]
        if isinstance(container, list):
            container.append(value)
            return
        key = self._keys[-1]
        if key is None:
            raise _flaw(event, "The name of a member must be plain text.")
        container[key] = value
        self._keys[-1] = None

    def _check(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Invalid(f"The file holds more than {MOST_NODES:,} values. Send it in parts.")
        if event.anchor is not None:
            detail = "Anchors and aliases are not read; write out what they stand for."
            raise _flaw(event, detail, "yaml_aliases_not_allowed")
        if event.tag is not None:
            raise _flaw(event, "Tags are not read; leave them out.")


def _value(event: Any) -> Any:
    """Give a scalar as JSON would have it; what is quoted is text."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _flaw(event: Any, detail: str, code: str = "bad_yaml") -> AtlasError:
    return BadRequest(f"Line {event.start_mark.line + 1}: {detail}", code)
