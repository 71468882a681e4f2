"""Questions: who-uses, uses, search, impact. Written once, for this host's atlas and any other one."""

from typing import Any

import click

from app.cli.clients import step
from app.cli.completing import complete_library, complete_team
from app.cli.connecting import connect, connection_options
from app.cli.helping import examples
from app.cli.names import find_library, find_team
from app.cli.printing import Column, form_options, note, show
from app.cli.trouble import NotFound
from app.cli.walking import walk

KINDS = ("organization", "team", "library", "purpose", "use_case", "source")
_MOST_HITS = 100

_PURPOSES = (
    Column(lambda item: _names(item["purposes"]), title="PURPOSES"),
    Column(lambda item: _slugs(item["purposes"]), name="purposes"),
)
_ROLES = Column(lambda item: item["roles"], title="ROLES", name="roles")
_NUMBER = Column(lambda item: item["use_cases"], title="USE CASES", name="use_cases")
_CONTACT = Column(lambda item: item["contact_url"], title="CONTACT", name="contact_url")
_EVIDENCE = (
    Column(lambda item: _newest(item).get("on"), title="EVIDENCE", name="newest_evidence.on"),
    Column(lambda item: _newest(item)["source"]["slug"], name="newest_evidence.source"),
)
_TEAM = (
    Column(lambda item: item["team"]["name"], title="TEAM"),
    Column(lambda item: item["team"]["slug"], name="team"),
    Column(lambda item: item["team"]["name"], name="team.name"),
    Column(lambda item: item["organization"]["slug"], name="organization"),
    Column(lambda item: item["area"], name="area"),
)
_LIBRARY = (
    Column(lambda item: item["library"]["name"], title="LIBRARY"),
    Column(lambda item: item["library"]["slug"], name="library"),
    Column(lambda item: item["library"]["name"], name="library.name"),
)
_HIT = (
    Column(lambda item: item["kind"].replace("_", " "), title="KIND"),
    Column(lambda item: item["kind"], name="kind"),
    Column(lambda item: item["name"], title="NAME", name="name"),
    Column(lambda item: item["slug"], title="SLUG", name="slug"),
    Column(lambda item: item["snippet"]["text"], title="TEXT", name="text"),
    Column(lambda item: item["score"], name="score"),
)

_limited = click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Print at most N.")


@click.command(
    "who-uses",
    epilog=examples(
        "toolatlas who-uses numpy",
        "toolatlas who-uses sklearn --json",
        "toolatlas who-uses pkg:pypi/flask --csv > users.csv",
    ),
)
@click.argument("library", shell_complete=complete_library)
@_limited
@form_options
@connection_options
def who_uses(library: str, limit: int | None, form: str | None) -> None:
    """Tell which teams use LIBRARY, and for what.

    LIBRARY is a name in any spelling, an alias, a slug, a package URL or the
    URL of a repository.
    """
    client = connect()
    found = find_library(client, library)
    items = walk(client, f"/libraries/{step(found['slug'])}/teams", most=limit)
    if not items:
        raise NotFound(f"Nobody is known to use {found['name']}.")
    show(items, [*_TEAM, *_PURPOSES, _ROLES, _NUMBER, *_EVIDENCE, _CONTACT], form)


@click.command(epilog=examples("toolatlas uses core", "toolatlas uses 'Insight Engineering' --json"))
@click.argument("team", shell_complete=complete_team)
@_limited
@form_options
@connection_options
def uses(team: str, limit: int | None, form: str | None) -> None:
    """Tell which libraries TEAM uses, and for what.

    TEAM is a name, an alias or a slug.
    """
    client = connect()
    found = find_team(client, team)
    items = walk(client, f"/teams/{step(found['slug'])}/libraries", most=limit)
    if not items:
        raise NotFound(f"Nothing is known of what {found['name']} uses.")
    show(items, [*_LIBRARY, *_PURPOSES, _ROLES, _NUMBER, *_EVIDENCE], form)


@click.command(
    epilog=examples(
        "toolatlas search gradient boosting",
        "toolatlas search --kind library '\"time series\"'",
        "toolatlas search -- notebook -netflix",
    )
)
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Look among these alone.")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, _MOST_HITS),
    metavar="N",
    help="Most hits.",
)
@form_options
@connection_options
def search(words: tuple[str, ...], kinds: tuple[str, ...], limit: int, form: str | None) -> None:
    """Find records of all kinds by WORDS, in any spelling.

    "..." around words makes a phrase, -word (behind --) leaves out what holds
    that word.
    """
    client = connect()
    asked = [("q", " ".join(words)), ("limit", str(limit)), *(("kind", kind) for kind in kinds)]
    document = client.get("/search", asked)
    items = client.items_of(document)
    if document.get("did_you_mean"):
        note(f"Taken for: {document['did_you_mean']}")
    if not items:
        raise NotFound("Nothing is found.")
    if document.get("is_relaxed"):
        note("Nothing holds all these words; this holds some.")
    show(items, _HIT, form)


def _newest(item: dict[str, Any]) -> Any:
    return item["newest_evidence"] or {"source": {"slug": None}}


def _names(references: list[dict[str, Any]]) -> list[Any]:
    return [reference["name"] for reference in references]


def _slugs(references: list[dict[str, Any]]) -> list[Any]:
    return [reference["slug"] for reference in references]
