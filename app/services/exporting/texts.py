"""Exports that are one text: JSON, NDJSON, YAML; `record_files.read_records` reads them."""

from collections.abc import Iterator

from app.formats.writing import to_json
from app.formats.yaml_writing import to_yaml
from app.services.exporting.records import Records


def json_parts(records: Records) -> Iterator[bytes]:
    """Write `{"teams": [...], ...}`, each record on a line of its own."""
    before = b"{"
    for collection, items in records:
        yield b'%b\n"%b": [' % (before, collection.path.encode())
        lead = b"\n"
        for item in items:
            yield lead + to_json(item)
            lead = b",\n"
        yield b"]" if lead == b"\n" else b"\n]"
        before = b","
    yield b"\n}\n"


def ndjson_parts(records: Records) -> Iterator[bytes]:
    """Write `{"kind": "team", "record": {...}}` a line; libraries and sources have a `kind` of their own."""
    for collection, items in records:
        for item in items:
            yield to_json({"kind": collection.kind, "record": item}) + b"\n"


def yaml_parts(records: Records) -> Iterator[bytes]:
    """Write a list for each kind, in blocks."""
    for collection, items in records:
        lead = f"{collection.path}:\n".encode()
        for item in items:
            yield lead + to_yaml([item]).encode()
            lead = b""
        if lead:
            yield b"%b: []\n" % collection.path.encode()
