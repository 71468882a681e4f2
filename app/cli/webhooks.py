"""toolatlas webhooks: the sender, where no server runs it."""

import signal
import threading

import click

from app.cli.connecting import host_options
from app.cli.host import local_database
from app.cli.local import local_app
from app.sender import Sender


@click.group()
@host_options
def webhooks() -> None:
    """Tell endpoints of changes; on the host of the atlas alone."""


@webhooks.command()
@click.option("--once", is_flag=True, help="Deliver what is due now, and stop.")
@host_options
def run(once: bool) -> None:  # noqa: FBT001  # as click gives it
    """Deliver to webhooks until it is stopped.

    `make run` starts a sender of its own, unless WEBHOOKS_SENDER is off. However many there
    are, one delivers at a time; another one takes over when it ends.
    """
    sender = Sender(local_database(), local_app().config["ATLAS_SETTINGS"])
    stopped = threading.Event()
    if once:
        while sender.turn():
            pass
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    click.echo("Delivering. Ctrl+C stops it.", err=True)
    sender.run(stopped)
