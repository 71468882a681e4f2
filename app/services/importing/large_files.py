"""Files of any size, read part by part, in an order in which records stand behind what they point at.

    json, yaml    read as a whole, so at most 16 MiB
    ndjson, csv   looked through once, to learn where each record stands; then read in parts

The order depends on the file alone, so that an import that was stopped goes on
where it was.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO, Protocol

import orjson

from app.errors import BadRequest, Flaw, Invalid
from app.formats.media_types import CSV, NDJSON
from app.formats.places import bad_line
from app.models import Kind
from app.services.importing.files import MOST_ITEMS, read_items
from app.services.importing.items import Item
from app.services.importing.pointing import own_pointing, pointing_back
from app.services.registry import COLLECTIONS
from app.services.writing import slug_for

MOST_PART_BYTES = 15 * 1024 * 1024
_READ_BYTES = 1024 * 1024


class Source(Protocol):
    """Where records come from."""

    @property
    def lengths(self) -> Mapping[Kind, Sequence[int]]:
        """Give for each kind how many bytes each of its records takes, in the order of the file."""

    def read(self, places: Sequence[tuple[Kind, int]]) -> list[Item]:
        """Read records, by kind and place within it."""


class HeldSource:
    """Records that are in memory."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Sort the items by kind."""
        self._items: dict[Kind, list[Item]] = {kind: [] for kind in COLLECTIONS}
        for item in items:
            self._items[item.kind].append(item)
        self.lengths = {kind: [0] * len(some) for kind, some in self._items.items()}

    def read(self, places: Sequence[tuple[Kind, int]]) -> list[Item]:
        """Give records, by kind and place within it."""
        return [self._items[kind][place] for kind, place in places]


@dataclass
class _Places:
    """Where the records of a kind stand: first byte, bytes, line, number in the file."""

    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    lengths: "array[int]" = field(default_factory=lambda: array("Q"))
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    numbers: "array[int]" = field(default_factory=lambda: array("Q"))


class LinedSource:
    """Records that stand on lines of a file."""

    def __init__(self, file: BinaryIO, format_: str, kind: Kind | None) -> None:
        """Look through the file.

        Args:
            file: that can be read anywhere, and stays open.
            format_: `ndjson` or `csv`.
            kind: of all records; None: each line says it.

        Raises:
            Invalid: a line is no record.
        """
        self._file, self._format, self._kind = file, format_, kind
        self._header = b""
        self._places = {of_kind: _Places() for of_kind in COLLECTIONS}
        blocks = _csv_blocks(file) if format_ == CSV else _lines(file)
        if format_ == CSV:
            _start, _line, self._header = next(blocks, (0, 1, b""))
        for number, (start, line, block) in enumerate(blocks):
            places = self._places[kind or _kind_of(block, line)]
            places.starts.append(start)
            places.lengths.append(len(block))
            places.lines.append(line)
            places.numbers.append(number)
        self.lengths = {of_kind: places.lengths for of_kind, places in self._places.items()}

    def read(self, places: Sequence[tuple[Kind, int]]) -> list[Item]:
        """Read records, by kind and place within it."""
        data = b"".join([self._header, *(self._block(kind, place) for kind, place in places)])
        first = self._places[places[0][0]].lines[places[0][1]]
        try:
            items = read_items(self._format, data, self._kind, most=None)
        except (BadRequest, Invalid) as error:
            detail = f"In the part that begins on line {first}: {error.detail}"
            raise Invalid(detail, flaws=error.flaws) from None
        for item in items:
            kind, place = places[int(item.pointer[1:])]
            item.pointer = f"/{self._places[kind].numbers[place]}"
            item.line = self._places[kind].lines[place]
        return items

    def _block(self, kind: Kind, place: int) -> bytes:
        self._file.seek(self._places[kind].starts[place])
        block = self._file.read(self._places[kind].lengths[place])
        return block if block.endswith(b"\n") else block + b"\n"


