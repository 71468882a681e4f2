"""The formats of the export: one line each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.catalogs.adopters import write_adopters
from app.catalogs.backstage import write_backstage
from app.catalogs.cyclonedx import write_cyclonedx_archive
from app.catalogs.techradar import write_backstage_radar, write_byor_csv, write_zalando
from app.formats.media_types import JSON, MEDIA_TYPES, NDJSON, YAML
from app.formats.writing import in_pieces
from app.services.exporting.catalogs import as_radar, in_full
from app.services.exporting.records import Records
from app.services.exporting.sqlite import write_sqlite
from app.services.exporting.tables import write_zip
from app.services.exporting.texts import json_parts, ndjson_parts, yaml_parts

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


FORMATS: dict[str, Format] = {
    "json": Format(MEDIA_TYPES[JSON], "json", in_parts(json_parts)),
    "ndjson": Format(MEDIA_TYPES[NDJSON], "ndjson", in_parts(ndjson_parts)),
    "yaml": Format(MEDIA_TYPES[YAML], "yaml", in_parts(yaml_parts)),
    "csv": Format("application/zip", "zip", write_zip),
    "sqlite": Format("application/vnd.sqlite3", "sqlite", write_sqlite),
    "backstage": Format("application/vnd.backstage+yaml", "catalog-info.yaml", in_full(write_backstage)),
    "cyclonedx": Format("application/vnd.cyclonedx+zip", "cdx.zip", in_full(write_cyclonedx_archive)),
    "techradar": Format("application/vnd.techradar+json", "techradar.json", as_radar(write_backstage_radar)),
    "techradar-byor": Format("text/csv", "radar.csv", as_radar(write_byor_csv)),
    "techradar-zalando": Format("application/vnd.zalando-radar+json", "radar.json", as_radar(write_zalando)),
    "markdown": Format("text/markdown", "md", in_full(write_adopters)),
}
