"""Exports in the shapes of other catalogs; these hold all records in memory while they are written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from app.catalogs.catalog import Records as Held
from app.catalogs.techradar import Radar
from app.services.exporting.records import Records

Write = Callable[[Records, Path], None]


def in_full(write: Callable[[Held], str | bytes]) -> Write:
    """Make a writer of a function from all records to the text or the bytes of a file."""

    def write_file(records: Records, path: Path) -> None:
        written = write(_held(records))
        path.write_bytes(written.encode() if isinstance(written, str) else written)

    return write_file


def as_radar(write: Callable[[Radar], str]) -> Write:
    """Make a writer of a function from a radar to the text of a file."""
    return in_full(lambda held: write(Radar(held, _newest(held))))


def _held(records: Records) -> dict[str, list[dict[str, Any]]]:
    """Hold all records, by the path of their collection, dates as they are written."""
    return {
        collection.path: [orjson.loads(orjson.dumps(record)) for record in items]
        for collection, items in records
    }


def _newest(held: Held) -> date:
    """Give the day of the newest source, so that the same state of the atlas is the same radar."""
    days = [source[name] for source in held["sources"] for name in ("accessed_on", "published_on")]
    newest = max((day for day in days if day), default=None)
    return date.fromisoformat(newest) if newest else datetime.now(UTC).date()
