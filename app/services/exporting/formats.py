"""What the export comes in: media types and names of files. `registry.py` has the writers."""

from dataclasses import dataclass

from app.formats.media_types import JSON, MEDIA_TYPES, NDJSON, YAML


@dataclass(frozen=True)
class Format:
    """A format of the export.

    Attributes:
        media_type: of the file.
        ending: of its name.
    """

    media_type: str
    ending: str


FORMATS: dict[str, Format] = {
    "json": Format(MEDIA_TYPES[JSON], "json"),
    "ndjson": Format(MEDIA_TYPES[NDJSON], "ndjson"),
    "yaml": Format(MEDIA_TYPES[YAML], "yaml"),
    "csv": Format("application/zip", "zip"),
    "sqlite": Format("application/vnd.sqlite3", "sqlite"),
    "backstage": Format("application/vnd.backstage+yaml", "catalog-info.yaml"),
    "cyclonedx": Format("application/vnd.cyclonedx+zip", "cdx.zip"),
    "techradar": Format("application/vnd.techradar+json", "techradar.json"),
    "techradar-byor": Format("text/csv", "radar.csv"),
    "techradar-zalando": Format("application/vnd.zalando-radar+json", "radar.json"),
    "markdown": Format("text/markdown", "md"),
}
