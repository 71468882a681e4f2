"""Values together with their places in the text, whatever notation it is in."""

from typing import Any, NamedTuple

from app.errors import Flaw, Invalid

MOST_VALUES = 1_000_000  # each takes some 200 bytes while it is read
MOST_LINES = 1_000_000  # of formats that are read line by line


class Node(NamedTuple):
    """A value and where it stands.

    Attributes:
        value: dict of Nodes, list of Nodes, or a plain value.
        start: of the value, or of its key where it has one.
        end: exclusive.
    """

    value: Any
    start: int = 0
    end: int = 0

    def members(self) -> dict[str, "Node"]:
        """Give the members of an object; of anything else, none."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list["Node"]:
        """Give the items of an array; of anything else, none."""
        return self.value if isinstance(self.value, list) else []

    def get(self, *path: str) -> "Node":
        """Give what stands at a path; a Node of None where there is nothing."""
        node = self
        for name in path:
            node = node.members().get(name, _NOTHING)
        return node

    def text(self, *path: str) -> str:
        """Give the string at a path; "" where there is none."""
        value = self.get(*path).value
        return value if isinstance(value, str) else ""


_NOTHING = Node(None)


def line_of(text: str, offset: int) -> int:
    """Count the line, from 1, that an offset is in."""
    return text.count("\n", 0, offset) + 1


def not_readable(text: str, offset: int, detail: str) -> Invalid:
    """Make the error for a text that is not of its format.

    Args:
        text: the whole of it.
        offset: where it stops being of the format.
        detail: a sentence; never the text itself.
    """
    line = line_of(text, offset)
    flaw = Flaw(f"{detail} (line {line})", "bad_manifest")
    return Invalid(flaw.detail, "bad_manifest", flaws=[flaw], members={"line": line})


def check_lines(text: str) -> None:
    """Check that a text that is read line by line has not too many.

    Raises:
        Invalid: it has.
    """
    if text.count("\n") > MOST_LINES:
        raise not_readable(text, 0, f"There are more than {MOST_LINES:,} lines.")
