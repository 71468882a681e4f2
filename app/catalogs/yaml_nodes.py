"""YAML with the place of every value: bounded, and no more of YAML than JSON has.

Built from libyaml's events, so that neither a deep document nor an alias can
make the reader do more than the text is long.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from app.catalogs.excerpts import Excerpts, unreadable
from app.catalogs.nodes import DEEPEST, MOST_NODES, Node
from app.errors import BadRequest

_CORE = "tag:yaml.org,2002:"
_TAGS = {f"{_CORE}{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass
class _Collection:
    """A mapping or sequence that is being read."""

    start: int
    is_mapping: bool
    is_flow: bool
    members: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: tuple[str, int] | None = None
    end: int = 0


def read_yaml(excerpts: Excerpts) -> list[Node]:
    """Read the documents of a YAML stream; scalars are text, but for null.

    Raises:
        BadRequest: it holds an alias or an anchor, or is nested more than 32 levels deep.
        Invalid: it is no YAML, holds a tag of its own, a key twice, a key that is
            no text, or more than 50,000 values.
    """
    start = excerpts.body_start
    builder = _Builder(excerpts, start)
    try:
        for event in yaml.parse(excerpts.text[start:], Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = mark.index if mark else getattr(error, "position", 0)
        raise unreadable("This is not YAML.", excerpts.line_at(start + position)) from None
    return builder.documents


class _Builder:
    """The collections that are open, from the outermost to the innermost."""

    def __init__(self, excerpts: Excerpts, start: int) -> None:
        self.excerpts = excerpts
        self.start = start
        self.documents: list[Node] = []
        self.open: list[_Collection] = []
        self.count = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, yaml.NodeEvent):
            self._check(event)
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.value in _NULLS and event.implicit[0] and event.style in {None, ""}
            begin, end = self._span(event)
            self._close(Node(None if is_null else event.value, begin, end))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end(event)

    def _check(self, event: Any) -> None:
        line = self.excerpts.line_at(self._span(event)[0])
        if event.anchor is not None:
            raise BadRequest(
                f"Line {line}: anchors and aliases are not read. Write the value out in each place.",
                "yaml_aliases_not_allowed",
            )
        if event.tag not in {None, "!"} and event.tag not in _TAGS:
            raise unreadable("Tags of one's own are not read.", line)
        self.count += 1
        if self.count > MOST_NODES:
            raise unreadable(f"There are more than {MOST_NODES:,} values.", line)

    def _open(self, event: Any) -> None:
        begin = self._span(event)[0]
        if len(self.open) >= DEEPEST:
            line = self.excerpts.line_at(begin)
            raise BadRequest(f"Line {line}: this is nested more than {DEEPEST} levels deep.", "too_deep")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.open.append(_Collection(begin, is_mapping, bool(event.flow_style), end=begin))

    def _end(self, event: Any) -> None:
        ended = self.open.pop()
        # A block ends where the next thing begins; what belongs to it ends with its last value.
        end = self._span(event)[1] if ended.is_flow else ended.end
        self._close(Node(ended.members if ended.is_mapping else ended.items, ended.start, end))

    def _close(self, node: Node) -> None:
        """Put a value where it belongs."""
        if not self.open:
            self.documents.append(node)
            return
        around = self.open[-1]
        around.end = max(around.end, node.end)
        if not around.is_mapping:
            around.items.append(node)
        elif around.key is None:
            around.key = self._key(around, node)
        else:
            name, begin = around.key
            around.members[name] = node._replace(start=begin)
            around.key = None

    def _key(self, around: _Collection, node: Node) -> tuple[str, int]:
        line = self.excerpts.line_at(node.start)
        name = "" if node.value is None else node.value
        if not isinstance(name, str):
            raise unreadable("A key is not text.", line)
        if name in around.members:
            raise unreadable("A mapping names a key twice.", line)
        return name, node.start

    def _span(self, event: Any) -> tuple[int, int]:
        return self.start + event.start_mark.index, self.start + event.end_mark.index
