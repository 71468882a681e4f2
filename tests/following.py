"""The loop of docs/exchange.md that keeps a copy in step: started, killed, compared with its atlas."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from random import Random

from app.services.flattening import flatten
from app.services.registry import COLLECTIONS
from tests.client import walk
from tests.documents import read

PATIENCE_SECONDS = 120


def loop() -> str:
    """Give the text of the loop."""
    (text,) = re.findall(r"^```python\n(.*?)^```$", read("docs/exchange.md"), re.DOTALL | re.MULTILINE)
    return text


class Follower:
    """A process that runs the loop, in a folder of its own."""

    def __init__(self, folder, origin):
        self.origin, self.script, self.file = origin, folder / "follow.py", folder / "copy.db"
        self.log = folder / "follow.log"
        self.script.write_text(loop(), "utf-8")
        self.process = None
        self.kills = 0

    def start(self):
        command = [sys.executable, str(self.script), self.origin, str(self.file)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stderr=log)  # noqa: S603  # the document's own text

    def kill(self):
        """Kill it as a machine that loses its power would; gives whether it ran until then."""
        ran = self.process.poll() is None
        self.process.kill()
        self.process.wait()
        self.kills += 1
        return ran

    def catch_up(self, version):
        """Wait until it has come to a version."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._place().endswith(f"since={version}"):
            assert time.monotonic() < end, (self._place(), version, self.log.read_text())
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def records(self):
        """Give what the copy holds: states by kind and slug."""
        with closing(sqlite3.connect(self.file)) as copy:
            rows = copy.execute("SELECT kind, slug, state FROM record").fetchall()
        return {(kind, slug): in_order(json.loads(state)) for kind, slug, state in rows}

    def _place(self):
        with closing(sqlite3.connect(self.file, timeout=60)) as copy:
            try:
                return (copy.execute("SELECT url FROM place").fetchone() or [""])[0]
            except sqlite3.OperationalError:
                return ""  # it has not begun


def held_by(client):
    """Give what an atlas holds, as a copy has it."""
    return {
        (kind.value, item["slug"]): in_order(flatten(collection.schema, item))
        for kind, collection in COLLECTIONS.items()
        for page in walk(client, f"/{collection.path}?limit=200")
        for item in page["items"]
    }


def in_order(value):
    """Give a document with its lists sorted; most are sorted by names, which the log does not follow."""
    if isinstance(value, dict):
        return {name: in_order(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted(
            (in_order(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True)
        )
    return value


class RandomWriter:
    """Writes at random among some records, which other ones write too; keeps what was written."""

    def __init__(self, send, seed, records=6):
        """Begin.

        Args:
            send: method, path and document; gives the status.
            seed: of its chance.
            records: slugs of each kind.
        """
        self.send, self.chance, self.most = send, Random(seed), records  # noqa: S311  # the same again
        self.statuses = {}
        self.written = 0
        self.actions = (self.put, self.put, self.put, self.patch, self.add_evidence, self.rename, self.delete)

    def write(self):
        method, path, document = self.chance.choice(self.actions)(self.chance.choice(list(COLLECTIONS)))
        status = self.send(method, path, document)
        assert status < 500 or status == 503, (method, path, status)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.written += status in {200, 201, 204}

    def put(self, kind):
        slug = self._slug(kind)
        document = {"title" if kind in {"use_case", "source"} else "name": f"{slug} {self._number()}"}
        return "PUT", f"/{COLLECTIONS[kind].path}/{slug}", document | getattr(self, f"_{kind}", dict)()

    def patch(self, kind):
        name = "title" if kind in {"use_case", "source"} else "name"
        document = {name: f'Other \u00fc\U0001f600 "{self._slug(kind)}" {self._number()}'}
        return "PATCH", f"/{COLLECTIONS[kind].path}/{self._slug(kind)}", document

    def add_evidence(self, _kind):
        piece = {"source": self._slug("source"), "line": self._number()}
        return "POST", f"/use-cases/{self._slug('use_case')}/evidence", piece

    def rename(self, kind):
        return "PATCH", f"/{COLLECTIONS[kind].path}/{self._slug(kind)}", {"slug": self._slug(kind)}

    def delete(self, kind):
        word = "?cascade=true" if kind == "team" else ""
        return "DELETE", f"/{COLLECTIONS[kind].path}/{self._slug(kind)}{word}", None

    def _slug(self, kind):
        # The same slugs in all kinds: what is renamed in one must stay in the others.
        few = self.most * (3 if kind == "use_case" else 1)
        return f"thing-{self.chance.randrange(few)}"

    def _number(self):
        return self.chance.randrange(1, 100_000)

    def _maybe(self, kind):
        return self._slug(kind) if self.chance.randrange(2) else None

    def _source(self):
        return {"kind": "article"}

    def _team(self):
        return {"organization": self._slug("organization"), "aliases": [f"Team {self._number()}"]}

    def _library(self):
        known = {"lifecycle": "deprecated", "lifecycle_source": self._maybe("source")}
        follower = {"replaced_by": self._maybe("library"), "replaced_by_source": self._maybe("source")}
        return {"maker": self._maybe("organization"), **known, **follower}

    def _use_case(self):
        purposes = sorted({self._slug("purpose") for _ in range(self.chance.randrange(3))})
        return {
            "team": self._slug("team"),
            "purposes": purposes,
            "usages": [{"library": self._slug("library")}],
            "evidence": [{"source": self._slug("source"), "line": self._number()}],
        }
