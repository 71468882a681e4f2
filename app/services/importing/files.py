"""Files of our own shapes, as items."""

from app.errors import TooLarge
from app.formats.record_files import LARGEST_FILE_BYTES, read_records
from app.models import Kind
from app.services.importing.items import Item
from app.services.registry import COLLECTIONS

MOST_ITEMS = 10_000


def read_items(
    format_: str, data: bytes, kind: Kind | None = None, most: int | None = MOST_ITEMS
) -> list[Item]:
    """Read a file.

    Args:
        format_: `json`, `ndjson`, `yaml` or `csv`.
        data: the file, at most 16 MiB.
        kind: of all its records; None: the file says it.
        most: records that it may hold; None: any number.

    Raises:
        BadRequest, Invalid: the file cannot be read, as said there.
        TooLarge: it is larger than that.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise TooLarge(f"A file has at most {LARGEST_FILE_BYTES:,} bytes. Send it in parts.")
    found = read_records(format_, data, COLLECTIONS.values(), kind)
    items = [
        Item(of_kind, record, place.pointer, place.line)
        for of_kind, placed in found.items()
        for place, record in placed
    ]
    if most is not None and len(items) > most:
        raise TooLarge(f"A file holds at most {most:,} records. Send it in parts.")
    return sorted(items, key=lambda item: item.line or 0)
