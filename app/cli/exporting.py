"""toolatlas export: everything that the atlas holds, printed, or in a file that is whole or not there."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from app.cli.clients import Answer
from app.cli.connecting import connect, connection_options
from app.cli.helping import examples
from app.cli.printing import note
from app.cli.trouble import Refused, Trouble, WrongInput

_IS_TEXT = re.compile(r"text/.*|application/(?:json|x-ndjson|yaml|.*\+(?:json|yaml|xml))")
_NEW_FILE = 0o666


@click.command(epilog=examples("toolatlas export -o atlas.json", "toolatlas export --format ndjson | wc -l"))
@click.option("--format", "format_", default="json", show_default=True, metavar="NAME", help="Format.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write to FILE."
)
@connection_options
def export(format_: str, output: Path | None) -> None:
    """Print everything that the atlas holds, from one state of it.

    FILE is written beside its place and put there when it is whole, so that
    nobody ever sees a part of it. The formats are those of the API's /export.
    """
    client = connect()
    try:
        answer = client.stream("/export", [("format", format_)])
    except Refused as refused:
        if refused.is_not_found:
            raise Trouble(f"{client.name} offers no export.") from None
        raise
    with closing(answer):
        if output is None:
            _print(answer)
            return
        with whole_file(output) as file:
            size = sum(file.write(piece) for piece in answer.pieces)
    note(f"{output}: {size:,} bytes")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is at its place when the block ends well, and not there otherwise.

    What is no ordinary file, such as /dev/null, is written as it is.

    Raises:
        WrongInput: it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                yield device
        else:
            with _moved_at_the_end(path.resolve()) as file:
                yield file
    except OSError as error:
        raise WrongInput(f"{path} cannot be written: {error.strerror}.") from None


@contextmanager
def _moved_at_the_end(path: Path) -> Iterator[BinaryIO]:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()  # what is still in the buffer, so that it is on the disk before the name is
            os.fsync(file.fileno())
        temporary.chmod(_mode_of(path))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    """Give the mode that the file has, or would have if a shell had made it."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return _NEW_FILE & ~mask


def _print(answer: Answer) -> None:
    if sys.stdout.isatty() and not _IS_TEXT.fullmatch(answer.media_type):
        raise WrongInput("This is nothing for a terminal. Write it into a file: -o FILE.")
    stream = sys.stdout.buffer
    for piece in answer.pieces:
        stream.write(piece)
    stream.flush()  # here, where a reader who went away is noticed
