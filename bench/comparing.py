"""Compares the atlas with its peers, side by side in one run: `python -m bench.comparing --help`."""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

import click
import orjson
from sqlalchemy import make_url

from app import create_app
from app.config import PROJECT_FOLDER, Settings
from app.services.search.words import any_term, stem_of
from bench import report
from bench.loading import Measured, load
from bench.peers.servers import PEERS, Started, settle, start
from bench.places import Postgresql, Sqlite, postgresql_server
from bench.scenarios import SCENARIOS, Scenario
from bench.timing import cursor_at

_DATA = PROJECT_FOLDER / "data" / "bench"
_API = "/api/v1"
_SQLITE, _POSTGRESQL = "sqlite", "postgresql"
_WARM_UP_SECONDS = 1.0
_PATIENCE_SECONDS = 600.0
# Who gave no answer in a run is asked for four times as long, and so on.
_LONGER = 4
LONGEST_SECONDS = 200.0
_NOT_THE_FIRST = 20  # neither the most used name, nor one that hardly occurs
_RUNS = count(1)


@dataclass
class Compared:
    """What a scenario gave: the runs of each peer, in order."""

    scenario: Scenario
    runs: dict[str, list[Measured]] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """Give the median rate of a peer; not a number where no answer came in the longest time."""
        return statistics.median(run.rate for run in self.runs[name]) or float("nan")


@click.command()
@click.option("--rows", default="100000", show_default=True, help="Use cases; several sizes with commas.")
@click.option(
    "--database",
    default=_SQLITE,
    show_default=True,
    help="`sqlite`, `postgresql`, or the URL of a server of PostgreSQL; several with commas.",
)
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="Turns of each peer.")
@click.option("--seconds", default=3.0, show_default=True, type=float, help="Of each run.")
@click.option("--only", default="", help="Scenarios that have this in their names.")
@click.option("--write", is_flag=True, help="Write bench/RESULTS.md too.")
def main(rows: str, database: str, rounds: int, seconds: float, only: str, write: bool) -> None:  # noqa: FBT001  # click gives it so
    """Start the atlas and its peers on the same data, and ask each the same in turn.

    `postgresql` is the server that TEST_DATABASE_URL names, or else one that is
    started here from a wheel. What is made up for it stays there, as
    `bench_made_...`, for the next time.
    """
    chosen = [scenario for scenario in SCENARIOS if only in scenario.name]
    for where, size in product(database.split(","), rows.split(",")):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            place = _place(stack, where, folder)
            url = place.copy(place.made(int(size))).database_url
            stack.callback(place.drop)
            compared = _compare(stack, chosen, url, folder, rounds, seconds)
            section = report.Section(int(size), is_sqlite=where == _SQLITE, results=compared)
        click.echo(section.text())
        if write:
            report.write(section, "bench.comparing", sys.argv[1:])


def _place(stack: ExitStack, database: str, folder: Path) -> Sqlite | Postgresql:
    """Give where the atlases of a kind of database are."""
    if database == _SQLITE:
        return Sqlite(_DATA, folder)
    return Postgresql(stack.enter_context(postgresql_server()) if database == _POSTGRESQL else database)


def _compare(
    stack: ExitStack, chosen: Sequence[Scenario], url: str, folder: Path, rounds: int, seconds: float
) -> list[Compared]:
    is_sqlite = make_url(url).get_backend_name() == _SQLITE
    chosen = [scenario for scenario in chosen if is_sqlite or not scenario.needs_sqlite]
    words = _words(url)
    body = folder / "body"
    body.write_bytes(words.pop("body").encode())
    names = [name for name in PEERS if any(name in scenario.paths for scenario in chosen)]
    servers = {name: start(stack, name, url, body, folder / "log") for name in names}
    results = [Compared(scenario) for scenario in chosen]
    with click.progressbar(list(_turns(results, rounds)), label="Asking", file=sys.stderr) as turns:
        for compared, name in turns:
            measured = _run(compared.scenario, servers[name], words, seconds)
            compared.runs.setdefault(name, []).append(measured)
    return results


def _turns(results: Sequence[Compared], rounds: int) -> Iterator[tuple[Compared, str]]:
    """Give who is asked what, in which order: the peers of a scenario take turns."""
    for compared in results:
        for _ in range(rounds):
            yield from ((compared, name) for name in compared.scenario.paths)


def _run(scenario: Scenario, server: Started, words: Mapping[str, str], seconds: float) -> Measured:
    url = server.origin + scenario.paths[server.name].format(**words)
    headers = {"If-None-Match": words["etag"]} if scenario.is_conditional else {}

    def ask(seconds: float) -> Measured:
        arguments = (words["token"], f"{server.name} {next(_RUNS)}", words["new"])
        return load(
            url,
            seconds=seconds,
            connections=scenario.connections,
            headers=headers,
            script=scenario.script,
            arguments=arguments if scenario.script else (),
        )

    ask(_WARM_UP_SECONDS)
    measured = ask(seconds)
    settle(server.origin)  # what was asked last may still be worked on
    while not measured.rate and seconds < LONGEST_SECONDS:
        seconds = min(_LONGER * seconds, LONGEST_SECONDS)
        measured = ask(seconds)
        settle(server.origin)
    return measured


def _words(url: str) -> dict[str, str]:
    """Ask the atlas, in this process, for what is put into paths: names, a deep place, a token, a body."""
    app = create_app(Settings(database_url=url, read_timeout_seconds=_PATIENCE_SECONDS))
    client = app.test_client()
    page = client.get(f"{_API}/use-cases")
    counted = client.get(f"{_API}/use-cases/facets?by=team,library,purpose,source&limit=40").get_json()
    names = {
        facet["by"]: facet["values"][min(_NOT_THE_FIRST, len(facet["values"]) - 1)]["value"]
        for facet in counted["facets"]
    }
    deep = counted["total"] // 2
    word = page.get_json()["items"][0]["title"].split()[0]
    made = app.test_cli_runner().invoke(args=["atlas", "tokens", "create", "bench", "--scope", "write"])
    return {
        **names,
        "body": page.text,
        "etag": page.headers["ETag"],
        "deep": str(deep),
        "cursor": cursor_at(client, deep),
        "token": made.stdout.strip(),
        "new": _new_use_case(names),
        "database": Path(url).stem,
        "word": word,
        "term": any_term(stem_of(word.lower())),
    }


def _new_use_case(names: Mapping[str, str]) -> str:
    new = {
        "team": names["team"],
        "title": "TITLE",
        "purposes": [names["purpose"]],
        "usages": [{"library": names["library"], "role": "uses"}],
        "evidence": [{"source": names["source"], "mentions": [names["library"]]}],
    }
    return orjson.dumps(new).decode()


if __name__ == "__main__":
    main()
