"""All commands in one group: what `toolatlas` runs, and `flask atlas` too."""

import errno
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from app.cli.completing import PROGRAM
from app.cli.connecting import connection_options
from app.cli.helping import examples
from app.cli.trouble import PIPE_CLOSED
from app.config import VERSION

# A module is imported when its command is asked for: those of the host bring the whole application along,
# which a question to a server, or the completion of a name, had better not wait for.
_PLACES = {
    "who-uses": "app.cli.asking:who_uses",
    "uses": "app.cli.asking:uses",
    "worklist": "app.cli.asking:worklist",
    "search": "app.cli.asking:search",
    "impact": "app.cli.impact:impact",
    "import": "app.cli.importing:import_",
    "check": "app.cli.importing:check",
    "export": "app.cli.exporting:export",
    "diff": "app.cli.differing:diff",
    "changes": "app.cli.changes:changes",
    "completion": "app.cli.completing:completion",
    "sources": "app.cli.sources:sources",
    "tokens": "app.cli.tokens:tokens",
    "webhooks": "app.cli.webhooks:webhooks",
    "audit": "app.cli.audit:audit",
    "history": "app.cli.history:history",
    "migrate": "app.cli.host:migrate",
    "seed": "app.cli.host:seed",
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def __init__(self, *, places: Mapping[str, str], **options: Any) -> None:
        """Make a group.

        Args:
            places: module and name of each command.
            options: those of click.
        """
        super().__init__(**options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands, in the order in which help shows them."""
        return [*self._places, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, and import it if need be."""
        if cmd_name not in self._places:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line; click alone would not offer those that are not imported."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=known, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; that nobody reads its output any more is no error to speak of."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # What is still in the buffer is not to be tried again, and complained about, at the exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(PIPE_CLOSED) from None


@click.group(
    "atlas",
    cls=Commands,
    places=_PLACES,
    epilog=examples(
        "toolatlas who-uses numpy",
        "toolatlas impact flask-restplus",
        "toolatlas search gradient boosting --url http://127.0.0.1:8000",
        more="Exit status: 0 found or done; 1 not found, nothing, refused, or different; 2 wrong usage;"
        " 3 a server, the network or a token in the way.",
    ),
)
@connection_options
@click.version_option(VERSION, prog_name=PROGRAM)
def atlas() -> None:
    """Ask an atlas who uses which tool, for what, and look after it.

    It works on the database of this host (DATABASE_URL), or on any atlas with
    --url and, where need be, a token.
    """


def main() -> None:
    """Run `toolatlas`."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no Unicode gets escapes, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text files
    atlas.main(prog_name=PROGRAM)
