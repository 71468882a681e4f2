"""What it costs to look back: `python -m bench.looking_back --help`."""

from collections.abc import Iterator
from dataclasses import replace

import click
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from bench.timing import ask, questions

_PATIENCE_SECONDS = 600.0
_OF_NOW = ("/search", "/suggest")


@click.command()
@click.option("--database-url", required=True, metavar="URL", help="A filled atlas; nothing is written.")
@click.option("--times", default=5, show_default=True, type=click.IntRange(1), help="The best of so many.")
@click.option("--only", default="", help="Questions that have this in them.")
@click.option("--kept", is_flag=True, help="Let what is asked of now be answered from kept records.")
def main(database_url: str, times: int, only: str, kept: bool) -> None:  # noqa: FBT001  # click gives it so
    """Ask each question as of now, as of half the log and as of its end, and compare."""
    settings = Settings(database_url=database_url, read_timeout_seconds=_PATIENCE_SECONDS)
    app = create_app(settings if kept else replace(settings, record_bytes=0))
    client = app.test_client()
    last = int(client.get("/api/v1/teams?limit=1").headers["Atlas-Version"])
    click.echo(f"{'now':>8} {'half':>8} {'times':>6} {'end':>8} {'times':>6}  (CPU milliseconds)")
    for question in _asked(client, only):
        now, half, end = (_best(app, client, asked, times) for asked in _travelling(question, last))
        click.echo(f"{now:8.1f} {half:8.1f} {half / now:6.2f} {end:8.1f} {end / now:6.2f}  {question}")


def _asked(client: FlaskClient, only: str) -> Iterator[str]:
    """Give the questions about records."""
    found = (question for question in questions(client) if not question.startswith(_OF_NOW))
    yield from (question for question in found if only in question)


def _travelling(question: str, last: int) -> tuple[str, str, str]:
    mark = "&" if "?" in question else "?"
    return question, f"{question}{mark}as_of={last // 2}", f"{question}{mark}as_of={last}"


def _best(app: Flask, client: FlaskClient, question: str, times: int) -> float:
    return min(ask(app, client, question).processor for _ in range(times)) * 1000


if __name__ == "__main__":
    main()
