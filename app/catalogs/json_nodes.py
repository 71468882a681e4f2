"""JSON with the place of every value: strict, bounded, linear in the length of the text.

Source: RFC 8259; the same strictness as that of request bodies (decision 0012).
"""

import json
import re
from json import JSONDecodeError
from typing import Any, NoReturn

from app.catalogs.excerpts import Excerpts, unreadable
from app.catalogs.nodes import DEEPEST, MOST_NODES, Node
from app.errors import BadRequest

_BLANKS = re.compile(r"[ \t\n\r]*")
_LONGEST_NUMBER = 400
_NUMBER = re.compile(rf"[-+.0-9eE]{{{_LONGEST_NUMBER},}}")


def read_json(excerpts: Excerpts) -> Node:
    """Read one JSON document.

    Raises:
        BadRequest: it is nested more than 32 levels deep.
        Invalid: it is no JSON, names a member twice, or holds more than 50,000
            values, NaN, or a number of more than 400 digits.
    """
    reader = _Reader(excerpts)
    node = reader.value(0)
    if reader.skip() != len(excerpts.text):
        reader.refuse("Something follows the end of the JSON document.")
    return node


class _Reader:
    """The text, and how far it is read."""

    def __init__(self, excerpts: Excerpts) -> None:
        self.excerpts = excerpts
        self.text = excerpts.text
        self.at = excerpts.body_start
        self.count = 0
        self.decoder = json.JSONDecoder(parse_constant=self._constant)

    def refuse(self, detail: str) -> NoReturn:
        raise unreadable(detail, self.excerpts.line_at(self.at))

    def skip(self) -> int:
        """Pass over blanks."""
        match = _BLANKS.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def value(self, depth: int) -> Node:
        begin = self.skip()
        self.count += 1
        if self.count > MOST_NODES:
            self.refuse(f"There are more than {MOST_NODES:,} values.")
        mark = self.text[begin : begin + 1]
        if mark not in {"{", "["}:
            return Node(self._scalar(), begin, self.at)
        if depth >= DEEPEST:
            line = self.excerpts.line_at(begin)
            raise BadRequest(f"Line {line}: this is nested more than {DEEPEST} levels deep.", "too_deep")
        self.at += 1
        inner: Any = self._members(depth + 1) if mark == "{" else self._items(depth + 1)
        return Node(inner, begin, self.at)

    def _scalar(self) -> Any:
        if _NUMBER.match(self.text, self.at):
            self.refuse("A number has too many digits.")
        try:
            value, self.at = self.decoder.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            self.at = error.pos
            self.refuse("This is not JSON.")
        return value

    def _constant(self, _name: str) -> NoReturn:
        self.refuse("NaN and Infinity are not JSON.")

    def _members(self, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        while not self._ends("}", is_first=not members):
            begin = self.skip()
            if not self.text.startswith('"', begin):
                self.refuse("This is not JSON: the name of a member is missing.")
            name = self._scalar()
            if name in members:
                self.refuse("An object names a member twice.")
            self._expect(":")
            members[name] = self.value(depth)._replace(start=begin)
        return members

    def _items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not self._ends("]", is_first=not items):
            items.append(self.value(depth))
        return items

    def _ends(self, mark: str, *, is_first: bool) -> bool:
        """Tell whether a collection ends here; if not, pass over the comma."""
        if self.text.startswith(mark, self.skip()):
            self.at += 1
            return True
        if not is_first:
            self._expect(",")
        return False

    def _expect(self, mark: str) -> None:
        if not self.text.startswith(mark, self.skip()):
            self.refuse(f"This is not JSON: `{mark}` is missing.")
        self.at += 1
