"""toolatlas tokens: made, listed, replaced and revoked on the host."""

import click

from app.cli.connecting import host_options
from app.cli.host import AUTHOR, local_database
from app.errors import AtlasError
from app.models import MOST_OVERLAP_SECONDS, MOST_TOKEN_DAYS, Scope
from app.services import tokens as token_service
from app.services.token_views import all_tokens


@click.group()
@host_options
def tokens() -> None:
    """Make, list, replace and revoke API tokens; on the host of the atlas alone."""


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
    type=click.IntRange(1, MOST_TOKEN_DAYS),
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
        rows = all_tokens(connection, database.clock())
    if not rows:
        click.echo("There are no tokens. Make one: flask atlas tokens create NAME --scope write", err=True)
        return
    form = "{:<24} {:<12} {:<20} {:<28} {:<10} {}"
    click.echo(form.format("NAME", "PUBLIC PART", "SCOPES", "TEAMS", "ENDS", "STATE"))
    for row in rows:
        teams = ",".join(row["teams"]) or ("none left" if row["is_held"] else "all")
        ends = row["expires_at"].date().isoformat()
        scopes = ",".join(row["scopes"])
        click.echo(form.format(row["name"], row["id"], scopes, teams, ends, row["state"]))


@tokens.command()
@click.argument("name")
@click.option(
    "--overlap",
    "overlap_seconds",
    default=token_service.DEFAULT_OVERLAP_SECONDS,
    show_default=True,
    metavar="SECONDS",
    type=click.IntRange(0, MOST_OVERLAP_SECONDS),
    help="Seconds for which the old one is good beside the new one.",
)
@host_options
def rotate(name: str, overlap_seconds: int) -> None:
    """Make a token in place of the one called NAME and print its secret, once.

    It has the same name, may do the same and lasts as long as the old one did.
    """
    try:
        with local_database().writing(AUTHOR) as session:
            old = token_service.find(session, name=name)
            secret = token_service.rotate(session, old, overlap_seconds)
    except AtlasError as error:
        raise click.ClickException(error.detail) from error
    click.echo(
        f"The old token {name} ends in {overlap_seconds} seconds. The new one is shown once.", err=True
    )
    click.echo(secret)


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
            token_service.revoke(session, token_service.find(session, name=name), reason)
    except AtlasError as error:
        raise click.ClickException(error.detail) from error
    click.echo(f"Token {name} is revoked.", err=True)
