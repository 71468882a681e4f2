"""Evidence compared with a text: where each excerpt stands now, if it does.

    verified  the excerpt stands at its place
    moved     it stands elsewhere: at the place nearest to the old one
    altered   it stands nowhere, but something else stands between its surroundings, or behind its beginning
    gone      neither
    unchecked there is nothing to compare, or the text is too long to look for it everywhere

The work is bounded: each pass hashes every window of one length, and serves
all excerpts at once.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.landmarks import MARK_LENGTH, SIDE, Landmarks, digest, head_length, padded
from app.models import Check

# Windows that are hashed for one text: a microsecond each.
MOST_WINDOWS = 20_000_000
# By how much an excerpt may have grown, in code points, and still be found between its surroundings.
MOST_GROWN = 1_000

# By its beginning and one side an excerpt is found where the beginning has as many code points as this.
LEAST_HEAD = 16
# By how much its length may have changed then, in code points; by a quarter of it in any case.
LEAST_CHANGE = 20

_CHEAP = 1_000
_SHORT = MARK_LENGTH // 2  # bytes of a mark

Places = dict[str, list[int]]

NO_PLACE = "It has no start and end."
NO_DIGEST = "It has no excerpt_sha256."
TOO_LONG = "The text is too long to look for it everywhere."
NO_LANDMARKS = "What it stood between is not known."


@dataclass(frozen=True)
class Piece:
    """A piece of evidence, as far as it can be compared."""

    id: int
    start: int | None
    end: int | None
    excerpt_sha256: str | None
    landmarks: Landmarks | None = None

    @property
    def at(self) -> int:
        """Give the old place."""
        return self.start or 0

    @property
    def length(self) -> int:
        """Give the length of the excerpt, in code points."""
        return (self.end or 0) - self.at


@dataclass(frozen=True)
class Finding:
    """What became of a piece.

    Attributes:
        check: the result.
        start: of the place where it stands now, or where something else does; None: nowhere.
        end: of that place.
        reason: why nothing more can be said, or None.
    """

    check: Check
    start: int | None = None
    end: int | None = None
    reason: str | None = None


class Comparison:
    """Compares pieces with one text."""

    def __init__(self, text: str, most_windows: int = MOST_WINDOWS) -> None:
        """Begin.

        Args:
            text: in NFC.
            most_windows: how many windows may be hashed.
        """
        self._text = text
        self._padded = padded(text)
        self._left = most_windows

    def compare(self, pieces: Sequence[Piece]) -> dict[int, Finding]:
        """Give what became of each piece, by id."""
        found = {piece.id: at for piece in pieces if (at := self._at_place(piece))}
        lost = [piece for piece in pieces if piece.id not in found]
        if lost:
            found.update(self._find(lost))
        return found

    def _at_place(self, piece: Piece) -> Finding | None:
        if piece.start is None or piece.end is None:
            return Finding(Check.UNCHECKED, reason=NO_PLACE)
        if piece.excerpt_sha256 is None:
            return Finding(Check.UNCHECKED, reason=NO_DIGEST)
        if piece.end <= len(self._text) and self._is_at(piece, piece.start):
            return Finding(Check.VERIFIED, piece.start, piece.end)
        return None

    def _find(self, pieces: Sequence[Piece]) -> Mapping[int, Finding]:
        """Look everywhere for what is not at its place."""
        seen = self._look_for(pieces)
        return {piece.id: self._finding(piece, seen) for piece in pieces}

    def _finding(self, piece: Piece, seen: Mapping[int, Places | None]) -> Finding:
        here = self._places_of(piece, seen)
        sides = seen.get(SIDE, {})
        if here is None or sides is None:
            return Finding(Check.UNCHECKED, reason=TOO_LONG)
        if here:
            start = min(here, key=lambda place: (abs(place - piece.at), place))
            return Finding(Check.MOVED, start, start + piece.length)
        return _between(piece, sides) or self._beginning(piece, seen)

    def _beginning(self, piece: Piece, seen: Mapping[int, Places | None]) -> Finding:
        """Tell an excerpt that begins as it did, with one side of it beside it, from nothing at all."""
        if piece.landmarks is None:
            return Finding(Check.GONE, reason=NO_LANDMARKS)
        length, wanted = _window_of(piece)
        begun = (seen[length] or {}).get(wanted, []) if length >= LEAST_HEAD else []
        sides = seen[SIDE] or {}
        places = [place for place in begun if _has_a_side(piece, piece.landmarks, place, sides)]
        if not places:
            return Finding(Check.GONE)
        start = min(places, key=lambda place: (abs(place - piece.at), place))
        return Finding(Check.ALTERED, start, min(start + piece.length, len(self._text)))

    def _places_of(self, piece: Piece, seen: Mapping[int, Places | None]) -> list[int] | None:
        """Give every place of an excerpt; None: not all of the text could be looked through."""
        length, wanted = _window_of(piece)
        places = seen[length]
        if places is None:
            return None
        candidates = places.get(wanted, [])
        if length == piece.length:
            return candidates
        cost = len(candidates) * (1 + piece.length // _CHEAP)
        if cost > self._left:
            return None
        self._left -= cost
        return [place for place in candidates if self._is_at(piece, place)]

    def _is_at(self, piece: Piece, start: int) -> bool:
        return digest(self._text[start : start + piece.length]) == piece.excerpt_sha256

    def _look_for(self, pieces: Sequence[Piece]) -> Mapping[int, Places | None]:
        """Find windows for all pieces, a pass for each length of windows; None: it would be too much work."""
        wanted: dict[int, set[str]] = defaultdict(set)
        for piece in pieces:
            length, sought = _window_of(piece)
            wanted[length].add(sought)
            if piece.landmarks:
                wanted[SIDE] |= {piece.landmarks.before, piece.landmarks.after}
        # Lengths that serve most come first, should there not be time for all.
        ordered = sorted(wanted, key=lambda length: (-len(wanted[length]), length))
        return {length: self._pass(length, wanted[length]) for length in ordered}

    def _pass(self, length: int, wanted: set[str]) -> Places | None:
        """Find the windows of one length by their digests: where each begins, in the text."""
        whole, sha256 = self._padded, hashlib.sha256
        windows = max(0, len(whole) - length + 1)
        cost = windows * (1 + length // _CHEAP)
        if cost > self._left:
            return None
        self._left -= cost
        places: Places = defaultdict(list)
        targets: dict[bytes, list[str]] = defaultdict(list)
        for one in wanted:
            targets[bytes.fromhex(one)[:_SHORT]].append(one)
        for start in range(windows):
            found = sha256(whole[start : start + length].encode()).digest()
            if found[:_SHORT] in targets:
                for one in targets[found[:_SHORT]]:
                    if found.hex().startswith(one):
                        places[one].append(start - SIDE)
        return places


def _window_of(piece: Piece) -> tuple[int, str]:
    """Give the length and the hash of what a piece is looked for by: its head, where that is known."""
    length = head_length(piece.length)
    if piece.landmarks is None or length == piece.length:
        return piece.length, str(piece.excerpt_sha256)
    return length, piece.landmarks.head


def _has_a_side(piece: Piece, landmarks: Landmarks, place: int, sides: Places) -> bool:
    """Say whether what stood before an excerpt stands before a place, or what stood behind it behind it."""
    change, end = max(LEAST_CHANGE, piece.length // 4), place + piece.length
    if place - SIDE in sides.get(landmarks.before, []):
        return True
    return any(abs(after - end) <= change for after in sides.get(landmarks.after, []))


def _between(piece: Piece, sides: Places) -> Finding | None:
    """Tell what stands where the excerpt stood from nothing at all.

    The place lies between what stood before the excerpt and what stood behind
    it, both of them; of several, the one that begins nearest to the old place.
    """
    if piece.landmarks is None:
        return None
    befores = [place + SIDE for place in sides.get(piece.landmarks.before, [])]
    afters = sides.get(piece.landmarks.after, [])
    longest = piece.length + MOST_GROWN
    spans = []
    for start in befores:
        following = bisect_right(afters, start)
        if following < len(afters) and afters[following] - start <= longest:
            spans.append((start, afters[following]))
    if not spans:
        return None
    start, end = min(spans, key=lambda span: (abs(span[0] - piece.at), span[0]))
    return Finding(Check.ALTERED, start, end)
