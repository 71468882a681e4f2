"""toolatlas history prune: the beginning of this host's change log, deleted when it is asked for."""

from datetime import UTC, datetime
from typing import Any

import click

from app.cli.bars import show_bar
from app.cli.connecting import host_options, stay_on_host
from app.cli.host import AUTHOR, local_database
from app.services.pruning import plan, prune


class _Before(click.ParamType[Any]):
    """A `seq`, or a time."""

    name = "SEQ|TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | datetime:
        """Read a number, or a time in ISO 8601; without a zone it is in UTC."""
        if value.isascii() and value.isdigit():
            return int(value)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail("Must be the seq of a change, or a time such as 2026-01-31T12:00:00Z.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command("prune")
@click.option("--before", required=True, type=_Before(), help="Keep all from this seq or time on.")
@click.option("--yes", is_flag=True, help="Do it; else only say what would be done.")
@click.option("--progress/--no-progress", default=None, help="Show progress [default: on a terminal].")
@host_options
def prune_(before: int | datetime, yes: bool, progress: bool | None) -> None:  # noqa: FBT001  # as click gives it
    """Delete the changes before one; what the atlas holds now stays.

    Histories, the change feed, /diff and as_of then begin later: whoever asks for more gets
    410 with the oldest version. The chain of hashes goes on from where it was cut.
    """
    stay_on_host()
    with local_database().reading() as connection:
        planned = plan(connection, before)
    if not planned.changes:
        click.echo("There is nothing to delete.")
        return
    told = f"{planned.changes:,} changes; the oldest version to be asked for"
    if not yes:
        click.echo(f"This would delete {told} would be {planned.oldest}. Add --yes to do it.")
        return
    bar = show_bar(planned.changes, 0, shows=progress, label="Pruning")
    with bar as advance, local_database().writing(AUTHOR) as session:
        planned = plan(session.connection(), before)
        prune(session, planned, advance)
    click.echo(f"Deleted {told} is {planned.oldest}.")
