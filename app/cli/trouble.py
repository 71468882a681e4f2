"""What can go wrong on the command line, and the exit status of each.

    0  found, done, the same
    1  not found, nothing, refused by the atlas, or it differs
    2  wrong usage: click's own
    3  a server, the network or a token in the way
  141  whoever read the output went away, as for every command of a shell

Messages go to standard error, with nothing in them that a terminal obeys.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import click

from app.cli.texts import in_lines, on_one_line

NOTHING, USAGE, TROUBLE, PIPE_CLOSED = 1, 2, 3, 141

_NO_TOKEN = 401
_NOT_ALLOWED = frozenset({_NO_TOKEN, 403, 429})
_FIRST_SERVER_ERROR = 500
_NOT_FOUND, _TOO_MANY = 404, 429
_MOST_ERRORS_SHOWN = 20


class Problem(click.ClickException):
    """Anything that ends a command; its message is shown behind `Error: `."""

    exit_code: ClassVar[int] = NOTHING

    def format_message(self) -> str:
        """Give the message, fit for a terminal."""
        return in_lines(self.message)


class NotFound(Problem):
    """There is nothing of the kind that was asked for."""


class WrongInput(Problem):
    """What was given cannot be used: a file, an address, a setting."""

    exit_code: ClassVar[int] = USAGE


class Trouble(Problem):
    """The atlas cannot be asked, or does not answer as an atlas does."""

    exit_code: ClassVar[int] = TROUBLE


class Refused(Problem):
    """The atlas answers with a problem document.

    Attributes:
        status: of HTTP.
        near: names that look alike.
    """

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: str | None = None) -> None:
        """Read a problem document, as far as it is one."""
        self.status = status
        self.near = _words(document.get("near"))
        super().__init__(_told(status, document, retry_after))
        is_in_the_way = status in _NOT_ALLOWED or status >= _FIRST_SERVER_ERROR
        self.exit_code = TROUBLE if is_in_the_way else NOTHING  # type: ignore[misc]  # of this problem alone

    @property
    def is_not_found(self) -> bool:
        """Say whether there is no such thing."""
        return self.status == _NOT_FOUND


def is_passing(problem: Problem) -> bool:
    """Say whether what is in the way may be gone soon: a connection, a server, too many requests."""
    if isinstance(problem, Refused):
        return problem.status == _TOO_MANY or problem.status >= _FIRST_SERVER_ERROR
    return isinstance(problem, Trouble)


def offer(names: Sequence[str]) -> str:
    """Make the question that offers near names, or nothing."""
    if not names:
        return ""
    *others, last = names
    return f" Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def _told(status: int, document: Mapping[str, Any], retry_after: str | None) -> str:
    lines = [on_one_line(str(document.get("detail") or f"The server answers with {status}."))]
    errors = document.get("errors")
    flaws = [flaw for flaw in errors if isinstance(flaw, Mapping)] if isinstance(errors, list) else []
    if len(flaws) > 1:
        lines += [f"  {_flaw(flaw)}" for flaw in flaws[:_MOST_ERRORS_SHOWN]]
    if len(flaws) > _MOST_ERRORS_SHOWN:
        lines.append(f"  ... and {len(flaws) - _MOST_ERRORS_SHOWN} more")
    if status == _NO_TOKEN:
        lines.append("Give one in TOOLATLAS_TOKEN. On the atlas's host, `toolatlas tokens create` makes it.")
    if retry_after:
        lines.append(f"Try again in {on_one_line(retry_after)} s.")
    if status >= _FIRST_SERVER_ERROR and document.get("request_id"):
        lines.append(f"Its log has more under {on_one_line(str(document['request_id']))}.")
    return "\n".join(lines)


def _flaw(flaw: Mapping[str, Any]) -> str:
    place = flaw.get("pointer") or flaw.get("parameter") or ""
    return on_one_line(f"{place}: {flaw.get('detail', '')}")


def _words(value: Any) -> list[str]:
    return [on_one_line(str(word)) for word in value] if isinstance(value, list) else []
