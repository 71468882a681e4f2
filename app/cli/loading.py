"""Files taken into the atlas of this host: of any size, part by part, each part a transaction of its own."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

import click

from app.cli.host import AUTHOR, local_database
from app.cli.local import local_app
from app.cli.runs import MOST_TOLD, Run
from app.cli.trouble import Problem, WrongInput
from app.config import Settings
from app.db import Database
from app.errors import AtlasError
from app.models import ImportMode, Kind
from app.services.claiming.files import FILE_FORMATS
from app.services.claiming.undertaking import FileImport

_LONGEST_SECONDS = 600
_INTERRUPTED = 130


@dataclass(frozen=True)
class Wish:
    """How a file is to be taken in.

    Attributes:
        kind: of all its records, or None.
        mode: what to do where some of them cannot be taken.
        is_dry_run: change nothing.
        resume: go on where the import of this very file was stopped.
        shows: whether to show progress; None: on a terminal.
    """

    kind: Kind | None
    mode: ImportMode
    is_dry_run: bool
    resume: bool
    shows: bool | None


def wish(kind: str | None, mode: str, *how: bool | None) -> Wish:
    """Make a wish of what stands in a command line.

    Raises:
        UsageError: there is no such kind.
    """
    known = [kind.value for kind in Kind]
    if kind and kind not in known:
        raise click.UsageError(f"There is no such kind. It is one of: {', '.join(known)}.")
    is_dry_run, resume, shows = how
    return Wish(Kind(kind) if kind else None, ImportMode(mode), bool(is_dry_run), bool(resume), shows)


def load(file: BinaryIO, format_: str, wish: Wish) -> None:
    """Take in the records of a file, and end with the status that tells how it went.

    Up to 10,000 records are one transaction. A larger file (ndjson or csv) goes
    in parts of 10,000, what is pointed at first.
    """
    database = _patient_database()
    run = Run(database, wish.mode, _say, is_dry_run=wish.is_dry_run)
    try:
        with _seekable(file) as seekable:
            run.go(seekable, format_, wish.kind, resume=wish.resume, shows=wish.shows)
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


def load_manifest(data: bytes, format_: str, team: str, wish: Wish) -> dict[str, Any]:
    """Take in a manifest or an SBOM of a team, and give the report.

    Raises:
        WrongInput: there is no such format.
        Problem: it is not of that format, or there is no such team.
    """
    if format_ not in FILE_FORMATS:
        raise WrongInput(f"There is no such format. It is one of: {', '.join(FILE_FORMATS)}.")
    owner = dict.fromkeys(("team", "organization", "library"), team)
    asked = {
        **owner,
        "source": None,
        "file": None,
        "url": None,
        "mode": wish.mode,
        "dry_run": wish.is_dry_run,
    }
    database = local_database()
    work = FileImport((format_, data), asked, AUTHOR, database.clock)
    try:
        with database.reading() as connection:
            report = work.prepare(connection)
        if report is None:
            with database.writing(AUTHOR) as session:
                report = work.write(session)
    except AtlasError as error:
        raise Problem(error.detail) from None
    return report


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
    database = local_database()
    settings: Settings = local_app().config["ATLAS_SETTINGS"]
    patient = replace(settings, read_timeout_seconds=_LONGEST_SECONDS, write_timeout_seconds=_LONGEST_SECONDS)
    return Database(patient, clock=database.clock)


def _tell_flaws(error: AtlasError) -> None:
    for flaw in error.flaws[:MOST_TOLD]:
        click.echo(f"Rejected: {flaw.pointer or ''}: {flaw.detail}", err=True)
    click.echo(f"Error: {error.detail}", err=True)


def _say(line: str) -> None:
    click.echo(line, err=True)
