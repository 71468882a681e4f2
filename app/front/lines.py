"""The log of requests: one line of JSON each, written together a few times a second."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

_EVERY_SECONDS = 0.2


class Lines:
    """Lines of the log that wait to be written."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Begin with none.

        Args:
            is_wanted: whether requests are logged at all.
        """
        self._is_wanted = is_wanted
        self._lines: list[bytes] = []
        self._pid = os.getpid()

    def note(
        self, scope: dict[str, Any], status: int, size: int, milliseconds: float, request_id: bytes
    ) -> None:
        """Note a request. The query string is left out: people paste secrets into URLs."""
        if not self._is_wanted:
            return
        path = scope["path"]
        event = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "pid": self._pid,
            "message": "request",
            "method": scope["method"],
            "path": path,
            "status": status,
            "bytes": size,
            "milliseconds": round(milliseconds, 1),
            "client": scope["client"][0] if scope["client"] else None,
            "request_id": request_id.decode(),
        }
        # orjson leaves what is not ASCII as it is, and a terminal may obey some of that.
        line = orjson.dumps(event) if path.isascii() else json.dumps(event).encode()
        if not self._lines:
            asyncio.get_running_loop().call_later(_EVERY_SECONDS, self.write)
        self._lines.append(line + b"\n")

    def write(self) -> None:
        """Write what was noted."""
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.buffer.write(b"".join(lines))
            sys.stderr.buffer.flush()  # a line that is late is of no use
