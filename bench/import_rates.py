"""How fast records come in, beside plain executemany: `python -m bench.import_rates --help`."""

import http.client
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
from app.db import Author, Database
from app.models import Change, Kind
from app.services.importing.checking import check
from app.services.importing.files import read_items
from app.services.importing.items import Item
from app.services.importing.memory import without_collecting
from app.services.importing.undertaking import Import
from app.services.registry import COLLECTIONS
from bench.import_limits import Written, executemany, look, written_since
from bench.places import Postgresql, Sqlite
from bench.serving import import_token, served
from bench.world import Size

_AUTHOR = Author("bench", "bench")


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Records to take in.")
@click.option("--there", default=100_000, show_default=True, help="Use cases that a full atlas holds.")
@click.option("--rounds", default=3, show_default=True, help="Of each measurement; the medians count.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keeps the made-up atlases of SQLite.")
@click.option("--postgresql", metavar="URL", help="A server on which databases may be made, instead.")
def main(rows: int, there: int, rounds: int, folder: Path | None, postgresql: str | None) -> None:
    """Measure imports into an empty atlas, and into a full one.

    The limit is executemany of the very rows that the import wrote, search,
    counts and change log included, into the same tables with their indexes,
    in one transaction, prepared before the clock starts. By HTTP the clock
    of the wall counts, for the limit too.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = Postgresql(postgresql) if postgresql else Sqlite(folder or Path(temporary))
        small = documents_of(place.made(_use_cases_in(rows)))
        _measure("empty", place, place.made(0), small, rounds)
        full = place.made(there)
        _measure(f"{there:,}", place, full, renamed(documents_of(full), rows), rounds)
        place.drop()


def _measure(name: str, place: Sqlite | Postgresql, start: Settings, items: list[Item], rounds: int) -> None:
    """Print how long each way takes, and the ratio to the limit."""
    took: dict[str, list[float]] = {}
    body = to_json(items)
    written: list[Written] = []
    for _ in range(rounds):
        written = _import(place, start, body, took) or written
        for limit, clock in (("executemany", place.clock), ("executemany, by the wall", time.perf_counter)):
            database = Database(place.copy(start))
            took.setdefault(limit, []).append(executemany(database, written, clock))
            database.dispose()
        took.setdefault("by HTTP", []).append(_post(place.copy(start), body))
    steps = {step: median(seconds) for step, seconds in took.items()}
    steps["from checked items"] = steps["prepare"] + steps["write"]
    steps["from parsed records"] = steps["check"] + steps["from checked items"]
    steps["from JSON"] = steps["parse"] + steps["from parsed records"]
    _report(f"into {name}: {len(items):,} records, {len(body):,} bytes of JSON", steps, len(items))


def _report(title: str, steps: dict[str, float], records: int) -> None:
    print(f"\n{title}\n{'':26}{'seconds':>9}{'records/s':>12}{'of the limit':>14}")
    for step, seconds in sorted(steps.items(), key=lambda step: "wall" in step[0] or "HTTP" in step[0]):
        limit = steps["executemany, by the wall" if step == "by HTTP" else "executemany"]
        print(f"{step:26}{seconds:9.3f}{records / seconds:12,.0f}{limit / seconds:14.0%}")


def _import(
    place: Sqlite | Postgresql, start: Settings, body: bytes, took: dict[str, list[float]]
) -> list[Written]:
    """Take a file in, note what each step took, in seconds, and give the rows that were written."""
    database = Database(place.copy(start))
    with database.reading() as connection:
        before = look(connection)
    for step, seconds in _steps(database, body, place.clock):
        took.setdefault(step, []).append(seconds)
    with database.reading() as connection:
        written = written_since(connection, before)
    database.dispose()
    return written


def _steps(database: Database, body: bytes, clock: Any) -> Iterator[tuple[str, float]]:
    at = clock()
    with without_collecting():
        items = read_items("json", body, most=None)
        yield "parse", -at + (at := clock())
        checked = check(items)
        yield "check", -at + (at := clock())
        undertaking = Import(checked, _AUTHOR, database.clock)
        with database.reading() as connection:
            undertaking.prepare(connection)
        yield "prepare", -at + (at := clock())
        with database.writing(_AUTHOR) as session:
            report = undertaking.write(session)
        yield "write", -at + (at := clock())
    if report["created"] != len(items):
        raise click.ClickException(f"Only {report['created']} of {len(items)} records came in.")


def _post(settings: Settings, body: bytes) -> float:
    """Send a file to a server, and give the seconds to the end of its answer."""
    headers = {"Authorization": f"Bearer {import_token(settings)}", "Content-Type": "application/json"}
    with served(settings) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        connection.request("GET", "/api/v1/teams?limit=1")
        connection.getresponse().read()
        at = time.perf_counter()
        connection.request("POST", "/api/v1/import", body, headers)
        answer = connection.getresponse()
        report = answer.read()
        seconds = time.perf_counter() - at
        connection.close()
    if answer.status != http.client.OK:
        raise click.ClickException(f"The import answered {answer.status}: {report[:500]!r}")
    return seconds


def _use_cases_in(records: int) -> int:
    """Give of how many use cases a made-up atlas is that has no more than so many records."""
    use_cases = records * records // Size(records).records
    while Size(use_cases).records > records:
        use_cases -= 1
    return use_cases


def documents_of(settings: Settings) -> list[Item]:
    """Read the records of a made-up atlas from its change log."""
    database = Database(settings)
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


if __name__ == "__main__":
    main()
