"""Things kept in memory, up to a number of bytes; what nobody asked for the longest time goes first."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Values by key; for one thread at a time."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with none.

        Args:
            most_bytes: that they may take together.
        """
        self.most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, tuple[int, Value]] = OrderedDict()

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._kept)

    def __iter__(self) -> Iterator[Key]:
        """Give the keys, the one that goes first at the beginning."""
        return iter(self._kept)

    def find(self, key: Key) -> Value | None:
        """Give what is kept, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value in place of another one; what there is no room for goes.

        Args:
            key: to find it by.
            value: what is found.
            size: in bytes, with all that belongs to it.
        """
        self.drop(key)
        self._kept[key] = size, value
        self._bytes += size
        while self._bytes > self.most_bytes:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Key) -> None:
        """Keep a value no longer."""
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._bytes -= dropped[0]

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()
        self._bytes = 0
