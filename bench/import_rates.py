"""How fast records come in, beside plain executemany: `python -m bench.import_rates --help`."""

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
from app.migrating import migrate
from app.models import Change, Kind
from app.services.importing.checking import check
from app.services.importing.files import read_items
from app.services.importing.items import Item
from app.services.importing.memory import without_collecting
from app.services.importing.undertaking import Import
from app.services.registry import COLLECTIONS
from app.versions import VERSIONED
from bench.generate import generate
from bench.world import Size

_AUTHOR = Author("bench", "bench")
# Rows of these have no id of their own; the column tells the new ones.
_PARTS = {
    "usage": "use_case_id",
    "use_case_purpose": "use_case_id",
    "library_topic": "library_id",
    "claim": "use_case_id",
    "purpose_claim": "use_case_id",
    **{one.versions.name: "from_seq" for one in VERSIONED},
}
_NUMBERED = ("organization", "source", "team", "library", "purpose", "use_case")
_ORDER = (
    *(*_NUMBERED, "library_topic", "alias", "use_case_purpose", "usage", "evidence"),
    *("claim", "purpose_claim", "search_entry"),
    *(one.versions.name for one in VERSIONED),
)

Rows = Sequence[tuple[Any, ...]]


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Use cases to take in.")
@click.option("--there", default=100_000, show_default=True, help="Use cases that a full atlas holds.")
@click.option("--rounds", default=3, show_default=True, help="Of each measurement; the medians count.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keeps the made-up atlases.")
def main(rows: int, there: int, rounds: int, folder: Path | None) -> None:
    """Measure imports on SQLite: into an empty atlas, and into a full one.

    The limit is executemany of the very rows that the import wrote, search,
    counts and change log included, into the same tables with their indexes,
    in one transaction, prepared before the clock starts. Seconds are those of
    the processor, so that other work on the machine counts less.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        empty = place / "empty.db"
        migrate(_settings(empty))
        small, full = _made(place, rows), _made(place, there)
        _measure("empty", empty, documents_of(small), rounds, Path(temporary))
        _measure(f"{there:,}", full, renamed(documents_of(full), rows), rounds, Path(temporary))


def _measure(name: str, start: Path, items: list[Item], rounds: int, folder: Path) -> None:
    """Print how long each way takes, and the ratio to the limit."""
    took: dict[str, list[float]] = {}
    body = to_json(items)
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
    at = time.process_time()
    with without_collecting():
        items = read_items("json", body, most=None)
        yield "parse", -at + (at := time.process_time())
        checked = check(items)
        yield "check", -at + (at := time.process_time())
        undertaking = Import(checked, _AUTHOR, database.clock)
        with database.reading() as connection:
            undertaking.prepare(connection)
        yield "prepare", -at + (at := time.process_time())
        with database.writing(_AUTHOR) as session:
            report = undertaking.write(session)
        yield "write", -at + (at := time.process_time())
    database.dispose()
    if report["created"] != len(items):
        raise click.ClickException(f"Only {report['created']} of {len(items)} records came in.")


def _executemany(path: Path, written: Sequence[tuple[str, Rows]]) -> float:
    """Write rows by the driver alone, with the service's own settings, and give the seconds."""
    database = Database(_settings(path))
    with database.writer.connect() as connection:
        transaction = connection.begin()
        cursor = connection.connection.cursor()
        at = time.process_time()
        for statement, rows in written:
            cursor.executemany(statement, rows)
        transaction.commit()
        seconds = time.process_time() - at
    database.dispose()
    return seconds


def _differences(before: Path, after: Path) -> Iterator[tuple[str, Rows]]:
    """Give the rows that an import wrote, each with the statement that writes it."""
    connection = sqlite_module.connect(after)
    for name, path in (("old", before), ("new", after)):
        connection.execute(f"ATTACH ? AS {name}", (str(path),))  # names from above
    for table in _ORDER:
        if rows := _newer(connection, table, _PARTS.get(table, "id")):
            yield _inserting(table, rows)
    terms = [(row[0], row[-1]) for row in _newer(connection, "search_entry", "id")]
    yield "INSERT INTO search_index (rowid, terms) VALUES (?, ?)", terms
    words = "SELECT * FROM new.search_word EXCEPT SELECT * FROM old.search_word"
    statement, rows = _inserting("search_word", connection.execute(words).fetchall())
    yield statement.replace("INSERT", "INSERT OR REPLACE"), rows
    changes = _newer(connection, "change", "seq")
    yield _inserting("change", changes)
    yield "UPDATE atlas SET version = version + ?", [(len(changes),)]
    connection.close()


def _newer(connection: Any, table: str, column: str) -> Rows:
    """Read the rows of a table whose id, or whose owner's id, is higher than any before."""
    owner = {"use_case_id": "use_case", "library_id": "library"}.get(column, table)
    key = column if owner == table else "id"
    highest = f"SELECT coalesce(max({key}), 0) FROM old.{owner}"  # noqa: S608  # names from above
    rows: Rows = connection.execute(
        f"SELECT * FROM new.{table} WHERE {column} > ({highest}) ORDER BY {column}"  # noqa: S608  # the same
    ).fetchall()
    return rows


def _inserting(table: str, rows: Rows) -> tuple[str, Rows]:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows  # noqa: S608  # the same


def documents_of(path: Path) -> list[Item]:
    """Read the records of a made-up atlas from its change log."""
    database = Database(_settings(path))
    with database.reading() as connection:
        rows = connection.execute(select(Change.kind, Change.after).order_by(Change.seq)).all()
    database.dispose()
    return [Item(kind, after, "") for kind, after in rows]


def renamed(items: Sequence[Item], count: int) -> list[Item]:
    """Make new use cases of some that are there."""
    claims = [item for item in items if item.kind is Kind.USE_CASE]
    step = max(1, len(claims) // count)
    return [
        Item(item.kind, {**item.data, "slug": f"{item.data['slug'][:70].strip('-')}-{place}"}, "")
        for place, item in enumerate(claims[::step][:count])
    ]


def to_json(items: Sequence[Item]) -> bytes:
    """Write items as a file."""
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
