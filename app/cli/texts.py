"""Text that may go to a terminal, whoever wrote it: nothing in it is a command to the terminal."""

import re

# Control characters of both sets, what turns the direction of text round, line ends of Unicode, and
# halves of surrogate pairs, which no output can encode.
_DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile(r"[\t\n\r ]+")
_ELLIPSIS = "…"


def on_one_line(text: str) -> str:
    """Make text fit to be shown on one line: blanks as one blank, what is dangerous as its escape."""
    return _DANGEROUS.sub(_escape, _BLANKS.sub(" ", text).strip())


def in_lines(text: str) -> str:
    """Make text fit to be shown, its tabs and lines as they are."""
    return _DANGEROUS.sub(lambda found: found[0] if found[0] in "\t\n" else _escape(found), text)


def in_json(text: str) -> str:
    r"""Escape within JSON what JSON itself lets stand, as `\u009b`; line feeds are its layout."""
    return _DANGEROUS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def width_of(text: str) -> int:
    """Give the number of columns that a line takes on a terminal."""
    import wcwidth  # noqa: PLC0415  # a server shows no tables

    return int(wcwidth.width(text))


def cut(text: str, width: int) -> str:
    """Cut a line that is too wide for so many columns, and show that it was."""
    if width_of(text) <= width:
        return text
    import wcwidth  # noqa: PLC0415  # as above

    return wcwidth.clip(text, 0, width - 1).rstrip() + _ELLIPSIS


def padded(text: str, width: int) -> str:
    """Fill a line with blanks up to so many columns."""
    return text + " " * (width - width_of(text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004  # the last one of two digits
