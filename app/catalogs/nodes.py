"""Values together with their places in the text, whatever notation they are in."""

from typing import Any, NamedTuple

MOST_NODES = 50_000
DEEPEST = 32


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
            node = node.members().get(name, NOTHING)
        return node

    def text(self, *path: str) -> str | None:
        """Give the string at a path; None where there is none."""
        value = self.get(*path).value
        return value if isinstance(value, str) else None

    def plain(self) -> Any:
        """Give the value alone."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value


NOTHING = Node(None)