def open_source(file: BinaryIO, format_: str, kind: Kind | None) -> Source:
    """Make the source of a file.

    Raises:
        BadRequest, Invalid, TooLarge: the file cannot be read, as said there.
    """
    if format_ in {NDJSON, CSV} and not (format_ == CSV and kind is None):
        return LinedSource(file, format_, kind)
    return HeldSource(read_items(format_, file.read(), kind, most=None))


def parts_of(source: Source, *, skip: int = 0, most: int = MOST_ITEMS) -> Iterator[list[Item]]:
    """Read all records, what is pointed at first, in parts.

    Args:
        source: of the records.
        skip: records that are not wanted, because they were read before.
        most: records of a part.
    """
    part: list[tuple[Kind, int]] = []
    size = 0
    for place in _after(skip, _order(source, most)):
        length = source.lengths[place[0]][place[1]]
        if part and (len(part) == most or size + length > MOST_PART_BYTES):
            yield source.read(part)
            part, size = [], 0
        part.append(place)
        size += length
    if part:
        yield source.read(part)


def digest_of(file: BinaryIO, format_: str, kind: Kind | None) -> str:
    """Give the SHA-256 of a file and of how it is read."""
    digest = hashlib.sha256(f"{format_} {kind or ''}\n".encode())
    file.seek(0)
    while data := file.read(_READ_BYTES):
        digest.update(data)
    file.seek(0)
    return digest.hexdigest()


def _after(skip: int, places: Iterable[tuple[Kind, int]]) -> Iterator[tuple[Kind, int]]:
    for number, place in enumerate(places):
        if number >= skip:
            yield place


def _order(source: Source, most: int) -> Iterator[tuple[Kind, int]]:
    """Put kinds into the order of the registry, and records behind what they point at of their own kind."""
    for kind, lengths in source.lengths.items():
        own = own_pointing(kind, COLLECTIONS[kind].schema)
        if own is None or len(lengths) <= most:  # within a part the order makes no difference
            yield from ((kind, place) for place in range(len(lengths)))
        else:
            yield from ((kind, place) for place in pointing_back(_links(source, kind, own, most)))


def _links(source: Source, kind: Kind, own: str, most: int) -> list[tuple[str | None, str | None]]:
    """Read what the records of a kind are called, and which one of their kind each points at."""
    links = []
    count = len(source.lengths[kind])
    for start in range(0, count, most):
        for item in source.read([(kind, place) for place in range(start, min(start + most, count))]):
            target = item.data.get(own)
            slug = item.data.get("slug") or _slug_of(kind, item)
            links.append((slug, target.get("slug") if isinstance(target, Mapping) else target))
    return links


def _slug_of(kind: Kind, item: Item) -> str | None:
    name = item.data.get("name")
    return slug_for(kind, {"name": name}) if isinstance(name, str) else None


def _kind_of(line: bytes, number: int) -> Kind:
    """Tell the kind of a line of NDJSON."""
    try:
        document = orjson.loads(line)
        return Kind(document["kind"])
    except orjson.JSONDecodeError:
        detail = f"Line {number} is not JSON."
    except (ValueError, KeyError, TypeError):
        detail = f'Line {number} must be {{"kind": "team", "record": {{...}}}}, or the kind be said.'
    raise Invalid(detail, flaws=[Flaw(detail, "bad_line")])


def _lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Give each line that is not empty: where it begins, its number, its bytes."""
    start = 0
    for number, line in enumerate(file, 1):
        if line.strip():
            yield start, number, line
        start += len(line)


def _csv_blocks(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Give each row: lines up to one at whose end no quote is open."""
    begin, first, start, is_open = 0, 1, 0, False
    pieces: list[bytes] = []
    for number, line in enumerate(chain(file, [b""]), 1):
        if pieces and not is_open:
            yield begin, first, b"".join(pieces)
            pieces = []
        if not pieces:
            begin, first = start, number
        if pieces or line.strip():
            pieces.append(line)
            is_open ^= line.count(b'"') % 2 == 1
        if start - begin > MOST_PART_BYTES:
            raise bad_line(first, "A quote is never closed.")
        start += len(line)
    if pieces:
        yield begin, first, b"".join(pieces)
