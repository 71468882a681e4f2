"""The formats of the export: one line each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from app.catalogs.adopters import write_adopters
from app.catalogs.backstage import write_backstage
from app.catalogs.cyclonedx import write_cyclonedx_archive
from app.catalogs.techradar import write_backstage_radar, write_byor_csv, write_zalando
from app.errors import Invalid
from app.formats.media_types import JSON, MEDIA_TYPES, NDJSON, YAML
from app.formats.writing import in_pieces, to_json
from app.services.dumping import Document
from app.services.exporting.catalogs import radar_of
from app.services.exporting.records import Records
from app.services.exporting.sqlite import write_sqlite
from app.services.exporting.tables import write_zip
from app.services.exporting.texts import json_parts, ndjson_parts, yaml_parts

MOST_AT_ONCE = 200_000
Write = Callable[[Records, Path], None]


@dataclass(frozen=True)
class Format:
    """A format of the export.

    Attributes:
        media_type: of the file.
        ending: of its name.
        write: writes it to a path, going through the records once.
    """

    media_type: str
    ending: str
    write: Write


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


FORMATS: dict[str, Format] = {
    "json": Format(MEDIA_TYPES[JSON], "json", in_parts(json_parts)),
    "ndjson": Format(MEDIA_TYPES[NDJSON], "ndjson", in_parts(ndjson_parts)),
    "yaml": Format(MEDIA_TYPES[YAML], "yaml", in_parts(yaml_parts)),
    "csv": Format("application/zip", "zip", write_zip),
    "sqlite": Format("application/vnd.sqlite3", "sqlite", write_sqlite),
    "backstage": Format("application/vnd.backstage+yaml", "catalog-info.yaml", of_all(write_backstage)),
    "cyclonedx": Format("application/vnd.cyclonedx+zip", "cdx.zip", of_all(write_cyclonedx_archive)),
    "techradar": Format(
        "application/vnd.techradar+json",
        "techradar.json",
        of_all(lambda records: write_backstage_radar(radar_of(records))),
    ),
    "techradar-byor": Format(
        "text/csv", "radar.csv", of_all(lambda records: write_byor_csv(radar_of(records)))
    ),
    "techradar-zalando": Format(
        "application/vnd.zalando-radar+json",
        "radar.json",
        of_all(lambda records: write_zalando(radar_of(records))),
    ),
    "markdown": Format("text/markdown", "md", of_all(write_adopters)),
}
