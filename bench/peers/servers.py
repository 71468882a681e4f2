"""Starting the atlas and its peers, each with two processes on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import click

from app.config import PROJECT_FOLDER

_PEERS = PROJECT_FOLDER / ".venv-peers" / "bin"
_PROCESSES = "2"
_PATIENCE_SECONDS = 60
_AT_ONCE_SECONDS = 0.2
_GUNICORN = ("gunicorn", "-c", "/dev/null", "--no-control-socket", "--log-level=error", "-w", _PROCESSES)
_WSGI = (*_GUNICORN, "-k", "gthread", "--threads", "4")
_ASGI = (*_GUNICORN, "-k", "asgi")
_DATASETTE = ("--setting", "sql_time_limit_ms", "60000", "--setting", "facet_time_limit_ms", "60000")


@dataclass(frozen=True)
class Peer:
    """A server to measure.

    Attributes:
        command: that starts it; `{port}` and `{file}` (of an SQLite database) are put in.
        environ: beside the common one.
        is_atlas: runs from the atlas's own environment.
    """

    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    is_atlas: bool = False


PEERS = {
    "atlas": Peer(("gunicorn", "-c", "gunicorn.conf.py"), is_atlas=True),
    "atlas, no cache": Peer(("gunicorn", "-c", "gunicorn.conf.py"), {"CACHE_BYTES": "0"}, is_atlas=True),
    "bare Flask": Peer((*_WSGI, "-b", "127.0.0.1:{port}", "bench.peers.prebuilt:flask_app")),
    "bare flask-restx": Peer((*_WSGI, "-b", "127.0.0.1:{port}", "bench.peers.prebuilt:restx_app")),
    "raw WSGI": Peer((*_WSGI, "-b", "127.0.0.1:{port}", "bench.peers.prebuilt:wsgi_app")),
    "raw ASGI": Peer((*_ASGI, "-b", "127.0.0.1:{port}", "bench.peers.prebuilt:asgi_app")),
    "flask-restx + ORM": Peer((*_WSGI, "-b", "127.0.0.1:{port}", "bench.peers.restx_orm:app")),
    "FastAPI": Peer(
        (
            "uvicorn",
            "--log-level=error",
            "--no-access-log",
            "--workers",
            _PROCESSES,
            "--port",
            "{port}",
            "bench.peers.fastapi_sqlalchemy:app",
        )
    ),
    "Django REST framework": Peer((*_WSGI, "-b", "127.0.0.1:{port}", "bench.peers.django_rest:app")),
    "Datasette": Peer(("datasette", "serve", "-i", "{file}", "-p", "{port}", *_DATASETTE)),
}


@dataclass(frozen=True)
class Started:
    """A running server, and where it is."""

    name: str
    origin: str


def start(stack: ExitStack, name: str, database_url: str, body: Path, log: Path) -> Started:
    """Start a server, and stop it with the stack.

    Args:
        stack: that ends it.
        name: of the peer.
        database_url: of the atlas that it serves.
        body: file with the bytes that bare peers send.
        log: what it says is added there.

    Raises:
        click.ClickException: it does not answer.
    """
    peer, port = PEERS[name], _free_port()
    words = {"port": port, "file": database_url.removeprefix("sqlite:///")}
    command = [word.format(**words) for word in peer.command]
    folder = Path(sys.executable).parent if peer.is_atlas else _PEERS
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "BODY": str(body),
        "PORT": str(port),
        "PYTHONPATH": str(PROJECT_FOLDER),
        "LOG_LEVEL": "WARNING",
        **peer.environ,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own words
            [folder / command[0], *command[1:]], env=environ, cwd=PROJECT_FOLDER, stdout=output, stderr=output
        )
    stack.callback(_stop, process)
    origin = f"http://127.0.0.1:{port}"
    _wait(process, origin, name, log)
    return Started(name, origin)


def settle(origin: str) -> None:
    """Wait until a server answers at once again."""
    for _ in range(_PATIENCE_SECONDS):
        began_at = time.monotonic()
        if _answers(origin) and time.monotonic() - began_at < _AT_ONCE_SECONDS:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], origin: str, name: str, log: Path) -> None:
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        if _answers(origin):
            return
        time.sleep(0.1)
    message = f"{name} does not answer; {log} says why."
    raise click.ClickException(message)


def _answers(origin: str) -> bool:
    """Say whether a server answers, be it that there is nothing."""
    try:
        urlopen(origin, timeout=5).close()  # noqa: S310  # our own address
    except HTTPError:
        return True
    except OSError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
