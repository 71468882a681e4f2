"""Where keys and values of a TOML document stand; the values themselves are tomllib's to read.

It is lenient about what tomllib refuses anyway, and strict about depth and size.

Source: TOML 1.0.0.
"""

import re
import tomllib
from typing import NoReturn

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

_Table = dict[str, Node]


class Scanner:
    """Finds where keys and values stand; what it lets pass tomllib still has to take."""

    def __init__(self, text: str) -> None:
        """Stand at the beginning."""
        self._text = text
        self._at = 0
        self._count = 0

    def _refuse(self, detail: str = "This is not TOML.") -> NoReturn:
        raise not_readable(self._text, self._at, detail)

    def document(self) -> Node:
        """Read the whole document; every plain value is None."""
        root: _Table = {}
        table = root
        self._skip(_BETWEEN)
        while self._at < len(self._text):
            table = self._header(root) if self._text[self._at] == "[" else self._pair(table)
            if not self._skip(_REST_OF_LINE):
                self._refuse()
            self._skip(_BETWEEN)
        return Node(root, 0, len(self._text))

    def _header(self, root: _Table) -> _Table:
        """Read `[a.b]` or `[[a.b]]` and give the table that it opens."""
        begin = self._at
        is_array = self._text.startswith("[[", begin)
        self._at += 2 if is_array else 1
        keys = self._keys()
        if not self._text.startswith("]]" if is_array else "]", self._at):
            self._refuse()
        self._at += 2 if is_array else 1
        parent = self._descend(root, keys[:-1], begin)
        return self._opened(parent, keys[-1], begin, is_array=is_array)

    def _opened(self, parent: _Table, key: str, begin: int, *, is_array: bool) -> _Table:
        table: _Table = {}
        there = parent.get(key)
        if is_array and there is None:
            parent[key] = Node([Node(table, begin, self._at)], begin, self._at)
        elif is_array and there is not None and isinstance(there.value, list):
            there.value.append(Node(table, begin, self._at))
        elif there is None:
            parent[key] = Node(table, begin, self._at)
        elif isinstance(there.value, dict):
            table = there.value
            parent[key] = Node(table, begin, self._at)
        else:
            self._refuse()
        self._counted()
        return table

    def _pair(self, table: _Table) -> _Table:
        """Read `a.b = value` into a table, and give the table."""
        begin = self._at
        keys = self._keys()
        if not self._text.startswith("=", self._at):
            self._refuse()
        self._at += 1
        inner = self._descend(table, keys[:-1], begin)
        inner[keys[-1]] = self._value(begin, 0)
        return table

    def _keys(self) -> list[str]:
        """Read a dotted key."""
        keys: list[str] = []
        while True:
            match = _KEY.match(self._text, self._at)
            if match is None:
                self._refuse()
            if len(keys) >= DEEPEST:
                self._refuse(f"A key has more than {DEEPEST} parts.")
            keys.append(self._key(match["key"]))
            self._at = match.end()
            if match["dot"] is None:
                return keys

    def _key(self, word: str) -> str:
        if word[0] not in "\"'":
            return word
        if "\\" not in word:
            return word[1:-1]
        try:
            return next(iter(tomllib.loads(f"{word} = 0")))
        except ValueError:
            self._refuse()

    def _descend(self, table: _Table, keys: list[str], begin: int) -> _Table:
        """Walk to the table at some keys, making those that are not there yet."""
        for key in keys:
            node = table.get(key)
            if node is None:
                self._counted()
                node = table[key] = Node({}, begin, self._at)
            inner = node.value[-1].value if isinstance(node.value, list) and node.value else node.value
            if not isinstance(inner, dict):
                self._refuse()
            table = inner
        return table

    def _value(self, begin: int | None, depth: int) -> Node:
        """Read a value; `begin` is where its key begins, if it has one."""
        self._skip(_BLANKS)
        self._counted()
        start = self._at if begin is None else begin
        opening = self._text[self._at : self._at + 1]
        if opening in {"[", "{"}:
            if depth >= DEEPEST:
                self._refuse(f"This is nested more than {DEEPEST} levels deep.")
            self._at += 1
            inner = self._items(depth + 1) if opening == "[" else self._members(depth + 1)
            return Node(inner, start, self._at)
        if not self._skip(_SCALAR):
            self._refuse()
        return Node(None, start, self._at)

    def _items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not self._is_closed("]"):
            items.append(self._value(None, depth))
            self._separate("]")
        return items

    def _members(self, depth: int) -> _Table:
        members: _Table = {}
        while not self._is_closed("}"):
            begin = self._at
            keys = self._keys()
            if not self._text.startswith("=", self._at):
                self._refuse()
            self._at += 1
            inner = self._descend(members, keys[:-1], begin)
            inner[keys[-1]] = self._value(begin, depth)
            self._separate("}")
        return members

    def _is_closed(self, bracket: str) -> bool:
        """Pass over the closing bracket, if it stands here."""
        self._skip(_BETWEEN)
        is_here = self._text.startswith(bracket, self._at)
        self._at += is_here
        return is_here

    def _separate(self, bracket: str) -> None:
        """Pass over a comma; without one only the closing bracket may follow."""
        self._skip(_BETWEEN)
        if self._text.startswith(",", self._at):
            self._at += 1
        elif not self._text.startswith(bracket, self._at):
            self._refuse()

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over what the pattern matches here, if it does."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match is not None

    def _counted(self) -> None:
        self._count += 1
        if self._count > MOST_VALUES:
            self._refuse(f"There are more than {MOST_VALUES:,} values.")
