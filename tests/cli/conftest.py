"""What tests of the command line stand on: runners, a live atlas, a server that answers as it is told."""

import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from app.cli import atlas
from tests.conftest import bound
from tests.databases import patient
from tests.documents import live_atlas

PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    """Run in the environment of a person who has set nothing."""
    for name in ("TOOLATLAS_URL", "TOOLATLAS_TOKEN", "NO_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(app):
    """Runs `flask atlas ...` on the test's own atlas."""
    runner = app.test_cli_runner()
    return lambda *words, **options: runner.invoke(atlas, words, **options)


@pytest.fixture
def away():
    """Runs `toolatlas ...` where there is no Flask around it."""
    return lambda *words, **options: CliRunner().invoke(atlas, words, **options)


@pytest.fixture(scope="session")
def only_read_url(sqlite_farm):
    """The URL of a seeded database that tests only read."""
    return sqlite_farm.fresh("seeded")


@pytest.fixture(scope="session")
def live_origin(only_read_url):
    """The origin of a live atlas that tests only read."""
    with live_atlas(only_read_url) as origin:
        yield origin


@pytest.fixture(params=["here", "remote"])
def ask(request, session_app, only_read_url, live_origin):
    """Runs a command on a seeded atlas: this host's, and the same one over HTTP."""
    with bound(session_app, patient(only_read_url)):
        runner = session_app.test_cli_runner()
        if request.param == "remote":
            runner = CliRunner(env={"TOOLATLAS_URL": live_origin})
        yield lambda *words: runner.invoke(atlas, words)


class Server(ThreadingHTTPServer):
    """A server that gives the answers that a test puts into it, by path, and keeps what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = {}
        self.requests = []
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def give(self, path, document, status=200, media_type="application/json", **headers):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": media_type, **named}, body)

    def refuse(self, path, status, document, **headers):
        self.give(path, document, status, PROBLEM, **headers)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.requests.append((self.command, self.path, self.headers, self.rfile.read(length)))
        path = self.path.partition("?")[0].removeprefix("/api/v1")
        fallback = (404, {"Content-Type": PROBLEM}, b'{"detail": "Nothing here."}')
        # The one for the very URL, else the one for its path.
        answer = self.server.answers.get(self.path.removeprefix("/api/v1"))
        status, headers, body = answer or self.server.answers.get(path, fallback)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  # the base class wants this name

    def log_message(self, *_of_the_line):
        """Keep quiet."""


@pytest.fixture
def server():
    """A server that answers as it is told."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def of_server(server):
    """Runs `toolatlas ...` on that server."""
    return lambda *words, **options: CliRunner(env={"TOOLATLAS_URL": server.origin}).invoke(
        atlas, words, **options
    )


class Terminal(io.StringIO):
    """A terminal, as far as programs ask."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Makes standard output a terminal of 60 columns, and gives it: `screen = terminal()`."""

    def begin():
        screen = Terminal()
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setenv("COLUMNS", "60")
        return screen

    return begin
