r"""Cells of CSV: lists in one cell, and cells that no spreadsheet runs.

A list is joined by `|`; within a member `\|` is a bar and `\\` a backslash,
`\e` is the member that is empty text, and nothing at all is null. A cell that
a spreadsheet would take for a formula begins with `'`, and so does one that
begins with `'` itself; a lone `'` is empty text, an empty cell is null.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

SEPARATOR = "|"
_ESCAPED_EMPTY = r"\e"
_TOKEN = re.compile(r"(?:[^\\|]|\\.|\\\Z)++|\|", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\|])")
# What makes a formula in one spreadsheet or another, also in full width; and the mark itself.
_MARK = "'"
_MARKED = frozenset({"", *"=+-@\t\r\n＝＋－＠", _MARK})  # noqa: RUF001  # the full-width ones are meant


def text_of(value: Any) -> str | None:
    """Give a plain value as text, as JSON would write it; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def to_cell(text: str | None) -> str:
    """Make a cell of text, or of None."""
    if text is None:
        return ""
    return _MARK + text if text[:1] in _MARKED else str(text)


def from_cell(cell: str) -> str | None:
    """Give the text of a cell; the mark goes only where there would have been one."""
    if not cell:
        return None
    unmarked = cell[1:]
    return unmarked if cell[0] == _MARK and unmarked[:1] in _MARKED else cell


def join(members: Sequence[str | None]) -> str | None:
    """Make one text of members; of none, or of nothing but None, it is None."""
    for member in members:
        if member is not None:
            return SEPARATOR.join([_escape(each) for each in members])
    return None


def split(text: str | None) -> list[str | None]:
    """Give the members of a text that `join` made."""
    if text is None:
        return []
    if "\\" not in text:
        return [member or None for member in text.split(SEPARATOR)]
    members = [""]
    for token in _TOKEN.findall(text):
        if token == SEPARATOR:
            members.append("")
        else:
            members[-1] = token
    return [_unescape(member) for member in members]


def _escape(member: str | None) -> str:
    if not member:
        return "" if member is None else _ESCAPED_EMPTY
    if SEPARATOR in member or "\\" in member:
        return member.replace("\\", "\\\\").replace(SEPARATOR, "\\|")
    return member


def _unescape(member: str) -> str | None:
    if not member:
        return None
    return "" if member == _ESCAPED_EMPTY else _ESCAPE.sub(r"\1", member)
