"""How fast records come in, beside plain executemany of the same rows: `python -m bench.import_rates --help`."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import click
import orjson
from sqlalchemy import select

from app.config import Settings
from app.db import Author, Database, sqlite_module
from app.formats.record_files import read_records
from app.migrating import migrate
from app.models import Change, Kind
from app.services.importing.checking import check
from app.services.importing.items import Item
from app.services.importing.undertaking import Import
from app.services.registry import COLLECTIONS
from bench.generate import generate
from bench.world import Size

_AUTHOR = Author("bench", "bench")
# Rows of these have no id of their own; the column tells the new ones.
_PARTS = {"usage": "use_case_id", "use_case_purpose": "use_case_id", "library_topic": "library_id"}
_NUMBERED = ("organization", "source", "team", "library", "purpose", "use_case")
_ORDER = (*_NUMBERED, "library_topic", "alias", "use_case_purpose", "usage", "evidence", "search_entry")

Rows = Sequence[tuple[Any, ...]]


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Use cases to take in.")
@click.option("--there", default=100_000, show_default=True, help="Use cases that a full atlas holds.")
@click.option("--rounds", default=3, show_default=True, help="Of each measurement; the medians count.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keeps the made-up atlases for the next time."
)
def main(rows: int, there: int, rounds: int, folder: Path | None) -> None:
    """Measure imports on SQLite: into an empty atlas, and into a full one.

    The limit is executemany of the very rows that the import wrote, search,
    counts and change log included, into the same tables with their indexes,
    in one transaction, prepared before the clock starts.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        empty = place / "empty.db"
        migrate(_settings(empty))
        small, full = _made(place, rows), _made(place, there)
        _measure("empty", empty, _documents(small), rounds, Path(temporary))
        _measure(f"{there:,}", full, _renamed(_documents(full), rows), rounds, Path(temporary))


def _measure(name: str, start: Path, items: list[Item], rounds: int, folder: Path) -> None:
    """Print how long each way takes, and the ratio to the limit."""
    took: dict[str, list[float]] = {}
    body = _as_json(items)
    written: list[tuple[str, Rows]] = []
    for _ in range(rounds):
        copy = folder / "copy.db"
        _copy(start, copy)
        for step, seconds in _import(copy, body):
            took.setdefault(step, []).append(seconds)
        written = written or list(_differences(start, copy))
        _copy(start, copy)
        took.setdefault("executemany", []).append(_executemany(copy, written))
    limit = median(took["executemany"])
    records = len(items)
    print(f"\ninto {name}: {records:,} records, {len(body):,} bytes of JSON")
    print(f"{'':22}{'seconds':>9}{'records/s':>12}{'of the limit':>14}")
    steps = {step: median(seconds) for step, seconds in took.items()}
    steps["from checked items"] = steps["prepare"] + steps["write"]
    steps["from parsed records"] = steps["check"] + steps["from checked items"]
    steps["from JSON"] = steps["parse"] + steps["from parsed records"]
    for step, seconds in steps.items():
        print(f"{step:22}{seconds:9.3f}{records / seconds:12,.0f}{limit / seconds:14.0%}")


def _import(path: Path, body: bytes) -> Iterator[tuple[str, float]]:
    """Take in a file and give what each step took, in seconds."""
    database = Database(_settings(path))
    at = time.perf_counter()
    found = read_records("json", body, COLLECTIONS.values())
    items = [Item(kind, data, place.pointer) for kind, some in found.items() for place, data in some]
    yield "parse", -at + (at := time.perf_counter())
    checked = check(items)
    yield "check", -at + (at := time.perf_counter())
    undertaking = Import(checked, _AUTHOR, database.clock)
    with database.reading() as connection:
        undertaking.prepare(connection)
    yield "prepare", -at + (at := time.perf_counter())
    with database.writing(_AUTHOR) as session:
        report = undertaking.write(session)
    yield "write", -at + (at := time.perf_counter())
    assert report["created"] == len(items), report
    database.dispose()


def _executemany(path: Path, written: Sequence[tuple[str, Rows]]) -> float:
    """Write rows by the driver alone, with the service's own settings, and give the seconds."""
    database = Database(_settings(path))
    with database.writer.connect() as connection:
        transaction = connection.begin()
        cursor = connection.connection.cursor()
        at = time.perf_counter()
        for statement, rows in written:
            cursor.executemany(statement, rows)
        transaction.commit()
        seconds = time.perf_counter() - at
    database.dispose()
    return seconds


def _differences(before: Path, after: Path) -> Iterator[tuple[str, Rows]]:
    """Give the rows that an import wrote, each with the statement that writes it."""
    connection = sqlite_module.connect(after)
    connection.execute("ATTACH ? AS old", (str(before),))
    connection.execute("ATTACH ? AS new", (str(after),))
    for table in _ORDER:
        column = _PARTS.get(table, "id")
        owner = {"use_case_id": "use_case", "library_id": "library"}.get(column, table)
        rows = connection.execute(
            f"SELECT * FROM new.{table} WHERE {column} > (SELECT coalesce(max(id), 0) FROM old.{owner}) ORDER BY rowid"  # noqa: S608, E501  # names from above
        ).fetchall()
        if rows:
            yield f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows  # noqa: S608  # the same
    terms = connection.execute(
        "SELECT id, terms FROM new.search_entry WHERE id > (SELECT coalesce(max(id), 0) FROM old.search_entry)"
    ).fetchall()
    yield "INSERT INTO search_index (rowid, terms) VALUES (?, ?)", terms
    words = connection.execute(
        "SELECT * FROM new.search_word EXCEPT SELECT * FROM old.search_word"
    ).fetchall()
    yield f"INSERT OR REPLACE INTO search_word VALUES ({', '.join('?' * len(words[0]))})", words  # noqa: S608  # the same
    changes = connection.execute(
        "SELECT * FROM new.change WHERE seq > (SELECT coalesce(max(seq), 0) FROM old.change)"
    ).fetchall()
    yield f"INSERT INTO change VALUES ({', '.join('?' * len(changes[0]))})", changes  # noqa: S608  # the same
    yield "UPDATE atlas SET version = version + ?", [(len(changes),)]
    connection.close()


def _documents(path: Path) -> list[Item]:
    """Read the records of a made-up atlas from its change log."""
    database = Database(_settings(path))
    with database.reading() as connection:
        rows = connection.execute(select(Change.kind, Change.after).order_by(Change.seq)).all()
    database.dispose()
    return [Item(kind, after, "") for kind, after in rows]


def _renamed(items: Sequence[Item], count: int) -> list[Item]:
    """Make new use cases of some that are there."""
    claims = [item for item in items if item.kind is Kind.USE_CASE]
    step = max(1, len(claims) // count)
    return [
        Item(item.kind, {**item.data, "slug": f"{item.data['slug'][:70].strip('-')}-{place}"}, "")
        for place, item in enumerate(claims[::step][:count])
    ]


def _as_json(items: Sequence[Item]) -> bytes:
    by_path: dict[str, list[Any]] = {}
    for item in items:
        by_path.setdefault(COLLECTIONS[item.kind].path, []).append(item.data)
    return orjson.dumps(by_path)


def _made(folder: Path, use_cases: int) -> Path:
    path = folder / f"made-{use_cases}.db"
    if not path.exists():
        generate(_settings(path), Size(use_cases), seed=1)
    return path


def _copy(start: Path, copy: Path) -> None:
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink()
    shutil.copyfile(start, copy)


def _settings(path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{path}", read_timeout_seconds=600, write_timeout_seconds=600)


if __name__ == "__main__":
    main()
