"""toolatlas diff: what two atlases, or two exports, say otherwise."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import click
import orjson

from app.cli.clients import PATHS
from app.cli.connecting import connect, connect_to, connection_options
from app.cli.helping import examples
from app.cli.printing import Column, Form, form_options, note, painted, say_json, show
from app.cli.reading import Atlas, read_atlas, read_file
from app.cli.texts import on_one_line
from app.cli.trouble import NOTHING
from app.cli.walking import walk

_ATLAS = "atlas"
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


class Change(StrEnum):
    """What became of a record."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(NamedTuple):
    """One record that the two sides have otherwise.

    Attributes:
        change: what became of it.
        path: of its collection.
        slug: of the record.
        fields: old and new value of each member that changed.
    """

    change: Change
    path: str
    slug: str
    fields: Mapping[str, tuple[Any, Any]]


_COLUMNS = (
    Column(lambda row: row["change"], name="change"),
    Column(lambda row: row["collection"], name="collection"),
    Column(lambda row: row["slug"], name="slug"),
    Column(lambda row: row["field"], name="field"),
    Column(lambda row: row["old"], name="old"),
    Column(lambda row: row["new"], name="new"),
)


@click.command(
    epilog=examples(
        "toolatlas diff yesterday.json",
        "toolatlas diff yesterday.json today.json --json",
        "toolatlas diff atlas https://atlas.example",
        "toolatlas diff --from 120 --to 2026-01-31T12:00:00Z",
    )
)
@click.argument("old", required=False)
@click.argument("new", default=_ATLAS)
@click.option("--from", "start", metavar="SEQ|TIME", help="Compare with what the atlas held then.")
@click.option("--to", "end", metavar="SEQ|TIME", help="What it held then, with --from [default: now].")
@form_options
@connection_options
def diff(old: str | None, new: str, start: str | None, end: str | None, form: str | None) -> None:
    """Tell what NEW says otherwise than OLD.

    Each is an export (.json or .ndjson), the URL of an atlas, or the word
    atlas for the one that is asked, which NEW is unless it is given. Revisions,
    times and results of checks do not count. With --from it tells instead what
    changed in the atlas that is asked. The exit status is 1 where they differ.
    """
    if (old is None) == (start is None) or (end and not start):
        raise click.UsageError("Give either what to compare, or --from, with --to if need be.")
    found = list(_between(start, end) if start else differences(_side(old or ""), _side(new)))
    if form == Form.JSON:
        say_json(_document(found))
    elif form == Form.CSV:
        show(list(_rows(found)), _COLUMNS, form)
    elif found:
        click.echo("\n".join(_lines(found)))
    if found:
        counts = ", ".join(f"{sum(one.change == kind for one in found)} {kind}" for kind in Change)
        note(counts)
        raise click.exceptions.Exit(NOTHING)
    note("They say the same.")


def differences(old: Atlas, new: Atlas) -> Iterator[Difference]:
    """Compare two atlases, in the order of collections and slugs."""
    for path, slug in sorted({*old, *new}):
        before, after = old.get((path, slug)), new.get((path, slug))
        if before is None:
            yield Difference(Change.ADDED, path, slug, {})
        elif after is None:
            yield Difference(Change.REMOVED, path, slug, {})
        else:
            names = [name for name in before if before[name] != after.get(name)]
            if names:
                yield Difference(
                    Change.CHANGED, path, slug, {name: (before[name], after.get(name)) for name in names}
                )


def _between(start: str, end: str | None) -> Iterator[Difference]:
    """Ask what differs between two states of the atlas; both are fixed before the first page."""
    client, asked = connect(), [("from", start), *([("to", end)] if end else [])]
    states = client.get("/diff", [*asked, ("limit", "1")])
    fixed = [(name, str(states.get(name))) for name in ("from", "to")]
    try:
        for item in walk(client, "/diff", fixed):
            members = {one["member"]: (one["before"], one["after"]) for one in item["changed"]}
            change = Change(item["difference"])
            shown = members if change is Change.CHANGED else {}
            yield Difference(change, PATHS[item["kind"]], item["slug"], shown)
    except (KeyError, TypeError, ValueError):
        raise client.strange() from None


def _side(name: str) -> Atlas:
    if name == _ATLAS:
        return read_atlas(connect())
    if name.startswith(("http://", "https://")):
        # The token belongs to the atlas of --url, and goes to no other one.
        return read_atlas(connect_to(name, None))
    return read_file(Path(name))


def _lines(found: list[Difference]) -> Iterator[str]:
    for change, path, slug, fields in found:
        sign, colour = _SIGNS[change]
        yield painted(on_one_line(f"{sign} {path}/{slug}"), colour)
        for name, (before, after) in fields.items():
            yield "    " + on_one_line(f"{name}: {_text(before)} -> {_text(after)}")


def _document(found: list[Difference]) -> dict[str, Any]:
    document: dict[str, list[Any]] = {change.value: [] for change in Change}
    for change, path, slug, fields in found:
        members = {name: {"old": _plain(old), "new": _plain(new)} for name, (old, new) in fields.items()}
        record = {"collection": path, "slug": slug}
        document[change].append({**record, "fields": members} if members else record)
    return document


def _rows(found: list[Difference]) -> Iterator[dict[str, Any]]:
    for change, path, slug, fields in found:
        row = {
            "change": change.value,
            "collection": path,
            "slug": slug,
            "field": None,
            "old": None,
            "new": None,
        }
        members = [
            {"field": name, "old": _text(old), "new": _text(new)} for name, (old, new) in fields.items()
        ]
        yield from ({**row, **member} for member in members or [{}])


def _plain(value: Any) -> Any:
    """Give a loaded value as JSON has it."""
    return json.loads(orjson.dumps(value))


def _text(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)
