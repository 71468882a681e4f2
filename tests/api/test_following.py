"""Who follows the feed with the loop of docs/exchange.md ends with what the atlas holds."""

import ast
import json
import os
import re
import threading
import time
from http.client import HTTPConnection
from random import Random

import marshmallow as ma
import pytest

from app.models import Scope
from app.schemas.fields import Reference
from app.schemas.records import shape_of
from app.services.registry import COLLECTIONS
from tests.client import Client
from tests.conftest import bound, make_token
from tests.databases import patient
from tests.following import Follower, RandomWriter, held_by, loop
from tests.test_run import serving

SOAK_WRITES = int(os.environ.get("SOAK_WRITES", "100000"))


class Sender:
    """Sends writes over a connection of its own."""

    def __init__(self, port, secret):
        self.http = HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def __call__(self, method, path, document):
        body = None if document is None else json.dumps(document)
        self.http.request(method, "/api/v1" + path, body, self.headers)
        response = self.http.getresponse()
        response.read()
        return response.status


class Crowd:
    """Writers, each in a thread, until so much is written."""

    def __init__(self, port, secret, writers, writes):
        self.left, self.lock, self.errors = writes, threading.Lock(), []
        senders = [Sender(port, secret) for _ in range(writers)]
        self.writers = [RandomWriter(sender, seed) for seed, sender in enumerate(senders)]
        self.threads = [threading.Thread(target=self._run, args=(writer,)) for writer in self.writers]
        for thread in self.threads:
            thread.start()

    @property
    def is_done(self):
        return not any(thread.is_alive() for thread in self.threads)

    def wait(self, writes):
        """Wait until so many more are written, or all."""
        until = self.left - writes
        while self.left > until and not self.is_done:
            time.sleep(0.01)

    def end(self):
        self.left = 0
        for thread in self.threads:
            thread.join()
        for writer in self.writers:
            writer.send.http.close()

    def _run(self, writer):
        try:
            while self.left > 0:
                before = writer.written
                writer.write()
                with self.lock:
                    self.left -= writer.written - before
        except Exception as error:  # noqa: BLE001  # told by the test's own thread
            self.errors.append(error)


def follow(session_app, database_url, folder, *, writers, writes, between):
    """Let writers write while a consumer follows and is killed.

    Args:
        session_app: the application.
        database_url: of an empty atlas.
        folder: an empty one.
        writers: that write at the same time.
        writes: of all of them.
        between: writes between two kills, at most.

    Returns: how often it was killed, and how much was written.
    """
    with bound(session_app, patient(database_url)) as database:
        secret = make_token(database, "writer", *Scope)
        with serving(folder, DATABASE_URL=database_url, WORKERS="2", WRITE_TIMEOUT_SECONDS="60") as said:
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1])
            follower = Follower(folder, f"http://127.0.0.1:{port}")
            chance = Random(1)  # noqa: S311  # the same again
            crowd = Crowd(port, secret, writers, writes)
            try:
                follower.start()
                while not crowd.is_done:
                    crowd.wait(chance.randint(between // 4, between))
                    assert follower.kill(), follower.log.read_text()
                    follower.start()
                crowd.end()
                assert crowd.errors == []
                client = Client(session_app, None)
                follower.catch_up(client.get("/changes?limit=1").get_json()["latest"])
            finally:
                crowd.end()
                follower.kill()
            assert follower.records() == held_by(client)
            return follower.kills, sum(writer.written for writer in crowd.writers)


class TestFollowing:
    def test_the_loop_has_ten_lines(self):
        lines = loop().partition("\nwhile True:\n")[2].rstrip().splitlines()
        assert len(lines) + 1 == 10

    def test_it_knows_every_member_that_points_at_a_record(self):
        told = ast.literal_eval(re.search(r"^POINTS_AT = (\{.*?^\})", loop(), re.DOTALL | re.MULTILINE)[1])
        found = dict(pair for collection in COLLECTIONS.values() for pair in references(collection.schema))
        assert told == found

    def test_a_copy_ends_equal_though_the_consumer_is_killed(self, session_app, database_url, tmp_path):
        kills, written = follow(session_app, database_url, tmp_path, writers=4, writes=200, between=60)
        assert kills > 3
        assert written >= 200

    @pytest.mark.soak
    def test_a_copy_ends_equal_after_many_writes(self, session_app, database_url, tmp_path):
        """Of SOAK_WRITES writes, 100,000 unless the environment says otherwise."""
        _kills, written = follow(
            session_app, database_url, tmp_path, writers=8, writes=SOAK_WRITES, between=500
        )
        assert written >= SOAK_WRITES


def references(schema):
    """Give the members of a shape that point at records, at every level, each with the kind of those."""
    for name, field in shape_of(schema).fields.items():
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, Reference):
            yield name, type(inner.schema).__name__.removesuffix("ReferenceSchema").lower()
        elif isinstance(inner, ma.fields.Nested):
            yield from references(type(inner.schema))
