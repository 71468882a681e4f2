"""`flask atlas import`: files of any size, part by part, each part a transaction of its own."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import Settings
from app.db import Database
from app.errors import AtlasError
from app.formats.media_types import CSV, JSON, NDJSON, YAML
from app.cli.runs import MOST_TOLD, Run
from app.models import ImportMode, Kind

_FORMATS = {
    ".json": JSON,
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".yaml": YAML,
    ".yml": YAML,
    ".csv": CSV,
}
_LONGEST_SECONDS = 600
_INTERRUPTED = 130


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--format", "format_", type=click.Choice([JSON, NDJSON, YAML, CSV]), help="By its name.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Of all its records.")
@click.option(
    "--mode",
    default=ImportMode.ATOMIC.value,
    show_default=True,
    type=click.Choice([mode.value for mode in ImportMode]),
    help="atomic: a part with a mistake ends the import. partial: the rest of it is taken in.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--resume", is_flag=True, help="Go on where the import of this very file was stopped.")
@click.option("--progress/--no-progress", default=None, help="Default: where standard error is a terminal.")
@with_appcontext
def import_(
    file: BinaryIO,
    format_: str | None,
    kind: str | None,
    mode: str,
    *,
    dry_run: bool,
    resume: bool,
    progress: bool | None,
) -> None:
    r"""Take in the records of FILE; - is standard input.

    Up to 10,000 records are one transaction: all are taken in, or none. A
    larger file (ndjson or csv) goes in parts of 10,000, what is pointed at
    first. It may be stopped at any time, and goes on with --resume.

    \b
    Ends with 0 if all is taken in, with 1 if something is rejected,
    with 2 if the command is not right.
    """
    format_ = format_ or _FORMATS.get(Path(file.name).suffix.lower())
    if format_ is None:
        raise click.UsageError("The name does not tell the format. Say --format json, ndjson, yaml or csv.")
    database = _patient_database()
    run = Run(database, ImportMode(mode), _say, is_dry_run=dry_run)
    try:
        with _seekable(file) as seekable:
            run.go(seekable, format_, Kind(kind) if kind else None, resume=resume, shows=progress)
    except AtlasError as error:
        _tell_flaws(error)
        run.tell()
        sys.exit(1)
    except KeyboardInterrupt:
        run.tell()
        click.echo("Stopped. What is taken in stays; go on with --resume.", err=True)
        sys.exit(_INTERRUPTED)
    finally:
        database.dispose()
    run.tell()
    sys.exit(1 if run.progress.rejected else 0)


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give a file that can be read anywhere; what comes through a pipe is put into one."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _patient_database() -> Database:
    """Give a database whose statements may take long: nobody waits for an answer here."""
    settings: Settings = current_app.config["ATLAS_SETTINGS"]
    database: Database = current_app.extensions["database"]
    patient = replace(settings, read_timeout_seconds=_LONGEST_SECONDS, write_timeout_seconds=_LONGEST_SECONDS)
    return Database(patient, clock=database.clock)


def _tell_flaws(error: AtlasError) -> None:
    for flaw in error.flaws[:MOST_TOLD]:
        click.echo(f"Rejected: {flaw.pointer or ''}: {flaw.detail}", err=True)
    click.echo(f"Error: {error.detail}", err=True)


def _say(line: str) -> None:
    click.echo(line, err=True)
