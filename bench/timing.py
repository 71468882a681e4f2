"""Times questions to a large atlas: `python -m bench.timing --help`."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from app.config import Settings
from app.db import Database
from app.services.facets.places import FACETS
from app.services.registry import COLLECTIONS

QUESTIONS_FILE = Path(__file__).parent / "questions.yaml"
_API = "/api/v1"
_PATIENCE_SECONDS = 600.0
_RANKS = {"most": 0, "some": 20, "least": -1}
_NAMED = ("library", "team", "purpose", "source")


@dataclass
class Taken:
    """What a question took.

    Attributes:
        status: of the answer.
        size: of the answer, in bytes.
        wall: seconds of the clock.
        processor: seconds of processor time in this process.
        statements: seconds and text of each.
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
@click.option("--slowest", is_flag=True, help="Show the slowest statement of each.")
def main(database_url: str, times: int, only: str, slowest: bool) -> None:  # noqa: FBT001  # click gives it so
    """Ask questions of every kind, and tell how long each took and in how many statements."""
    app = create_app(Settings(database_url=database_url, read_timeout_seconds=_PATIENCE_SECONDS))
    client = app.test_client()
    click.echo(f"{'ms':>7} {'CPU ms':>7} {'SQL':>4} {'most':>6} {'KB':>6} status question")
    for question in questions(client):
        if only in question:
            best = min((ask(app, client, question) for _ in range(times)), key=lambda taken: taken.wall)
            most, statement = max(best.statements, default=(0.0, ""))
            numbers = f"{best.wall * 1000:7.0f} {best.processor * 1000:7.0f} {len(best.statements):4}"
            click.echo(f"{numbers} {most * 1000:6.0f} {best.size / 1000:6.0f} {best.status:6} {question}")
            click.echo(f"        {statement}" if slowest else "", nl=slowest)


def ask(app: Flask, client: FlaskClient, question: str) -> Taken:
    """Ask a question and say what it took."""
    taken = Taken()
    with _watched(app.extensions["database"], taken):
        wall, processor = time.perf_counter(), time.process_time()
        response = client.get(f"{_API}{question}", buffered=True)
        taken.wall, taken.processor = time.perf_counter() - wall, time.process_time() - processor
    taken.status, taken.size = response.status_code, len(response.data)
    return taken


def names_in(client: FlaskClient) -> dict[str, str]:
    """Give what use cases name most and least, by the names of the questions."""
    names = {}
    for word in _NAMED:
        answer = client.get(f"{_API}/use-cases/facets?by={word}&limit=200")
        values = [value["value"] for value in answer.get_json()["facets"][0]["values"]]
        for rank, place in _RANKS.items():
            names[f"{rank}_{word}"] = values[min(place, len(values) - 1)]
    return names


def cursor_at(client: FlaskClient, place: int) -> str:
    """Walk to a place in the list of use cases, at least 1, and give the cursor that leads on from there."""
    step = min(place, 200)
    url = f"{_API}/use-cases?limit={step}&total=false&fields=slug"
    for _ in range(place // step):
        url = client.get(url).get_json()["next"] or url
    # A cursor belongs to filters and order alone, so it serves with another limit too.
    return parse_qs(urlsplit(url).query)["cursor"][0]


def questions(client: FlaskClient) -> Iterator[str]:
    """Read the questions, and put in what use cases name most and least."""
    names = names_in(client)
    words = {f"/{COLLECTIONS[kind].path}/": ",".join(facets) for kind, facets in FACETS.items()}
    for group in yaml.safe_load(QUESTIONS_FILE.read_text("utf-8")).values():
        for question in group:
            facets = next((by for path, by in words.items() if question.startswith(path)), "")
            yield question.format(**names, facets=facets)


@contextmanager
def _watched(database: Database, taken: Taken) -> Iterator[None]:
    began: list[float] = []

    def begin(*_of_the_statement: Any) -> None:
        began.append(time.perf_counter())

    def end(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        shown = " ".join(statement.split()) + " " + json.dumps(parameters, default=str)
        taken.statements.append((time.perf_counter() - began.pop(), shown))

    engines = {database.reader, database.past}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", begin)
            event.remove(engine, "after_cursor_execute", end)


if __name__ == "__main__":
    main()
