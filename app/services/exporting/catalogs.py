"""What an export in the shape of another catalog needs beside the records."""

from datetime import UTC, date, datetime

from app.catalogs.catalog import Records
from app.catalogs.techradar import Radar


def radar_of(records: Records) -> Radar:
    """Make everybody's radar, dated by the newest source: the same state of the atlas is the same radar."""
    days = [source[name] for source in records["sources"] for name in ("accessed_on", "published_on")]
    newest = max((day for day in days if day), default=None)
    return Radar(records, date.fromisoformat(newest) if newest else datetime.now(UTC).date())
