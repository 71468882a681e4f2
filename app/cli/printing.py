"""Results on standard output: a table, JSON or CSV. Colour only on a terminal, and without NO_COLOR."""

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TextIO, TypeVar

import click

from app.cli.tables import table
from app.cli.texts import in_json, in_lines, on_one_line
from app.cli.trouble import Trouble

# What a spreadsheet takes for the beginning of a formula, also in full width; see docs/api.md.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")  # noqa: RUF001  # they are meant
_SEPARATOR = "|"

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class Form(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column:
    """A column of a table and of CSV.

    Attributes:
        value: of an item: text, a number, None, or a list of these.
        title: in the table; empty: only in CSV.
        name: in CSV; empty: only in the table.
    """

    value: Callable[[Any], Any]
    title: str = ""
    name: str = ""


def form_options(command: _Decorated) -> _Decorated:
    """Give a command `--json` and `--csv`; it takes the choice as `form`."""
    as_csv = click.option("--csv", "form", flag_value=Form.CSV.value, help="Print CSV with a header.")
    as_json = click.option(
        "--json", "form", flag_value=Form.JSON.value, help="Print JSON, as the API gives it."
    )
    return as_json(as_csv(command))


def show(items: Sequence[Any], columns: Sequence[Column], form: str | None, document: Any = None) -> None:
    """Print items in the form that was chosen.

    Args:
        items: as the API gives them.
        columns: to show of them.
        form: of `form_options`; None: a table.
        document: what JSON shows in place of the items.

    Raises:
        Trouble: the items are not of the shape that an atlas's have.
    """
    if form == Form.JSON:
        say_json(items if document is None else document)
    elif form == Form.CSV:
        click.echo(_csv(items, [column for column in columns if column.name]), nl=False)
    else:
        click.echo("\n".join(table_of(items, columns)))


def table_of(items: Sequence[Any], columns: Sequence[Column]) -> list[str]:
    """Lay items out for standard output, without columns that say nothing; raises what `show` does."""
    shown = [column for column in columns if column.title]
    cells = [[on_one_line(_joined(cell, ", ")) for cell in row] for row in _rows(items, shown)]
    telling = [place for place in range(len(shown)) if any(row[place] for row in cells)]
    titles = [shown[place].title for place in telling]
    rows = [[row[place] for place in telling] for row in cells]
    return table(titles, rows, width_of_terminal(), has_colour=is_colourful(sys.stdout))


def say_json(document: Any) -> None:
    """Print a document as JSON."""
    click.echo(in_json(json.dumps(document, ensure_ascii=False, indent=2)))


def note(text: str) -> None:
    """Tell the person something on standard error; it is no part of the result."""
    click.echo(in_lines(text), err=True)


def is_colourful(stream: TextIO) -> bool:
    """Say whether colour is welcome on a stream.

    Source: https://no-color.org
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(text: str, colour: str) -> str:
    """Colour text for standard output, where that is welcome."""
    return click.style(text, fg=colour) if is_colourful(sys.stdout) else text


def width_of_terminal() -> int | None:
    """Give the columns of the terminal that standard output is; None: it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _csv(items: Sequence[Any], columns: Sequence[Column]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    for row in _rows(items, columns):
        writer.writerow([_safe(in_lines(_joined(cell, _SEPARATOR))) for cell in row])
    return text.getvalue()


def _rows(items: Sequence[Any], columns: Sequence[Column]) -> list[list[Any]]:
    try:
        return [[column.value(item) for column in columns] for item in items]
    except (KeyError, TypeError, IndexError, AttributeError):
        raise Trouble("The answer is not of the shape that an atlas's has.") from None


def _joined(cell: Any, separator: str) -> str:
    if isinstance(cell, list):
        return separator.join(_joined(member, separator) for member in cell)
    return "" if cell is None else str(cell)


def _safe(cell: str) -> str:
    """Mark a cell that a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
