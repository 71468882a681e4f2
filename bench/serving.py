"""A server of our own to measure, and a token for it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.config import PROJECT_FOLDER, Settings
from app.db import Author, Database
from app.models import Scope
from app.services import tokens


def import_token(settings: Settings) -> str:
    """Make a token that may import."""
    database = Database(settings)
    with database.writing(Author("bench", "bench")) as session:
        secret = tokens.create(session, "bench", [Scope.IMPORT], ())
    database.dispose()
    return secret


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """Serve a database, and give the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": settings.database_url, "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=PROJECT_FOLDER, env=environment, **quiet)  # noqa: S603  # our own server
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/livez")
        except OSError:
            time.sleep(0.1)
        else:
            return
