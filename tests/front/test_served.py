"""The front as gunicorn serves it, with several workers."""

import json
import os
import re
import signal
import socket
import threading
import time
from collections import Counter as Counts
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from app.config import Settings
from app.db import Database
from app.front.door import _ALONE_SECONDS
from app.models import Scope
from tests.conftest import make_token
from tests.test_run import serving

WRITES = 60
READERS = 4


def port_of(said):
    return int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1])


def is_answered(port, seconds):
    """Say whether a request is answered within a time."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=seconds)) as connection:
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except TimeoutError:
            return False


class Crowd:
    """Connections that are kept, and which worker serves each: the log of requests says so."""

    def __init__(self, stack, folder, port):
        self.stack, self.log, self.port, self.names = stack, folder / "log", port, []

    def come(self, number):
        for _ in range(number):
            connection = self.stack.enter_context(closing(HTTPConnection("127.0.0.1", self.port, timeout=60)))
            self.names.append(f"crowd-{len(self.names)}")
            connection.request("GET", "/livez", headers={"X-Request-Id": self.names[-1]})
            assert connection.getresponse().read()

    def by_worker(self):
        """Count the connections of each worker by its process id."""
        for _ in range(600):
            events = [json.loads(line) for line in self.log.read_text().splitlines()]
            served = {event["request_id"]: event["pid"] for event in events if "request_id" in event}
            if served.keys() >= set(self.names):
                break
            time.sleep(0.1)
        return Counts(served[name] for name in self.names)


class Counter:
    """A record whose description is a number, written by one and read by many."""

    def __init__(self, port, secret):
        self.port, self.acknowledged, self.is_over, self.wrong = port, 0, False, []
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def write(self):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            for number in range(1, WRITES + 1):
                body = json.dumps({"name": "Counter", "description": str(number)})
                connection.request("PUT", "/api/v1/purposes/counter", body, self.headers)
                response = connection.getresponse()
                answer = response.read()
                assert response.status in {200, 201}, answer
                self.acknowledged = number

    def read(self):
        while not self.is_over:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
                for _ in range(20):
                    least = self.acknowledged
                    connection.request("GET", "/api/v1/purposes/counter")
                    response = connection.getresponse()
                    document = json.loads(response.read())
                    if least and int(document.get("description", 0)) < least:
                        self.wrong.append((least, document))


class TestConsistency:
    def test_a_read_that_begins_behind_an_acknowledgement_sees_what_was_written(self, database_url, tmp_path):
        database = Database(Settings(database_url=database_url))
        secret = make_token(database, "writer", Scope.WRITE)
        database.dispose()
        with serving(tmp_path, DATABASE_URL=database_url, WORKERS="2") as said:
            counter = Counter(port_of(said), secret)
            readers = [threading.Thread(target=counter.read) for _ in range(READERS)]
            for thread in readers:
                thread.start()
            try:
                counter.write()
            finally:
                counter.is_over = True
                for thread in readers:
                    thread.join()
        assert (counter.acknowledged, counter.wrong) == (WRITES, [])


class TestShares:
    def test_each_worker_gets_its_share_of_the_connections_and_one_that_hangs_stops_nobody(
        self, sqlite_farm, tmp_path
    ):
        url = sqlite_farm.fresh("seeded")
        # Behind proxies, connections that nobody uses are kept for longer than this takes.
        words = {"DATABASE_URL": url, "WORKERS": "2", "LOG_LEVEL": "INFO", "PROXIES": "1"}
        with serving(tmp_path, **words) as said, ExitStack() as stack:
            crowd = Crowd(stack, tmp_path, port_of(said))
            while len(first := crowd.by_worker()) < 2:
                crowd.come(1)
            (other, _most), (hanging, fewest) = first.most_common()
            os.kill(hanging, signal.SIGSTOP)
            try:
                crowd.come(8)
                alone = crowd.by_worker()
            finally:
                os.kill(hanging, signal.SIGCONT)
            time.sleep(_ALONE_SECONDS)  # in which nobody waits for the one that hung
            crowd.come(alone[other] - fewest)
            shared = crowd.by_worker()
        sqlite_farm.drop(url)
        assert alone == first + Counts({other: 8})
        # Which of two that wake at the same time is first is a matter of luck, but not for many.
        assert shared[hanging] >= shared[other] - 4
        assert shared.total() == alone.total() + alone[other] - fewest


class TestSlowClients:
    @pytest.mark.parametrize(("front", "is_served"), [("true", True), ("false", False)])
    def test_they_keep_nobody_from_being_served_as_they_would_without_the_front(
        self, sqlite_farm, tmp_path, front, is_served
    ):
        url = sqlite_farm.fresh("seeded")
        words = {"DATABASE_URL": url, "WORKERS": "1", "THREADS": "1", "FRONT": front}
        with serving(tmp_path, **words) as said, ExitStack() as crowd:
            assert is_answered(port_of(said), seconds=60)
            for _ in range(20):
                slow = crowd.enter_context(socket.create_connection(("127.0.0.1", port_of(said))))
                slow.sendall(b"POST /api/v1/import HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n")
            was_served = is_answered(port_of(said), seconds=3)
        sqlite_farm.drop(url)
        assert was_served is is_served
