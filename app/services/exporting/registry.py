"""The writers of the export, one line each: each writes a file to a path, going through the records once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import orjson

from app.catalogs.adopters import write_adopters
from app.catalogs.backstage import write_backstage
from app.catalogs.cyclonedx import write_cyclonedx_archive
from app.catalogs.techradar import write_backstage_radar, write_byor_csv, write_zalando
from app.errors import Invalid
from app.formats.writing import in_pieces, to_json
from app.services.dumping import Document
from app.services.exporting.catalogs import radar_of
from app.services.exporting.records import Records
from app.services.exporting.sqlite import write_sqlite
from app.services.exporting.tables import write_zip
from app.services.exporting.texts import json_parts, ndjson_parts, yaml_parts

MOST_AT_ONCE = 200_000
Write = Callable[[Records, Path], None]


def in_parts(parts: Callable[[Records], Iterable[bytes]]) -> Write:
    """Make a writer of a function that gives a file in parts."""

    def write(records: Records, path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(in_pieces(parts(records)))

    return write


def of_all(write: Callable[[Mapping[str, Sequence[Document]]], str | bytes]) -> Write:
    """Make a writer of a function that needs all records at once, by path, as JSON has them.

    Raises:
        Invalid: there are more than 200,000 records, too many to hold.
    """

    def write_all(records: Records, path: Path) -> None:
        found: dict[str, Sequence[Document]] = {}
        left = MOST_AT_ONCE
        for collection, items in records:
            found[collection.path] = [orjson.loads(to_json(item)) for item in islice(items, left + 1)]
            left -= len(found[collection.path])
            if left < 0:
                raise Invalid(f"This format takes an atlas of at most {MOST_AT_ONCE:,} records.")
        written = write(found)
        path.write_bytes(written.encode() if isinstance(written, str) else written)

    return write_all


WRITERS: dict[str, Write] = {
    "json": in_parts(json_parts),
    "ndjson": in_parts(ndjson_parts),
    "yaml": in_parts(yaml_parts),
    "csv": write_zip,
    "sqlite": write_sqlite,
    "backstage": of_all(write_backstage),
    "cyclonedx": of_all(write_cyclonedx_archive),
    "techradar": of_all(lambda records: write_backstage_radar(radar_of(records))),
    "techradar-byor": of_all(lambda records: write_byor_csv(radar_of(records))),
    "techradar-zalando": of_all(lambda records: write_zalando(radar_of(records))),
    "markdown": of_all(write_adopters),
}
