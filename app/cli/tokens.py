"""toolatlas tokens: made, listed and revoked on the host."""

import click

from app.cli.connecting import host_options
from app.cli.host import AUTHOR, local_database
from app.errors import AtlasError
from app.models import Scope
from app.services import tokens as token_service


@click.group()
@host_options
def tokens() -> None:
    """Make, list and revoke API tokens; on the host of the atlas alone."""


@tokens.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; repeat for several.",
)
@click.option(
    "--team",
    "teams",
    multiple=True,
    metavar="SLUG",
    help="Hold it to a team: it writes only that team's use cases. Repeat for several.",
)
@click.option(
    "--days",
    default=token_service.DEFAULT_DAYS,
    show_default=True,
    type=click.IntRange(1, token_service.MOST_DAYS),
    help="Days until it ends.",
)
@host_options
def create(name: str, scopes: tuple[str, ...], teams: tuple[str, ...], days: int) -> None:
    """Make a token called NAME and print its secret, once.

    Only the secret goes to standard output, so that
    TOKEN=$(flask atlas tokens create deploy --scope write) works.
    """
    try:
        with local_database().writing(AUTHOR) as session:
            secret = token_service.create(session, name, [Scope(scope) for scope in scopes], teams, days)
    except AtlasError as error:
        raise click.ClickException(error.detail) from error
    click.echo(
        f"Token {name}, for {days} days. It is shown once; send it as -H 'Authorization: Bearer ...'.",
        err=True,
    )
    click.echo(secret)


@tokens.command("list")
@host_options
def list_() -> None:
    """List all tokens, without their secrets."""
    database = local_database()
    with database.reading() as connection:
        rows = token_service.all_tokens(connection)
    if not rows:
        click.echo("There are no tokens. Make one: flask atlas tokens create NAME --scope write", err=True)
        return
    form = "{:<24} {:<12} {:<20} {:<28} {:<10} {}"
    click.echo(form.format("NAME", "PUBLIC PART", "SCOPES", "TEAMS", "ENDS", "STATE"))
    now = database.clock()
    for row in rows:
        state = "revoked" if row["revoked_at"] else "ended" if row["expires_at"] <= now else "good"
        teams = ",".join(row["teams"]) or ("none left" if row["is_held"] else "all")
        ends = row["expires_at"].date().isoformat()
        click.echo(form.format(row["name"], row["prefix"], ",".join(row["scopes"]), teams, ends, state))


@tokens.command()
@click.argument("name")
@click.option(
    "--reason", default="revoked on the command line", show_default=True, help="Kept with the token."
)
@host_options
def revoke(name: str, reason: str) -> None:
    """Revoke the token called NAME; from then on it lets nobody in."""
    try:
        with local_database().writing(AUTHOR) as session:
            token_service.revoke(session, name, reason)
    except AtlasError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"Token {name} is revoked.", err=True)
