"""What an excerpt begins with and stands between, as hashes: by these it is found again.

`head` is of the first 1, 2, 4, ... 32 code points, as many as the excerpt has;
`before` and `after` are of the 32 code points on either side, as if 32 NULs
stood before the text and behind it. Nothing can be read out of a hash.
"""

import hashlib
from dataclasses import dataclass

SIDE = 32
_EDGE = "\0" * SIDE


@dataclass(frozen=True)
class Landmarks:
    """The hashes around one excerpt, SHA-256 in hexadecimal."""

    head: str
    before: str
    after: str


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
    """Take down what an excerpt begins with and stands between."""
    whole = padded(text)
    return Landmarks(
        head=digest(text[start : start + head_length(end - start)]),
        before=digest(whole[start : start + SIDE]),
        after=digest(whole[end + SIDE : end + 2 * SIDE]),
    )
