"""Where the checker sends its requests: an application in this process, or the real server."""

import json
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import NamedTuple
from unittest import mock

from app.models import Scope
from tests.client import Client
from tests.conftest import bound, make_token
from tests.databases import patient
from tests.documents import environment
from tests.test_run import serving

NAME = "checker"
DAYS = 360
_KEPT_SECONDS = 3


class Answer(NamedTuple):
    status: int
    headers: object
    text: str

    @property
    def document(self):
        return json.loads(self.text) if self.text else None


class Local:
    """The application in this process, which is bound to its database anew when it is restarted."""

    def __init__(self, app, url):
        self.app, self.url, self.past = app, url, 0
        self._bound = None
        self._start()
        self.secret = make_token(self.app.extensions["database"], NAME, *Scope, days=DAYS)

    def clock(self):
        return datetime.now(UTC) + timedelta(seconds=self.past)

    def pass_time(self, seconds):
        self.past += seconds

    def send(self, method, path, text=None, headers=None):
        sent = {"Authorization": f"Bearer {self.secret}"} if method != "GET" else {}
        found = Client(self.app, None).open(method, path, data=text, headers=sent | (headers or {}))
        return Answer(found.status_code, found.headers, found.get_data(as_text=True))

    def restart(self):
        self.close()
        self._start()

    def close(self):
        self._bound.close()

    def _start(self):
        self._bound = ExitStack()
        database = self._bound.enter_context(bound(self.app, patient(self.url)))
        database.clock = self.clock
        self._bound.enter_context(mock.patch("app.services.freshness.utc_now", self.clock))


class Remote:
    """The real server, over sockets, with two workers."""

    def __init__(self, app, url, folder):
        self.url, self.folder, self.past = url, folder, 0
        with bound(app, patient(url)) as database:
            self.secret = make_token(database, NAME, *Scope, days=DAYS)
        self._served = self._http = None
        self._start()

    def clock(self):
        return datetime.now(UTC)

    def pass_time(self, _seconds):
        """Its clock goes by itself."""

    def send(self, method, path, text=None, headers=None):
        sent = {"Authorization": f"Bearer {self.secret}"} if method != "GET" else {}
        if time.monotonic() > self._used + _KEPT_SECONDS:
            self._http.close()  # the server did so after five; the next request opens another one
        self._used = time.monotonic()
        body = None if text is None else text.encode()
        self._http.request(method, "/api/v1" + path, body, sent | (headers or {}))
        response = self._http.getresponse()
        return Answer(response.status, response.headers, response.read().decode())

    def restart(self):
        self.close()
        self._start()

    def close(self):
        self._http.close()
        self._served.close()

    def _start(self):
        self._served = ExitStack()
        variables = {"DATABASE_URL": self.url, "WORKERS": "2", "WRITE_TIMEOUT_SECONDS": "60"}
        said = self._served.enter_context(serving(self.folder, READ_TIMEOUT_SECONDS="60", **variables))
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1])
        self._http, self._used = HTTPConnection("127.0.0.1", port, timeout=120), time.monotonic()


def prune(url, seq):
    """Prune the log with the command for it."""
    command = [sys.executable, "-P", "-m", "app.cli", "history", "prune", "--before", str(seq), "--yes"]
    subprocess.run(command, env=environment(url), check=True, capture_output=True)  # noqa: S603  # our own
