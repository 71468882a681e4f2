"""Fills an empty atlas with made-up data of any size: `python -m bench.generate --help`."""

import sys
import time
from dataclasses import replace

import click
from sqlalchemy import select, text

from app.config import SettingError, Settings
from app.db import Author, Database
from app.migrating import migrate
from app.models import Change
from bench.filling import STEPS, Progress, fill
from bench.world import Size

_LONGEST_SECONDS = 3_600
_MOST_USE_CASES = 10_000_000
_CACHE_KIB = 262_144  # so that SQLite writes each page once, not each time it grows


@click.command()
@click.option(
    "--use-cases",
    default=1_000,
    show_default=True,
    type=click.IntRange(1, _MOST_USE_CASES),
    help="How many use cases; everything else scales with them.",
)
@click.option("--seed", default=1, show_default=True, type=int, help="The same one makes the same rows.")
@click.option(
    "--database-url",
    required=True,
    metavar="URL",
    help="sqlite:////tmp/big.db or postgresql://user@host/name; migrated first, and empty.",
)
def main(use_cases: int, seed: int, database_url: str) -> None:
    r"""Fill an empty atlas with made-up data, skewed as real data is.

    100,000 use cases come with 2,000 teams, 20,000 libraries, 300 purposes,
    2,000 sources and 50 organizations; a few libraries are used by very many.
    The same number and seed make the same rows on SQLite and PostgreSQL.

    \b
    A million takes about half an hour. To look at the result:
      DATABASE_URL=sqlite:////tmp/big.db flask --app wsgi run
    """
    started = time.monotonic()
    size = Size(use_cases)
    try:
        settings = Settings.from_env({"DATABASE_URL": database_url})
        with click.progressbar(length=STEPS * size.records, label="Making it up", file=sys.stderr) as bar:
            generate(settings, size, seed, bar.update)
    except SettingError as error:
        raise click.BadParameter(str(error), param_hint="--database-url") from error
    seconds = time.monotonic() - started
    click.echo(f"{size.records:,} records with seed {seed} in {seconds:.0f} s: {database_url}", err=True)


def generate(settings: Settings, size: Size, seed: int, progress: Progress = lambda _count: None) -> None:
    """Migrate a database and fill it, in one transaction.

    Raises:
        click.ClickException: something was written to it before.
    """
    migrate(settings)
    database = Database(replace(settings, write_timeout_seconds=_LONGEST_SECONDS))
    try:
        with database.reading() as connection:
            if connection.scalar(select(Change.seq).limit(1)) is not None:
                raise click.ClickException("This atlas is not empty. Name a new database.")
        with database.writing(Author("bench", "bench")) as session:
            if settings.is_sqlite:
                session.execute(text(f"PRAGMA cache_size = {-_CACHE_KIB}"))
            fill(session, size, seed, progress)
        if not settings.is_sqlite:
            with database.writer.begin() as connection:
                connection.execute(text("ANALYZE"))
    finally:
        database.dispose()


if __name__ == "__main__":
    main()
