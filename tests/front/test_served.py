"""The front as gunicorn serves it, with several workers."""

import json
import re
import socket
import threading
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from app.config import Settings
from app.db import Database
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
