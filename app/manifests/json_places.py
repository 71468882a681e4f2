"""JSON with the place of every value: strict, bounded, linear in the length of the text.

Source: RFC 8259; the same strictness as that of request bodies (decision 0012).
"""

import json
import math
import re
from typing import NoReturn

from app.manifests.places import MOST_VALUES, Node, not_readable

_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
        (?P<mark>[{}\[\],:])
      | (?P<string>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
      | (?P<word>true|false|null)
    )""",
    re.VERBOSE,
)
_BLANKS = re.compile(r"[ \t\n\r]*+")
_UNFIT = re.compile("[\0\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 400


def read_json(text: str, deepest: int) -> Node:
    """Read one JSON document.

    Args:
        text: without NUL and lone surrogates.
        deepest: how many levels may be nested.

    Raises:
        Invalid: it is no JSON, is nested too deeply, names a member twice, or holds
            too many values, NaN, infinite numbers, lone surrogates, or NUL.
    """
    reader = _Reader(text, deepest)
    node = reader.value(None, 0)
    end = _BLANKS.match(text, reader.at)
    if end and end.end() < len(text):
        reader.refuse("Something follows the end of the JSON document.", end.end())
    return node


class _Reader:
    """The text, and how far it is read."""

    def __init__(self, text: str, deepest: int) -> None:
        self.text = text
        self.deepest = deepest
        self.at = 0
        self.count = 0

    def refuse(self, detail: str, offset: int | None = None) -> NoReturn:
        raise not_readable(self.text, self.at if offset is None else offset, detail)

    def token(self) -> tuple[str, str, int]:
        """Give the kind, the text and the start of the next token."""
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.at = _skip(self.text, self.at)
            self.refuse("This is not JSON.")
        kind = match.lastgroup or ""
        self.at = match.end()
        return kind, match[kind], match.start(kind)

    def value(self, start: int | None, depth: int) -> Node:
        """Read a value; `start` is where its key begins, if it has one."""
        return self.valued(self.token(), start, depth)

    def valued(self, token: tuple[str, str, int], start: int | None, depth: int) -> Node:
        kind, word, begin = token
        self.count += 1
        if self.count > MOST_VALUES:
            self.refuse(f"There are more than {MOST_VALUES:,} values.")
        first = begin if start is None else start
        if word in {"{", "["} and kind == "mark":
            if depth >= self.deepest:
                self.refuse(f"This is nested more than {self.deepest} levels deep.", begin)
            inner = self.members(depth + 1) if word == "{" else self.items(depth + 1)
            return Node(inner, first, self.at)
        if kind == "mark":
            self.refuse("This is not JSON: a value is missing.", begin)
        return Node(self.plain(kind, word, begin), first, self.at)

    def members(self, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        kind, word, begin = self.token()
        if word == "}":
            return members
        while True:
            if kind != "string":
                self.refuse("This is not JSON: the name of a member is missing.", begin)
            name = self.string(word, begin)
            if name in members:
                self.refuse("An object names a member twice.", begin)
            self.expect(":")
            members[name] = self.value(begin, depth)
            if self.expect(",", "}") == "}":
                return members
            kind, word, begin = self.token()

    def items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        token = self.token()
        if token[:2] == ("mark", "]"):
            return items
        while True:
            items.append(self.valued(token, None, depth))
            if self.expect(",", "]") == "]":
                return items
            token = self.token()

    def expect(self, *marks: str) -> str:
        kind, word, begin = self.token()
        if kind != "mark" or word not in marks:
            self.refuse(f"This is not JSON: `{marks[0]}` is missing.", begin)
        return word

    def plain(self, kind: str, word: str, begin: int) -> str | float | bool | None:
        if kind == "string":
            return self.string(word, begin)
        return self.number(word, begin) if kind == "number" else _WORDS[word]

    def string(self, word: str, begin: int) -> str:
        if "\\" not in word:
            return word[1:-1]
        try:
            value: str = json.loads(word)
        except ValueError:
            self.refuse("This is not JSON: a string holds an escape that there is not.", begin)
        if _UNFIT.search(value):
            self.refuse("A string holds NUL or half a character (a lone surrogate).", begin)
        return value

    def number(self, word: str, begin: int) -> float:
        number: float = json.loads(word) if len(word) <= _LONGEST_NUMBER else math.inf
        if math.isinf(number):
            self.refuse("A number is too large.", begin)
        return number


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at
