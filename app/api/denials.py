"""Requests that were refused for want of a right, summed up in the audit log.

A flood of them must neither fill the disk nor take the write lock each time.
So they are counted here, by kind, token and network, and written at most once
in `AUDIT_DENIALS_SECONDS`: a second after the first one, then that far apart.
Beyond twenty different ones, the rest is one row. What a killed process has
not written yet stands in the log of requests alone. See decision 0026.
"""

import atexit
import logging
import threading
import time
from typing import Any

from flask import current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from app.api.addresses import written_down
from app.api.responses import NOBODY
from app.db import Author, Database
from app.errors import AtlasError
from app.services import auditing

_FIRST_AFTER_SECONDS = 1.0
_MOST_ROWS = 20
_OTHERS = ("others", "", "")

_log = logging.getLogger("atlas")


class Denials:
    """What was refused in this process and is not written yet."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._timer: threading.Timer | None = None
        self._written_at = float("-inf")

    def note(self, error: AtlasError) -> None:
        """Count a refusal of the current request; it is written soon, and not by this request."""
        apart = current_app.config["ATLAS_SETTINGS"].audit_denials_seconds
        if not apart:
            return
        bearer = g.get("bearer")
        who = bearer.name if bearer else ""
        self._count((error.code, who, written_down(request.remote_addr)), f"{request.method} {request.path}")
        with self._lock:
            if self._timer is None:
                wait = max(_FIRST_AFTER_SECONDS, self._written_at + apart - time.monotonic())
                arguments = (current_app.extensions["database"],)
                self._timer = threading.Timer(wait, self.write, arguments)
                self._timer.daemon = True
                self._timer.start()
                atexit.register(self.write, *arguments)

    def write(self, database: Database) -> None:
        """Write what was counted, in a transaction of its own."""
        with self._lock:
            counted, self._counted, self._timer = self._counted, {}, None
            self._written_at = time.monotonic()
        atexit.unregister(self.write)
        if not counted:
            return
        try:
            with database.writing(Author(NOBODY, "denials")) as session:
                for (code, who, network), detail in counted.items():
                    auditing.note(session, "denied", who or network or code, {"code": code, **detail})
        except SQLAlchemyError:
            _log.exception("denials are not written", extra={"event": {"rows": len(counted)}})

    def _count(self, key: tuple[str, str, str], first: str) -> None:
        with self._lock:
            if key not in self._counted and len(self._counted) >= _MOST_ROWS:
                key = _OTHERS
            detail = {"network": key[2], "first": first[:200], "count": 0, "request_id": g.request_id}
            self._counted.setdefault(key, detail)["count"] += 1
