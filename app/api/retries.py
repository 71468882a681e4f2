"""Idempotency-Key: a POST that is sent again is answered again, and done once."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Request, Response, current_app
from sqlalchemy import Connection

from app.db import AtlasSession
from app.errors import Conflict, Flaw, Invalid
from app.models import IDEMPOTENCY_KEY_LENGTH, ROUTE_LENGTH
from app.services import retries
from app.services.retries import Kept, Retry

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY_PATTERN = f"^[!-~]{{1,{IDEMPOTENCY_KEY_LENGTH}}}$"
_KEY = re.compile(KEY_PATTERN)
_KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified", "Location")


class Running:
    """The requests with a key that this process is working on.

    One that another process works on waits for the writer's lock instead, and
    finds the answer kept when it gets it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._running: set[tuple[int, str, str]] = set()

    @contextmanager
    def alone(self, retry: Retry | None) -> Iterator[None]:
        """Work on a request while no other one has its key.

        Raises:
            Conflict: another one has.
        """
        if retry is None:
            yield
            return
        name = retry.token_id, retry.route, retry.key
        with self._lock:
            if name in self._running:
                detail = "The request with this key is still running. Ask again in a second."
                raise Conflict(detail, "still_running", headers={"Retry-After": "1"})
            self._running.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(name)


def running() -> Running:
    """Give the requests that the running application works on."""
    found: Running = current_app.extensions["running"]
    return found


def read_retry(request: Request, token_id: int) -> Retry | None:
    """Read the key of a request; None: it has none, or its method needs none.

    Raises:
        Invalid: it is not a key.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        detail = f"{HEADER} must be 1 to {IDEMPOTENCY_KEY_LENGTH} printable ASCII characters without blanks."
        raise Invalid(detail, flaws=[Flaw(detail, parameter=HEADER)])
    digest = hashlib.sha256()
    for part in (request.query_string, request.headers.get("Content-Type", "").encode(), request.get_data()):
        digest.update(b"%d:" % len(part) + part)
    route = f"POST {request.path.rstrip('/')}"[:ROUTE_LENGTH]
    return Retry(token_id, route, key, digest.hexdigest())


def replay(connection: Connection, retry: Retry | None, now: datetime) -> Response | None:
    """Give the answer again to a request that was done already, or None.

    Raises:
        Invalid: the key was used for another request.
    """
    kept = retry and retries.find(connection, retry, now)
    if not kept:
        return None
    response = Response(kept.body, kept.status, headers=dict(kept.headers))
    response.headers[REPLAYED] = "true"
    return response


def keep(session: AtlasSession, retry: Retry | None, response: Response) -> None:
    """Keep the answer to a request with a key, in the transaction of its effect."""
    if retry is not None:
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        retries.keep(session, retry, Kept(response.status_code, headers, response.get_data()))
