"""Writing documents one after another: bytes piece by piece, in memory that does not grow."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from app.formats.csv_columns import Column
from app.formats.yaml_writing import to_yaml

Document = Mapping[str, Any]

PIECE_BYTES = 65_536
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def to_json(document: Any) -> bytes:
    """Write a document as JSON: UTF-8, times in UTC with Z."""
    return orjson.dumps(document, option=_OPTIONS)


def write_json(documents: Iterable[Document]) -> Iterator[bytes]:
    """Write documents as one JSON array."""
    return in_pieces(_json(documents))


def write_ndjson(documents: Iterable[Document]) -> Iterator[bytes]:
    """Write documents as JSON, each on a line of its own."""
    return in_pieces(to_json(document) + b"\n" for document in documents)


def write_yaml(documents: Iterable[Document]) -> Iterator[bytes]:
    """Write documents as a YAML sequence."""
    return in_pieces(_yaml(documents))


def write_csv(
    documents: Iterable[Document], columns: Sequence[Column], *, has_mark: bool = False
) -> Iterator[bytes]:
    """Write documents as CSV in UTF-8.

    Args:
        documents: each a row.
        columns: of the table.
        has_mark: begin with a byte order mark, by which Excel knows UTF-8.

    Source: RFC 4180.
    """
    return in_pieces(_csv(documents, columns, has_mark=has_mark))


def in_pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Gather small parts into pieces of 64 KiB or a little more."""
    piece = bytearray()
    for part in parts:
        piece += part
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _json(documents: Iterable[Document]) -> Iterator[bytes]:
    before = b"["
    for document in documents:
        yield before + to_json(document)
        before = b","
    yield b"]" if before == b"," else b"[]"


def _yaml(documents: Iterable[Document]) -> Iterator[bytes]:
    is_empty = True
    for document in documents:
        is_empty = False
        yield to_yaml([document]).encode()
    if is_empty:
        yield b"[]\n"


def _csv(documents: Iterable[Document], columns: Sequence[Column], *, has_mark: bool) -> Iterator[bytes]:
    if has_mark:
        yield BYTE_ORDER_MARK
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in columns])
    cells = [column.cell for column in columns]
    for document in documents:
        writer.writerow([cell(document) for cell in cells])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()
