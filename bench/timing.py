"""Times questions to a large atlas: `python -m bench.timing --help`."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from app.config import Settings
from app.db import Database
from app.models import Kind
from app.services.facets.places import FACETS
from app.services.registry import COLLECTIONS

_API = "/api/v1"
_PATIENCE_SECONDS = 600.0


@dataclass
class Taken:
    """What a question took.

    Attributes:
        status: of the answer.
        size: of the answer, in bytes.
        seconds: of wall clock, of processor time in this process, and of each statement.
    """

    status: int = 0
    size: int = 0
    wall: float = 0.0
    processor: float = 0.0
    statements: list[tuple[float, str]] = field(default_factory=list)


@click.command()
@click.option("--database-url", required=True, metavar="URL", help="A filled atlas; nothing is written.")
@click.option("--times", default=3, show_default=True, type=click.IntRange(1), help="The best of so many.")
@click.option("--only", default="", help="Questions that have this in them.")
@click.option("--statements", is_flag=True, help="Show the slowest statement of each.")
def main(database_url: str, times: int, only: str, statements: bool) -> None:  # noqa: FBT001  # click gives it so
    """Ask questions of every kind, and tell how long each took and in how many statements."""
    settings = Settings(database_url=database_url, read_timeout_seconds=_PATIENCE_SECONDS)
    app = create_app(settings)
    client = app.test_client()
    click.echo(f"{'ms':>7} {'CPU ms':>7} {'SQL':>4} {'most':>6} {'KB':>6}  question")
    for question in questions(client):
        if only in question:
            best = min((ask(app, client, question) for _ in range(times)), key=lambda taken: taken.wall)
            slowest = max(best.statements, default=(0.0, ""))
            numbers = f"{best.wall * 1000:7.0f} {best.processor * 1000:7.0f} {len(best.statements):4}"
            click.echo(
                f"{numbers} {slowest[0] * 1000:6.0f} {best.size / 1000:6.0f}  {question}  {best.status}"
            )
            if statements:
                click.echo(f"        {slowest[1]}")


def ask(app: Flask, client: FlaskClient, question: str) -> Taken:
    """Ask a question and say what it took."""
    taken = Taken()
    with _watched(app.extensions["database"], taken):
        wall, processor = time.perf_counter(), time.process_time()
        response = client.get(f"{_API}{question}", buffered=True)
        taken.wall, taken.processor = time.perf_counter() - wall, time.process_time() - processor
    taken.status, taken.size = response.status_code, len(response.data)
    return taken


def questions(client: FlaskClient) -> Iterator[str]:
    """Make the questions, about what is most used, about what is used a little, and about what is common."""
    libraries = _used(client, "library")
    teams, purposes, sources = (_used(client, word) for word in ("team", "purpose", "source"))
    for library in (libraries[0], libraries[20], libraries[-1]):
        yield from (f"/libraries/{library}/{view}" for view in ("impact", "teams", "related", "use-cases"))
    yield f"/libraries/{libraries[0]}/related?limit=200"
    yield f"/libraries/{libraries[0]}/impact?depth=1"
    for purpose in (purposes[0], purposes[-1]):
        yield from (f"/purposes/{purpose}/{view}?limit=200" for view in ("libraries", "use-cases"))
    yield from (f"/teams/{teams[0]}/{view}?limit=200" for view in ("libraries", "use-cases"))
    yield from (f"/{c.path}?limit=200" for c in COLLECTIONS.values())
    yield from _lists(libraries, teams, purposes, sources)
    yield from _facets(libraries, teams, purposes)
    yield from ("/coverage", "/coverage?limit=50&limit_libraries=100", f"/coverage?purpose={purposes[0]}")
    yield f"/coverage?source={sources[0]}&area=Storage"
    yield "/compare?" + "&".join(f"library={slug}" for slug in libraries[:5])
    yield "/compare?" + "&".join(f"team={slug}" for slug in teams[:5])
    yield from (f"/graph?around=library:{libraries[0]}&depth={depth}&limit=500" for depth in (1, 2, 3))
    yield f"/graph?around=library:{libraries[0]}&depth=2&limit=500&kinds=use_case,library,team,source,purpose"
    yield from _lookups(client, libraries)
    yield from _searches(libraries)


def _lists(libraries: list[str], teams: list[str], purposes: list[str], sources: list[str]) -> Iterable[str]:
    yield from (f"/use-cases?sort={sort}" for sort in ("-updated_at", "title,-created_at", "slug"))
    yield from (f"/use-cases?q={words}" for words in ("data", "data+table+notebook", "zzzz"))
    yield from (f"/libraries?q={words}" for words in ("data", "zzzz"))
    for query in (
        f"library={libraries[0]}&role=uses",
        f"library={libraries[0]}&purpose={purposes[0]}&team={teams[0]}",
        "topic=web&lifecycle=active&role=uses",
        "stance=does_not_use",
        "status=retired&area=Storage",
        f"source={sources[0]}&evidence_kind=observed",
        "evidence_kind=observed",
        "used_on=2022-01-01",
        "stale=30",
        "area=Storage&organization=1",
        "topic=web&topic=api&topic=data-frames&q=data",
    ):
        yield f"/use-cases?{query}"
    yield from ("/libraries?unused=true", "/libraries?unused=false", "/libraries?topic=web&lifecycle=active")
    yield from (f"/libraries?used_by={teams[0]}", f"/libraries?purpose={purposes[0]}")
    yield from (f"/teams?uses={libraries[0]}", f"/teams?purpose={purposes[0]}&uses={libraries[0]}")
    yield from (f"/purposes?library={libraries[0]}", f"/purposes?team={teams[0]}")


def _facets(libraries: list[str], teams: list[str], purposes: list[str]) -> Iterator[str]:
    for kind, facets in FACETS.items():
        path = COLLECTIONS[kind].path
        yield f"/{path}/facets?by={','.join(facets)}"
    yield from (f"/use-cases/facets?by={word}" for word in FACETS[Kind.USE_CASE])
    yield from (f"/libraries/facets?by={word}" for word in FACETS[Kind.LIBRARY])
    words = ",".join(FACETS[Kind.USE_CASE])
    for query in (
        f"library={libraries[0]}",
        f"library={libraries[0]}&exclude_self=true",
        "stance=uses&status=documented",
        "stance=uses&status=documented&role=uses&topic=web&exclude_self=true",
        f"team={teams[0]}",
        f"purpose={purposes[0]}&evidence_kind=observed&lifecycle=active&exclude_self=true",
        "q=data",
    ):
        yield f"/use-cases/facets?by={words}&{query}"
    yield f"/libraries/facets?by={','.join(FACETS[Kind.LIBRARY])}&lifecycle=active&exclude_self=true"
    yield f"/libraries/facets?by={','.join(FACETS[Kind.LIBRARY])}&used_by={teams[0]}&exclude_self=true"
    yield f"/libraries/facets?by={','.join(FACETS[Kind.LIBRARY])}&purpose={purposes[0]}"
    yield f"/teams/facets?by={','.join(FACETS[Kind.TEAM])}&uses={libraries[0]}&exclude_self=true"
    yield f"/purposes/facets?by={','.join(FACETS[Kind.PURPOSE])}&library={libraries[0]}&exclude_self=true"


def _lookups(client: FlaskClient, libraries: list[str]) -> Iterator[str]:
    records = [client.get(f"{_API}/libraries/{slug}").json for slug in libraries]
    packaged = next(record for record in records if record["purl"])
    yield f"/lookup?purl={packaged['purl']}@1.0"
    yield f"/lookup?repository={packaged['repository_url']}.git"
    yield f"/lookup?name={packaged['name'].upper()}"
    yield f"/lookup?name={packaged['name']}_"
    yield from (
        "/lookup?purl=pkg:pypi/nothing",
        "/lookup?name=nothing-so",
        "/lookup?repository=github.com/a/b",
    )
    yield from ("/libraries/nothing-so", "/use-cases/nothing-so")


def _searches(libraries: list[str]) -> Iterator[str]:
    yield from (f"/search?q={words}" for words in ("data", "account", "account+alert", "account+alert+batch"))
    yield from (f"/search?q={words}" for words in ("acount", "acuont+alrt", "notebok", "servr+pipline+tabel"))
    yield from (f"/search?q={letter}" for letter in ("a", "c", "da", "dat", "s"))
    yield from (
        '/search?q="account+alert"',
        '/search?q="data+and+account"',
        "/search?q=-account",
        "/search?q=-a+-b",
    )
    yield from ("/search?q=account+-alert", "/search?q=data+-account+-alert+-batch+-build")
    common = (
        "account alert batch build cache cluster dashboard data device error event file graph host image job"
    )
    yield f"/search?q={'+'.join(common.split())}"
    slips = "acount alrt bacth biuld cahce clustr dashbord dvice errro evnt fiel grpah hots imgae "
    yield f"/search?q={(slips * 3)[:200]}"
    yield f"/search?q={'x' * 200}"
    yield f"/search?q={('ab ' * 67)[:200]}"
    yield from (f"/search?q={slug}" for slug in (libraries[0], libraries[-1]))
    yield from (
        "/search?q=data&kind=use_case&limit=50",
        "/search?q=what+tools+do+teams+use+for+billing+analysis",
    )
    yield from (
        f"/search?q={words}" for words in ("billing", "anomaly+alerting", "library", "storage+team", "zzzz")
    )
    yield from (f"/suggest?q={typed}" for typed in ("a", "s", "st", "sto", "zz", "billing+a", "e"))


def _used(client: FlaskClient, word: str) -> list[str]:
    """Give the slugs of what use cases name most, the commonest first; at most 200."""
    answer = client.get(f"{_API}/use-cases/facets?by={word}&limit=200")
    return [value["value"] for value in answer.json["facets"][0]["values"]]


@contextmanager
def _watched(database: Database, taken: Taken) -> Iterator[None]:
    began: list[float] = []

    def begin(*_of_the_statement: Any) -> None:
        began.append(time.perf_counter())

    def end(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        shown = " ".join(statement.split()) + " " + json.dumps(parameters, default=str)
        taken.statements.append((time.perf_counter() - began.pop(), shown))

    event.listen(database.reader, "before_cursor_execute", begin)
    event.listen(database.reader, "after_cursor_execute", end)
    try:
        yield
    finally:
        event.remove(database.reader, "before_cursor_execute", begin)
        event.remove(database.reader, "after_cursor_execute", end)


if __name__ == "__main__":
    main()
