"""toolatlas impact: who is hit if a library goes."""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.clients import step
from app.cli.completing import complete_library
from app.cli.connecting import connect, connection_options
from app.cli.helping import examples
from app.cli.names import find_library
from app.cli.printing import Column, Form, form_options, note, show, table_of
from app.cli.texts import on_one_line
from app.cli.trouble import NotFound

_ARROW = " > "


def _through(hit: dict[str, Any]) -> str:
    """Give the way from the library to what the team uses; empty for the library itself."""
    return _path(hit["through"]) if "through" in hit else ""


def _path(libraries: list[Any]) -> str:
    return _ARROW.join(str(library["name"]) for library in libraries)


_HIT = (
    Column(lambda hit: hit["team"]["name"], title="TEAM"),
    Column(lambda hit: hit["team"]["slug"], name="team"),
    Column(lambda hit: hit["team"]["name"], name="team.name"),
    Column(lambda hit: hit["organization"]["slug"], name="organization"),
    Column(lambda hit: _through(hit) or "directly", title="HIT"),
    Column(lambda hit: "indirect" if "through" in hit else "direct", name="hit"),
    Column(_through, name="through"),
    Column(lambda hit: hit["roles"], title="ROLES", name="roles"),
    Column(lambda hit: [purpose["name"] for purpose in hit["purposes"]], title="PURPOSES"),
    Column(lambda hit: [purpose["slug"] for purpose in hit["purposes"]], name="purposes"),
    Column(lambda hit: [use_case["slug"] for use_case in hit["use_cases"]], name="use_cases"),
    Column(lambda hit: hit["contact_url"], title="CONTACT", name="contact_url"),
)
_BUILT = (
    Column(lambda built: built["library"]["name"], title="BUILT ON IT"),
    Column(lambda built: _path(built["path"]), title="BY WAY OF"),
    Column(lambda built: [team["name"] for team in built["built_by"]], title="BUILT BY"),
)
_INSTEAD = (
    Column(lambda job: job["purpose"]["name"], title="FOR"),
    Column(lambda job: [other["library"]["name"] for other in job["alternatives"]], title="OTHERS USE"),
)


@click.command(
    epilog=examples("toolatlas impact flask-restplus", "toolatlas impact gunicorn --depth 1 --json")
)
@click.argument("library", shell_complete=complete_library)
@click.option("--depth", type=click.IntRange(1, 10), metavar="N", help="Follow what is built on it N steps.")
@form_options
@connection_options
def impact(library: str, depth: int | None, form: str | None) -> None:
    """Tell who is hit if LIBRARY goes.

    These are the teams that use it, and those that use or make what is built
    on it; then what there is instead. CSV lists the teams alone.
    """
    client = connect()
    found = find_library(client, library)
    asked = [("depth", str(depth))] if depth else []
    document = client.get(f"/libraries/{step(found['slug'])}/impact", asked)
    try:
        hits = [*document["direct"], *document["indirect"]]
        lines = list(_sections(document, hits)) if hits and form is None else []
    except (KeyError, TypeError):
        raise client.strange() from None
    if not hits:
        raise NotFound(f"Nobody is known to use {found['name']}, or anything that is built on it.")
    if document.get("truncated"):
        note("This is not all: the atlas stopped at one of its limits.")
    if form is None:
        click.echo("\n".join(lines))
    else:
        show(hits, _HIT, form, document if form == Form.JSON else None)


def _sections(document: dict[str, Any], hits: list[Any]) -> Iterator[str]:
    yield on_one_line(_state(document))
    for items, columns in ((hits, _HIT), (document["built_on_it"], _BUILT), (_jobs(document), _INSTEAD)):
        if items:
            yield ""
            yield from table_of(items, columns)


def _state(document: dict[str, Any]) -> str:
    name, lifecycle, successor = (document[member] for member in ("library", "lifecycle", "replaced_by"))
    state = "" if lifecycle == "unknown" else f" is {lifecycle}"
    advice = f"; move to {successor['name']}" if successor else ""
    return f"{name['name']}{state}{advice}"


def _jobs(document: dict[str, Any]) -> list[Any]:
    return [job for job in document["purposes"] if job["alternatives"]]
