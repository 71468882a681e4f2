"""Where records stand in a file, and what is wrong with them there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import LONGEST_POINTER, Flaw, Invalid, invalid_body

MOST_FLAWS = 100


@dataclass(frozen=True)
class Place:
    """Where a record stands in its file.

    Attributes:
        pointer: JSON pointer to it: `/teams/3`, or `/3` in a file whose records follow one another.
        line: that it begins on, from 1; None in JSON.
    """

    pointer: str
    line: int | None = None

    def flaw(self, detail: str, code: str = "invalid", inner: str = "") -> Flaw:
        """Say what is wrong with the record.

        Args:
            detail: a sentence.
            code: stable word for it.
            inner: pointer from the record on.
        """
        at = f"Line {self.line}: " if self.line else ""
        return Flaw(at + detail, code, (self.pointer + inner)[:LONGEST_POINTER])


Placed = tuple[Place, dict[str, Any]]


def refuse(flaws: Sequence[Flaw]) -> None:
    """Refuse a file that has flaws; at most 100 are told.

    Raises:
        Invalid: there are any.
    """
    if flaws:
        raise invalid_body(flaws[:MOST_FLAWS])


def bad_line(line: int, detail: str) -> Invalid:
    """Make the error for a file that cannot be read beyond a line.

    Args:
        line: from 1.
        detail: a sentence.
    """
    told = f"Line {line}: {detail}"
    return Invalid(told, flaws=[Flaw(told, "bad_line")])
