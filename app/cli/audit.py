"""toolatlas audit: the logs of this host's atlas, walked and read."""

import json

import click
from sqlalchemy import select

from app.cli.bars import show_bar
from app.cli.connecting import host_options
from app.cli.host import local_database
from app.cli.texts import on_one_line
from app.models import SHA256_LENGTH, Audit
from app.services.verifying import breaks_of, chains_of

_MOST_SHOWN = 100


@click.group()
@host_options
def audit() -> None:
    """Check that nobody changed the logs, and read what was done and refused."""


@audit.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="SEQ:HASH",
    help="A version and its head that you noted, from /readyz; repeat for several.",
)
@click.option("--progress/--no-progress", default=None, help="Show progress [default: on a terminal].")
@host_options
def verify(heads: tuple[str, ...], progress: bool | None) -> None:  # noqa: FBT001  # as click gives it
    """Walk the hash chains of both logs and say where they break.

    A row that was changed, deleted, moved or cut off is found. Against somebody who made
    a whole new chain helps a head that was noted elsewhere: /readyz gives it. Exit status 1
    where something is wrong.
    """
    noted = dict(_noted(head) for head in heads)
    with local_database().reading() as connection:
        logs = chains_of(connection, noted)
        total = sum(log.end - log.start for log in logs)
        with show_bar(total, 0, shows=progress, label="Verifying") as advance:
            breaks = [(log, broken) for log in logs for broken in breaks_of(connection, log, advance)]
    for log, broken in breaks[:_MOST_SHOWN]:
        click.echo(f"{log.log} log: {broken.text}.")
    if breaks:
        more = f" ({len(breaks) - _MOST_SHOWN} more places)" if len(breaks) > _MOST_SHOWN else ""
        raise click.ClickException(f"The logs are not as they were written{more}.")
    click.echo(
        "".join(f"{log.log} log: {log.end - log.start:,} rows, all as they were written.\n" for log in logs),
        nl=False,
    )


@audit.command("list")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many rows.")
@host_options
def list_(last: int) -> None:
    """Print the audit log's last rows, oldest first, one line of JSON each."""
    newest = select(Audit).order_by(Audit.seq.desc()).limit(last)
    with local_database().reading() as connection:
        rows = connection.execute(newest).mappings().all()
    for row in reversed(rows):
        shown = {name: row[name] for name in ("seq", "actor", "action", "subject", "detail", "request_id")}
        click.echo(on_one_line(json.dumps({"at": row["at"].isoformat(), **shown}, ensure_ascii=True)))


def _noted(head: str) -> tuple[int, str]:
    seq, _, hash_ = head.partition(":")
    if not (seq.isascii() and seq.isdigit() and len(hash_) == SHA256_LENGTH):
        raise click.BadParameter(f"{head} is not of the form SEQ:HASH.", param_hint="--head")
    return int(seq), hash_
