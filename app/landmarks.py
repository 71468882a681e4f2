"""What an excerpt begins with and stands between, as hashes: by these it is found again.

`head` is of the first 1, 2, 4, ... 32 code points, as many as the excerpt has;
`before` and `after` are of the 32 code points on either side, as if 32 NULs
stood before the text and behind it. Each is a mark, the first 16 digits of a
SHA-256; evidence keeps the three of them as one text with dashes between.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

SIDE = 32
MARK_LENGTH = 16
LANDMARKS_LENGTH = 3 * MARK_LENGTH + 2
_EDGE = "\0" * SIDE


@dataclass(frozen=True)
class Landmarks:
    """The marks around one excerpt."""

    head: str
    before: str
    after: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what evidence keeps."""
        return cls(*text.split("-"))

    def __str__(self) -> str:
        """Give what evidence keeps."""
        return f"{self.head}-{self.before}-{self.after}"


def digest(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_length(length: int) -> int:
    """Give how many code points the head of an excerpt of a length has."""
    return min(SIDE, 1 << (length.bit_length() - 1))


def padded(text: str) -> str:
    """Give a text with its edges: offset n of the text is offset n + 32 there."""
    return f"{_EDGE}{text}{_EDGE}"


def landmarks_of(text: str, start: int, end: int) -> Landmarks:
    """Take down what an excerpt begins with and stands between.

    Args:
        text: of its source, in NFC.
        start: offset of its first code point.
        end: offset after the last one.
    """
    before, after = text[max(0, start - SIDE) : start], text[end : end + SIDE]
    return Landmarks(
        head=_mark(text[start : start + head_length(end - start)]),
        before=_mark(before.rjust(SIDE, "\0")),
        after=_mark(after.ljust(SIDE, "\0")),
    )


def _mark(text: str) -> str:
    return digest(text)[:MARK_LENGTH]
