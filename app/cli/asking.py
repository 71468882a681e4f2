"""Questions: who-uses, uses, worklist, search. Written once, for this host's atlas and any other one."""

from typing import Any

import click

from app.cli.clients import PATHS, step
from app.cli.completing import complete_library, complete_team
from app.cli.connecting import connect, connection_options
from app.cli.helping import examples
from app.cli.names import find_library, find_team
from app.cli.printing import Column, form_options, note, show
from app.cli.trouble import NotFound
from app.cli.walking import walk

REASONS = ("stale", "disputed", "unchecked", "lost_evidence", "without_purpose", "deprecated_library")
_MOST_HITS = 100
_LONGEST_AGE_DAYS = 36_500

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

_WORK = (
    Column(lambda item: item["use_case"]["title"], title="USE CASE"),
    Column(lambda item: item["use_case"]["slug"], title="SLUG", name="use_case"),
    Column(lambda item: item["use_case"]["title"], name="use_case.title"),
    Column(lambda item: [reason.replace("_", " ") for reason in item["reasons"]], title="WHY"),
    Column(lambda item: item["reasons"], name="reasons"),
    Column(lambda item: item["status"], name="status"),
    Column(lambda item: item["fresh_at"], name="fresh_at"),
    Column(lambda item: item["fresh_at"][:10], title="SAID"),
    Column(lambda item: [_with_successor(ended) for ended in item["ended_libraries"]], title="LIBRARIES"),
    Column(
        lambda item: _slugs([ended["library"] for ended in item["ended_libraries"]]), name="ended_libraries"
    ),
    Column(lambda item: item["status_note"], title="NOTE", name="status_note"),
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
        "toolatlas worklist core",
        "toolatlas worklist 'Information Security' --reason disputed --reason deprecated_library",
        "toolatlas worklist core --stale 30 --json",
        more="Exit status: 0 something wants attention, 1 nothing does.",
    )
)
@click.argument("team", shell_complete=complete_team)
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    type=click.Choice(REASONS),
    help="Only what wants it for this reason.",
)
@click.option(
    "--stale",
    type=click.IntRange(0, _LONGEST_AGE_DAYS),
    metavar="DAYS",
    help="What nobody has confirmed or changed for so long is stale [default: 180].",
)
@_limited
@form_options
@connection_options
def worklist(
    team: str, reasons: tuple[str, ...], stale: int | None, limit: int | None, form: str | None
) -> None:
    """Tell which use cases of TEAM want attention, and why.

    They are stale, disputed, without purpose, or on deprecated or archived
    libraries; or their evidence was never checked, or is not in its source any
    more. Those that nobody has said or confirmed for longest come first.
    """
    client = connect()
    found = find_team(client, team)
    asked = [
        *(("reason", reason) for reason in reasons),
        *([("stale", str(stale))] if stale is not None else []),
    ]
    items = walk(client, f"/teams/{step(found['slug'])}/worklist", asked, most=limit)
    if not items:
        raise NotFound(f"Nothing of {found['name']} wants attention.")
    show(items, _WORK, form)


@click.command(
    epilog=examples(
        "toolatlas search gradient boosting",
        "toolatlas search --kind library '\"time series\"'",
        "toolatlas search -- notebook -netflix",
    )
)
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice([*PATHS]), help="Look among these alone.")
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


def _with_successor(ended: dict[str, Any]) -> str:
    """Name a library that has ended, and the one to move to."""
    successor = ended["replaced_by"]
    return f"{ended['library']['name']} > {successor['name']}" if successor else str(ended["library"]["name"])
