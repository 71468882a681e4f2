"""Tables for people: aligned, cut to the width of the terminal, in columns as terminals count them."""

from collections.abc import Sequence

import click

from app.cli.texts import cut, padded, width_of

_GAP = "  "
_NARROWEST = 8


def table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, *, has_colour: bool
) -> list[str]:
    """Lay rows out in columns, under a header.

    Args:
        titles: of the columns.
        rows: cells without line breaks.
        width: columns of the terminal; None: nothing is cut.
        has_colour: emphasise the header.

    Returns: lines without an end.
    """
    widths = [max(width_of(cell) for cell in column) for column in zip(titles, *rows, strict=True)]
    if width is not None:
        widths = _fitting(widths, width)
    lines = [_line(cells, widths) for cells in [titles, *rows]]
    if has_colour:
        lines[0] = click.style(lines[0], bold=True)
    return lines


def _fitting(widths: Sequence[int], width: int) -> list[int]:
    """Take from the widest columns, as long as there is one that can give."""
    room = width - len(_GAP) * (len(widths) - 1)
    fitting = [min(own, max(room, _NARROWEST)) for own in widths]
    while sum(fitting) > room and max(fitting) > _NARROWEST:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    filled = [padded(cut(cell, width), width) for cell, width in zip(cells, widths, strict=True)]
    return _GAP.join(filled).rstrip()
