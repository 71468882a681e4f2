"""Measures whole lists and exports: rows a second, and memory over idle: `python -m bench.streaming --help`.

Each way runs in a process of its own, one after another. `bare` is what to be measured against: the same
rows by four plain cursors of SQLite, merged into the same documents, each written by orjson, nothing else.
"""

import gc
import multiprocessing
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import click
import orjson

from app import create_app
from app.config import Settings

_CASES = """SELECT u.id, u.slug, t.slug AS team, t.name AS team_name, u.title, u.description, u.stance,
  u.since, u."until", u.status, u.confirmed_at, u.confirmed_by, u.disputed_at, u.disputed_by, u.status_note,
  u.fresh_at, u.revision, u.created_at, u.updated_at
  FROM use_case u JOIN team t ON t.id = u.team_id ORDER BY u.id"""
_PURPOSES = """SELECT x.use_case_id, p.slug, p.name FROM use_case_purpose x
  JOIN purpose p ON p.id = x.purpose_id ORDER BY x.use_case_id, p.slug"""
_USAGES = """SELECT x.use_case_id, l.slug, l.name, x.role, x.version_range, x.scope FROM usage x
  JOIN library l ON l.id = x.library_id ORDER BY x.use_case_id, l.slug, x.role"""
_EVIDENCE = """SELECT e.use_case_id, e.id, s.slug, s.title, e.section, e.line, e.span_start, e.span_end,
  e.excerpt_sha256, e.landmarks, e.mentions, e.kind, e.note, e.check_result, e.checked_at FROM evidence e
  JOIN source s ON s.id = e.source_id ORDER BY e.use_case_id, e.id"""


class _Merged:
    """Rows of a part, given out by their use case; each is asked for once, in order."""

    def __init__(self, path: str, statement: str, make: Callable[..., Any]) -> None:
        self.groups = groupby(sqlite3.connect(path).execute(statement), key=lambda row: row[0])
        self.make = make
        self.next = next(self.groups, None)

    def of(self, id_: int) -> list[Any]:
        if self.next is None or self.next[0] != id_:
            return []
        items = [self.make(*row[1:]) for row in self.next[1]]
        self.next = next(self.groups, None)
        return items


def _evidence(id_: int, source: str, title: str, *rest: Any) -> dict[str, Any]:
    names = ("section", "line", "start", "end", "excerpt_sha256", "landmarks", "mentions", "kind", "note")
    piece = dict(zip((*names, "check", "checked_at"), rest, strict=True))
    mentions = orjson.loads(piece["mentions"])
    return {"id": id_, "source": {"slug": source, "title": title}, **piece, "mentions": mentions}


def bare(url: str) -> Iterator[bytes]:
    """Read and write every use case in the plainest way."""
    path = url.removeprefix("sqlite:///")
    purposes = _Merged(path, _PURPOSES, lambda slug, name: {"slug": slug, "name": name})
    usages = _Merged(
        path,
        _USAGES,
        lambda slug, name, role, version, scope: {
            "library": {"slug": slug, "name": name},
            "role": role,
            "version_range": version,
            "scope": scope,
        },
    )
    evidence = _Merged(path, _EVIDENCE, _evidence)
    cursor = sqlite3.connect(path).execute(_CASES)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        document = dict(zip(names, row, strict=True))
        id_ = document.pop("id")
        document["team"] = {"slug": document["team"], "name": document.pop("team_name")}
        document["purposes"] = purposes.of(id_)
        document["usages"] = usages.of(id_)
        document["evidence"] = evidence.of(id_)
        yield orjson.dumps(document) + b"\n"


def served(url: str, path: str) -> Iterator[bytes]:
    """Ask the application, in this process."""
    app = create_app(Settings(database_url=url, log_level="ERROR"))
    app.test_client().get("/api/v1/use-cases?limit=1")
    gc.collect()
    gc.freeze()  # as gunicorn.conf.py does
    yield b""
    yield from app.test_client().get(path, buffered=False).response


def _measure(url: str, path: str | None, answer: Any) -> None:
    pieces = bare(url) if path is None else served(url, path)
    size = len(next(pieces))
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = first = time.monotonic()
    used = time.process_time()
    for piece in pieces:
        if first == started and piece:
            first = time.monotonic()
        size += len(piece)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.put((time.process_time() - used, seconds, first - started, size, (peak - idle) / 1024))


WAYS = {
    "bare": None,
    "ndjson": "/api/v1/use-cases?format=ndjson",
    "ndjson as made": "/api/v1/use-cases?format=ndjson&sort=created_at",
    "csv": "/api/v1/use-cases?format=csv",
    "yaml": "/api/v1/use-cases?format=yaml",
    **{
        f"export {name}": f"/api/v1/export?format={name}"
        for name in ("json", "ndjson", "yaml", "csv", "sqlite")
    },
}


@click.command()
@click.option(
    "--database-url", required=True, metavar="URL", help="sqlite:////tmp/big.db, made by bench.generate."
)
@click.option("--use-cases", required=True, type=int, help="How many it holds.")
@click.option("--rounds", default=3, show_default=True, help="The best one counts.")
@click.option("--way", "ways", multiple=True, type=click.Choice(list(WAYS)), help="Only these.")
def main(database_url: str, use_cases: int, rounds: int, ways: tuple[str, ...]) -> None:
    """Measure every way.

    Tells use cases a second, by the clock and of CPU time; seconds to the
    first byte; MB in all; MB of memory over idle at the peak.
    """
    context = multiprocessing.get_context("spawn")
    best: dict[str, Any] = {}
    for _ in range(rounds):
        for way in ways or WAYS:
            answer = context.Queue()
            process = context.Process(target=_measure, args=(database_url, WAYS[way], answer))
            process.start()
            measured = answer.get()
            process.join()
            best[way] = min(measured, best.get(way, measured))
    for way, (used, seconds, first, size, memory) in best.items():
        rates = f"{use_cases / seconds:9,.0f}/s {use_cases / used:9,.0f}/s of CPU"
        print(f"{way:14} {rates} {first:7.2f} s {size / 1e6:8.1f} MB {memory:6.1f} MB over idle")


if __name__ == "__main__":
    main()
