"""How many connections each worker of one gunicorn holds, in memory that they have in common.

Gunicorn's arbiter makes it and gives each worker its place before it forks. The
arbiter holds no code of the application (a HUP must load that anew), so this
needs nothing but the standard library.
"""

import mmap

_NOBODY = -1
_NUMBER_BYTES = 8
# Of many connections, one worker may hold an eighth more than another before it leaves new ones to that.
_TOLERANCE = 8


class Shares:
    """The places of all workers."""

    def __init__(self, places: int) -> None:
        """Begin with nobody there.

        Args:
            places: at least 1; a worker beyond them takes part in nothing.
        """
        self._numbers = memoryview(mmap.mmap(-1, 2 * places * _NUMBER_BYTES)).cast("q")
        self._free = list(range(places))  # the arbiter alone looks at it
        for place in range(places):
            self._numbers[2 * place] = _NOBODY

    def take(self) -> "Share":
        """Give a worker-to-be its place; in the arbiter."""
        return Share(self._numbers, self._free.pop(), self._free) if self._free else Share(None, 0, [])


class Share:
    """The place of one worker: how many connections it holds, and how many it ever took."""

    def __init__(self, numbers: "memoryview[int] | None", place: int, free: list[int]) -> None:
        """Take a place among `numbers`, two for each worker; None: there is no place."""
        self._numbers = numbers
        self._place = place
        self._free = free

    def open(self) -> None:
        """Say that this worker takes connections from now on."""
        self._write(0)

    def close(self) -> None:
        """Say that it takes none any more."""
        self._write(_NOBODY)

    def give_back(self) -> None:
        """Leave the place to another worker, since this one has ended; in the arbiter."""
        self.close()
        self._free.append(self._place)

    def took_one(self) -> None:
        """Count a connection that has come."""
        if self._numbers is not None:
            self._numbers[2 * self._place] += 1
            self._numbers[2 * self._place + 1] += 1

    def lost_one(self) -> None:
        """Count a connection that has gone."""
        if self._numbers is not None and self._numbers[2 * self._place] > 0:
            self._numbers[2 * self._place] -= 1

    @property
    def is_ahead(self) -> bool:
        """Say whether this worker holds clearly more than the one that holds the fewest."""
        if self._numbers is None:
            return False
        own = self._numbers[2 * self._place]
        least = min((held for held in self._numbers[::2] if held != _NOBODY), default=own)
        return own > least + least // _TOLERANCE

    @property
    def taken_by_all(self) -> int:
        """Count the connections that all workers together ever took."""
        return 0 if self._numbers is None else sum(self._numbers[1::2])

    def _write(self, held: int) -> None:
        if self._numbers is not None:
            self._numbers[2 * self._place] = held
