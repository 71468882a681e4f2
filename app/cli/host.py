"""What is done on the host alone: the schema, and the first data set."""

import click

from app.cli.connecting import host_options, stay_on_host
from app.cli.local import check_ready, local_app
from app.config import Settings
from app.db import Author, Database
from app.services.seeding import seed as seed_records

AUTHOR = Author("command line", "cli")


@click.command()
@host_options
def migrate() -> None:
    """Bring the database of this host to the newest schema."""
    stay_on_host()
    from app.migrating import migrate as migrate_database  # noqa: PLC0415  # Alembic is slow to import

    settings: Settings = local_app().config["ATLAS_SETTINGS"]
    migrate_database(settings)
    click.echo("The database has the newest schema.", err=True)


@click.command()
@host_options
def seed() -> None:
    """Take in what is missing of the first data set; a record that is there is left as it is."""
    with local_database().writing(AUTHOR) as session:
        report = seed_records(session)
    click.echo(
        f"{len(report.created)} created, {len(report.updated)} updated, {len(report.unchanged)} unchanged.",
        err=True,
    )


def local_database() -> Database:
    """Give the database of this host's atlas.

    Raises:
        Trouble: it cannot be read, or has no atlas in it.
        WrongInput: an atlas elsewhere was meant.
    """
    stay_on_host()
    app = local_app()
    check_ready(app)
    database: Database = app.extensions["database"]
    return database
