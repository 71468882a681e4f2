"""The export as tables: a ZIP of one CSV file a kind."""

import zipfile
from pathlib import Path

from app.formats.csv_columns import columns_of
from app.formats.writing import write_csv
from app.services.exporting.records import Records

# The same atlas makes the same bytes, whatever the time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_zip(records: Records, path: Path) -> None:
    """Write a table for each kind, as the list in CSV but for what cannot be written back."""
    with zipfile.ZipFile(path, "w") as archive:
        for collection, items in records:
            entry = zipfile.ZipInfo(f"{collection.path}.csv", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in write_csv(items, columns_of(collection.schema, is_flat=True)):
                    file.write(piece)
