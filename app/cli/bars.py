"""How far something is, how fast it goes, and how long it takes still; on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click


@contextmanager
def show_bar(
    total: int, done: int, *, shows: bool | None, label: str = "Importing"
) -> Iterator[Callable[[int], None]]:
    """Show progress: a bar on a terminal, else a line now and then.

    Args:
        total: of what is to be done.
        done: of it before.
        shows: whether it is wanted; None: where there is a terminal.
        label: what is being done.

    Returns: a function that is told how much more is done.
    """
    is_terminal = sys.stderr.isatty()
    started, count = time.monotonic(), 0

    def rate() -> float:
        return count / max(time.monotonic() - started, 0.001)

    if not (is_terminal if shows is None else shows):
        yield lambda _more: None
    elif is_terminal:
        shown: Any = click.progressbar(
            length=total, label=label, show_pos=True, item_show_func=lambda text: text, file=sys.stderr
        )
        with shown as bar:
            bar.update(done)

            def advance(more: int) -> None:
                nonlocal count
                count += more
                bar.update(more, f"{rate():,.0f} a second")

            yield advance
    else:

        def tell(more: int) -> None:
            nonlocal count
            count += more
            left = (total - done - count) / rate()
            click.echo(f"{done + count:,} of {total:,}, {rate():,.0f} a second, {left:,.0f} s left", err=True)

        yield tell
