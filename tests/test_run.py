"""The real thing: gunicorn with its settings, over sockets."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from app.config import PROJECT_FOLDER, Settings
from app.db import Database
from app.models import Scope
from tests.conftest import make_token

GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
GREETING = "Ctrl+C stops it."


def environment(**variables):
    return {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": "0", "LOG_LEVEL": "WARNING", **variables}


@contextmanager
def serving(folder, **variables):
    """Run the atlas until the end of the block; gives what it says at its start."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603  # our own command
            GUNICORN,
            cwd=PROJECT_FOLDER,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        said = ""
        for line in process.stdout:
            said += line
            if GREETING in line:
                break
        try:
            yield said
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def url(sqlite_farm):
    url = sqlite_farm.fresh("seeded")
    yield url
    sqlite_farm.drop(url)


@pytest.fixture(scope="module")
def secret(url):
    database = Database(Settings(database_url=url))
    yield make_token(database, "tester", Scope.WRITE)
    database.dispose()


@pytest.fixture(scope="module")
def banner(url, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("run"), DATABASE_URL=url, WORKERS="2") as said:
        yield said


@pytest.fixture(scope="module")
def port(banner):
    return int(re.search(r"http://127\.0\.0\.1:(\d+)/", banner)[1])


@pytest.fixture
def ask(port, secret):
    """Sends one request on a connection of its own."""

    def send(method, path, body=None, **headers):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        data = None if body is None else json.dumps(body)
        if method != "GET":
            headers |= {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response, json.loads(text) if text else None

    return send


def on_the_wire(port, request):
    """Send bytes and give the head and the body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
        sock.sendall(request)
        answer = b"".join(iter(lambda: sock.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body


class TestBanner:
    def test_it_shows_three_questions_that_are_answered(self, banner, port, ask):
        commands = [shlex.split(line) for line in banner.splitlines() if line.strip().startswith("curl ")]
        answers = [ask("GET", command[-1].partition(str(port))[2]) for command in commands]
        assert [command[:2] for command in commands] == [["curl", "-s"]] * 3
        assert [response.status for response, _document in answers] == [200, 200, 200]
        assert all(document["total"] > 0 for _response, document in answers)

    def test_it_shows_pages_that_are_there(self, banner, port, ask):
        pages = [line.split()[0] for line in banner.splitlines() if line.strip().startswith("http")]
        assert [ask_status(port, page) for page in pages] == [200] * 3


def ask_status(port, page):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", page.partition(str(port))[2])
    status = connection.getresponse().status
    connection.close()
    return status


class TestWorkers:
    def test_each_sees_at_once_what_the_other_wrote(self, ask):
        for number in range(10):
            ask("PUT", "/api/v1/purposes/shared", {"name": "Shared", "description": str(number)})
            seen = {ask("GET", "/api/v1/purposes/shared")[1]["description"] for _ in range(4)}
            assert seen == {str(number)}

    def test_answers_name_no_server(self, ask):
        response, _document = ask("GET", "/livez")
        assert response.headers["Server"] is None

    def test_the_database_is_the_one_of_the_settings(self, ask):
        _response, document = ask("GET", "/readyz")
        assert (document["status"], document["database"]["name"]) == ("ready", "sqlite")


class TestOnTheWire:
    @pytest.mark.parametrize(
        ("request_", "status", "code"),
        [
            (
                (
                    b"POST /api/v1/purposes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                ),
                411,
                "length_required",
            ),
            (b"GET /api/v1/teams HTTP/1.1\r\nHost: a..b\r\nConnection: close\r\n\r\n", 400, "bad_host"),
            (b"GET /api/v1/teams HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "bad_host"),
            (b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, "method_not_allowed"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_request"),
            (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri_too_long"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers_too_large"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad_request"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_is_broken_gets_one_problem(self, port, request_, status, code):
        head, body = on_the_wire(port, request_)
        document = json.loads(body)
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "application/problem+json" in head
        assert (document["status"], document["code"], document["errors"]) == (status, code, [])


class TestWhatCannotStart:
    def run(self, **variables):
        return subprocess.run(  # noqa: S603  # our own command
            GUNICORN,
            cwd=PROJECT_FOLDER,
            env=environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def test_a_taken_port_is_told_with_a_way_out(self, port):
        done = self.run(PORT=str(port))
        assert done.returncode != 0
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"Cannot listen on port {port} of 127.0.0.1: it is taken.")
        assert line.endswith(f" Take another one: PORT={port + 1} make run")

    def test_a_foreign_address_is_told(self):
        assert "HOST must be an address of this machine." in self.run(HOST="203.0.113.1").stderr

    @pytest.mark.parametrize("variables", [{"PORT": "many"}, {"WORKERS": "0"}, {"LOG_LEVEL": "LOUD"}])
    def test_a_wrong_setting_is_one_line(self, variables):
        done = self.run(**variables)
        assert done.returncode != 0
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith(f"{next(iter(variables))}: must be ")


class TestLog:
    def test_it_is_one_line_of_json_an_event_without_query_strings(self, url, tmp_path):
        with serving(tmp_path, DATABASE_URL=url, WORKERS="1", LOG_LEVEL="INFO") as said:
            port = int(re.search(r":(\d+)/", said)[1])
            on_the_wire(port, b"GET /livez?token=ta_secret HTTP/1.0\r\nX-Request-Id: mine\r\n\r\n")
        events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        event = next(event for event in events if event.get("path") == "/livez")
        assert (event["status"], event["method"], event["request_id"]) == (200, "GET", "mine")
        assert "ta_secret" not in (tmp_path / "log").read_text()


_HOOKS = """
import gc, runpy, sys, types
hooks = runpy.run_path("gunicorn.conf.py")
worker = types.SimpleNamespace(loop=types.SimpleNamespace())
hooks["pre_fork"](None, worker)
hooks["post_fork"](None, worker)
print(gc.isenabled())
hooks["post_worker_init"](worker)
print(gc.isenabled(), gc.get_freeze_count() > 0, sys.getswitchinterval())
"""


def test_a_worker_collects_no_garbage_while_it_starts_and_its_threads_take_short_turns():
    ran = subprocess.run(  # noqa: S603  # our own Python
        [sys.executable, "-c", _HOOKS], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["False", "True", "True", "0.001"]
