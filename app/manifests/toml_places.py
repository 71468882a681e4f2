"""TOML with the place of every value: tomllib gives the values, a scanner here the places.

The scanner goes first and knows the limits, since tomllib takes quadratic time
on keys of many parts and recurses without end on nested arrays.

Source: TOML 1.0.0.
"""

import re
import tomllib
from typing import Any, NoReturn

from app.manifests.places import MOST_VALUES, Node, not_readable

DEEPEST = 32

_BASIC = r'"(?:[^"\\\n]|\\.)*+"'
_LITERAL = r"'[^'\n]*+'"
_KEY = re.compile(rf"[ \t]*+(?P<key>[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})[ \t]*+(?P<dot>\.)?")
_BLANKS = re.compile(r"[ \t]*+")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+")  # within brackets, and between statements
_REST_OF_LINE = re.compile(r"[ \t]*+(?:#[^\n]*+)?(?:\r?\n|\r?\Z)")
_SCALAR = re.compile(
    rf'"""(?:[^"\\]|\\.|"(?!""))*+"{{3,5}}|\'\'\'(?:[^\']|\'(?!\'\'))*+\'{{3,5}}|{_BASIC}|{_LITERAL}'
    r"|[^\s,\]}\[{#=\"']++(?:[ ][0-9][^\s,\]}#]*+)?",
    re.DOTALL,
)
_LINE = re.compile(r"at line ([0-9]{1,9})")

_Table = dict[str, Node]


def read_toml(text: str) -> Node:
    """Read a TOML document.

    Args:
        text: without NUL and lone surrogates.

    Raises:
        Invalid: it is no TOML, is nested too deeply, or holds too many values.
    """
    places = _Scanner(text).document()
    try:
        return _joined(places, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        offset = _offset_of(text, int(line[1])) if line else len(text)
        raise not_readable(text, offset, "This is not TOML.") from None
    except ValueError:
        raise not_readable(text, 0, "A number or date of the TOML document is out of range.") from None


class _Scanner:
    """Finds where keys and values stand; what it lets pass tomllib still has to take."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.count = 0

    def refuse(self, detail: str = "This is not TOML.") -> NoReturn:
        raise not_readable(self.text, self.at, detail)

    def document(self) -> Node:
        root: _Table = {}
        table = root
        self.skip(_BETWEEN)
        while self.at < len(self.text):
            table = self.header(root) if self.text[self.at] == "[" else self.pair(table)
            if not self.skip(_REST_OF_LINE):
                self.refuse()
            self.skip(_BETWEEN)
        return Node(root, 0, len(self.text))

    def header(self, root: _Table) -> _Table:
        """Read `[a.b]` or `[[a.b]]` and give the table that it opens."""
        begin = self.at
        is_array = self.text.startswith("[[", begin)
        self.at += 2 if is_array else 1
        keys = self.keys()
        if not self.text.startswith("]]" if is_array else "]", self.at):
            self.refuse()
        self.at += 2 if is_array else 1
        parent = self.descend(root, keys[:-1], begin)
        return self.opened(parent, keys[-1], begin, is_array=is_array)

    def opened(self, parent: _Table, key: str, begin: int, *, is_array: bool) -> _Table:
        table: _Table = {}
        there = parent.get(key)
        if is_array and there is None:
            parent[key] = Node([Node(table, begin, self.at)], begin, self.at)
        elif is_array and there is not None and isinstance(there.value, list):
            there.value.append(Node(table, begin, self.at))
        elif there is None:
            parent[key] = Node(table, begin, self.at)
        elif isinstance(there.value, dict):
            table = there.value
            parent[key] = Node(table, begin, self.at)
        else:
            self.refuse()
        self.counted()
        return table

    def pair(self, table: _Table) -> _Table:
        """Read `a.b = value` into a table, and give the table."""
        begin = self.at
        keys = self.keys()
        if not self.text.startswith("=", self.at):
            self.refuse()
        self.at += 1
        inner = self.descend(table, keys[:-1], begin)
        inner[keys[-1]] = self.value(begin, 0)
        return table

    def keys(self) -> list[str]:
        """Read a dotted key."""
        keys: list[str] = []
        while True:
            match = _KEY.match(self.text, self.at)
            if match is None:
                self.refuse()
            if len(keys) >= DEEPEST:
                self.refuse(f"A key has more than {DEEPEST} parts.")
            keys.append(self.key(match["key"]))
            self.at = match.end()
            if match["dot"] is None:
                return keys

    def key(self, word: str) -> str:
        if word[0] not in "\"'":
            return word
        if "\\" not in word:
            return word[1:-1]
        try:
            return next(iter(tomllib.loads(f"{word} = 0")))
        except ValueError:
            self.refuse()

    def descend(self, table: _Table, keys: list[str], begin: int) -> _Table:
        """Walk to the table at some keys, making those that are not there yet."""
        for key in keys:
            node = table.get(key)
            if node is None:
                self.counted()
                node = table[key] = Node({}, begin, self.at)
            inner = node.value[-1].value if isinstance(node.value, list) and node.value else node.value
            if not isinstance(inner, dict):
                self.refuse()
            table = inner
        return table

    def value(self, begin: int | None, depth: int) -> Node:
        """Read a value; `begin` is where its key begins, if it has one."""
        self.skip(_BLANKS)
        self.counted()
        start = self.at if begin is None else begin
        opening = self.text[self.at : self.at + 1]
        if opening in {"[", "{"}:
            if depth >= DEEPEST:
                self.refuse(f"This is nested more than {DEEPEST} levels deep.")
            self.at += 1
            inner = self.items(depth + 1) if opening == "[" else self.members(depth + 1)
            return Node(inner, start, self.at)
        if not self.skip(_SCALAR):
            self.refuse()
        return Node(None, start, self.at)

    def items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not self.is_closed("]"):
            items.append(self.value(None, depth))
            self.separate("]")
        return items

    def members(self, depth: int) -> _Table:
        members: _Table = {}
        while not self.is_closed("}"):
            begin = self.at
            keys = self.keys()
            if not self.text.startswith("=", self.at):
                self.refuse()
            self.at += 1
            inner = self.descend(members, keys[:-1], begin)
            inner[keys[-1]] = self.value(begin, depth)
            self.separate("}")
        return members

    def is_closed(self, bracket: str) -> bool:
        """Pass over the closing bracket, if it stands here."""
        self.skip(_BETWEEN)
        is_here = self.text.startswith(bracket, self.at)
        self.at += is_here
        return is_here

    def separate(self, bracket: str) -> None:
        """Pass over a comma; without one only the closing bracket may follow."""
        self.skip(_BETWEEN)
        if self.text.startswith(",", self.at):
            self.at += 1
        elif not self.text.startswith(bracket, self.at):
            self.refuse()

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over what the pattern matches here, if it does."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return match is not None

    def counted(self) -> None:
        self.count += 1
        if self.count > MOST_VALUES:
            self.refuse(f"There are more than {MOST_VALUES:,} values.")


def _joined(places: Node, data: Any) -> Node:
    """Put the values that tomllib read where the scanner found them."""
    if isinstance(data, dict):
        inner = {key: _joined(places.value[key], value) for key, value in data.items()}
        return places._replace(value=inner)
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
