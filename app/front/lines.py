"""The log of requests: one line of JSON each, written together a few times a second."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import orjson

from app.front.asking import Asked

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

    def note(self, asked: Asked, client: str | None, status: int, size: int, milliseconds: float) -> None:
        """Note a request. The query string is left out: people paste secrets into URLs."""
        if not self._is_wanted:
            return
        event = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "pid": self._pid,
            "message": "request",
            "method": asked.method,
            "path": asked.path,
            "status": status,
            "bytes": size,
            "milliseconds": round(milliseconds, 1),
            "client": client,
            "request_id": asked.request_id.decode(),
        }
        # orjson leaves what is not ASCII as it is, and a terminal may obey some of that.
        line = orjson.dumps(event) if asked.path.isascii() else json.dumps(event).encode()
        if not self._lines:
            asyncio.get_running_loop().call_later(_EVERY_SECONDS, self.write)
        self._lines.append(line + b"\n")

    def write(self) -> None:
        """Write what was noted."""
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.buffer.write(b"".join(lines))
            sys.stderr.buffer.flush()  # a line that is late is of no use
