"""An export, spooled to a file that is gone as soon as it is closed."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from app.services.exporting.records import records_of
from app.services.exporting.registry import WRITERS


@dataclass(frozen=True)
class Spooled:
    """A finished export.

    Attributes:
        file: to read from its beginning, and to close; it has no name any more.
        size: in bytes.
        sha256: digest of it all.
    """

    file: BinaryIO
    size: int
    sha256: bytes


def spool(connection: Connection, format_: str) -> Spooled:
    """Write an export to a temporary file.

    Args:
        connection: in a snapshot; it is not needed any more when the file is there.
        format_: one of `registry.WRITERS`.
    """
    handle, name = tempfile.mkstemp(prefix="atlas-export-")
    os.close(handle)
    path = Path(name)
    try:
        WRITERS[format_](records_of(connection), path)
        file = path.open("rb")
    finally:
        path.unlink()
    digest = hashlib.file_digest(file, "sha256").digest()
    size = file.tell()
    file.seek(0)
    return Spooled(file, size, digest)
