"""How the cost of questions grows with the atlas: `python -m bench.growing --help`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.config import PROJECT_FOLDER
from app.models import SearchWord
from bench import report
from bench.places import Postgresql, Sqlite, postgresql_server
from bench.timing import cursor_at, names_in

_DATA = PROJECT_FOLDER / "data" / "bench"
_API = "/api/v1"
_PATIENCE_SECONDS = 600.0
_SHORTEST_WORD = 4
_PLACES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

# What is asked; the names in braces are those of bench/timing.py.
QUESTIONS: Mapping[str, str] = {
    "page 1": "/use-cases",
    "page 1, the latest first": "/use-cases?sort=-updated_at",
    "a page behind nine tenths": "/use-cases?cursor={deep}",
    "of one team": "/use-cases?team={some_team}",
    "of the commonest library": "/use-cases?library={most_library}",
    "of a library of middling size": "/use-cases?library={some_library}",
    "by status": "/use-cases?status=documented",
    "team and status": "/use-cases?team={some_team}&status=documented",
    "the commonest library and a status": "/use-cases?library={most_library}&status=documented",
    "the commonest library and a role": "/use-cases?library={most_library}&role=builds",
    "a library of middling size and a purpose": "/use-cases?library={some_library}&purpose={most_purpose}",
    "the commonest library and purpose": "/use-cases?library={most_library}&purpose={most_purpose}",
    "the commonest library": "/libraries/{most_library}",
    "who uses the commonest library": "/libraries/{most_library}/teams",
    "who uses a library of middling size": "/libraries/{some_library}/teams",
    "what the busiest team uses": "/teams/{most_team}/libraries",
    "three facets": "/use-cases/facets?by=team,library,status",
    "facets of the commonest library": "/use-cases/facets?by=team,status&library={most_library}",
    "completing one letter": "/suggest?q=d",
    "completing two letters": "/suggest?q=de",
    "completing three letters": "/suggest?q=ana",
    "searching a word that hardly any has": "/search?q={rare}",
    "searching the name of a library": "/search?q={some_library}",
    "searching the commonest word": "/search?q={common}",
    "searching common words": "/search?q=account",
}


@dataclass(frozen=True)
class Growth:
    """What questions cost in atlases of several sizes.

    Attributes:
        database: by name.
        sizes: numbers of use cases.
        costs: milliseconds by question and size; a question may have no meaning in an atlas.
        memory: MB of the process that had answered all of them, by size.
    """

    database: str
    sizes: Sequence[int]
    costs: dict[str, dict[int, float]] = field(default_factory=dict)
    memory: dict[int, int] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """Name it."""
        return f"## Growth, {self.database}"

    def text(self, run: str = "") -> str:
        """Give the table: a row for each question, a column for each size, and how much it grew."""
        columns = [*(f"{size:,}" for size in self.sizes), "times"]
        lines = [
            f"{self.heading}\n{run}",
            "Milliseconds in one process, nothing kept, the least of several.\n",
            f"| use cases | {' | '.join(columns)} |",
            "|---" * (len(columns) + 1) + "|",
        ]
        for name, costs in self.costs.items():
            times = costs[self.sizes[-1]] / costs[self.sizes[0]]
            told = " | ".join(f"{costs[size]:.2f}" for size in self.sizes)
            lines.append(f"| {name} | {told} | {times:.1f} |")
        held = " | ".join(str(self.memory[size]) for size in self.sizes)
        return "\n".join([*lines, f"| MB that the process held | {held} | |"]) + "\n"


@click.command()
@click.option("--rows", default="1000,100000", show_default=True, help="Use cases; several with commas.")
@click.option(
    "--database", default="sqlite", show_default=True, help="`sqlite`, `postgresql`, or a server's URL."
)
@click.option("--times", default=20, show_default=True, type=click.IntRange(1), help="The least of so many.")
@click.option("--only", default="", help="Questions that have this in their names.")
@click.option("--write", is_flag=True, help="Write bench/RESULTS.md too.")
def main(rows: str, database: str, times: int, only: str, write: bool) -> None:  # noqa: FBT001  # click gives it so
    """Ask the same of made-up atlases of several sizes, with nothing kept, and tell what it cost."""
    sizes = [int(size) for size in rows.split(",")]
    growth = Growth(_PLACES.get(database, "PostgreSQL"), sizes)
    chosen = {name: path for name, path in QUESTIONS.items() if only in name}
    with ExitStack() as stack:
        place = _place(stack, database)
        for size in sizes:
            _measure(growth, place, size, chosen, times)
    click.echo(growth.text())
    if write:
        report.write(growth, "bench.growing", sys.argv[1:])


def _place(stack: ExitStack, database: str) -> Sqlite | Postgresql:
    if database == "sqlite":
        return Sqlite(_DATA)
    return Postgresql(stack.enter_context(postgresql_server()) if database == "postgresql" else database)


def _measure(
    growth: Growth, place: Sqlite | Postgresql, size: int, chosen: Mapping[str, str], times: int
) -> None:
    """Ask all of it in one atlas."""
    settings = replace(place.made(size), read_timeout_seconds=_PATIENCE_SECONDS, record_bytes=0)
    app = create_app(settings)
    names = _names(app, size)
    for name, path in chosen.items():
        ask = _asker(app, path.format(**names))
        growth.costs.setdefault(name, {})[size] = min(_clocked(ask, place.clock) for _ in range(times)) * 1000
    growth.memory[size] = _memory()
    app.extensions["database"].dispose()


def _asker(app: Flask, path: str) -> Callable[[], None]:
    """Make what asks for a path, with as little beside it as can be.

    Raises:
        click.ClickException: by what is made: the answer is not a good one.
    """
    environ = EnvironBuilder(path=_API + path).get_environ()

    def ask() -> None:
        _body, status, _headers = run_wsgi_app(app, dict(environ), buffered=True)
        if status != "200 OK":
            raise click.ClickException(f"{path}: {status}")

    return ask


def _names(app: Flask, size: int) -> dict[str, str]:
    """Give what is put into the questions."""
    client = app.test_client()
    with app.extensions["database"].reading() as connection:
        by_use = select(SearchWord.word).where(SearchWord.length >= _SHORTEST_WORD)
        common = connection.scalar(by_use.order_by(SearchWord.records.desc()).limit(1))
        rare = connection.scalar(by_use.order_by(SearchWord.records, SearchWord.word).limit(1))
    return {**names_in(client), "deep": cursor_at(client, size * 9 // 10), "common": common, "rare": rare}


def _clocked(ask: Callable[[], None], clock: Callable[[], float]) -> float:
    began = clock()
    ask()
    return clock() - began


def _memory() -> int:
    """Give how many MB this process holds."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1_000 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
