"""toolatlas history: what became of a record, change by change; and the group that its command stands in."""

import json
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import click

from app.cli.changes import COLOURS
from app.cli.clients import PATHS, step
from app.cli.commands import Commands
from app.cli.connecting import connect, connection_options
from app.cli.helping import examples
from app.cli.printing import Column, form_options, painted, show
from app.cli.texts import on_one_line
from app.cli.trouble import Trouble, WrongInput
from app.cli.walking import walk

_COLUMNS = tuple(
    Column(itemgetter(name), name=name)
    for name in ("seq", "at", "actor", "request_id", "action", "slug", "revision", "field", "old", "new")
)


@click.group(
    "history",
    cls=Commands,
    places={"show": "app.cli.history:show_", "prune": "app.cli.pruning:prune_"},
    epilog=examples("toolatlas history show library/numpy", "toolatlas history prune --before 2025-01-01"),
)
@connection_options
def history() -> None:
    """Tell what became of a record; look after the change log of this host's atlas."""


@click.command(
    "show",
    epilog=examples(
        "toolatlas history show library/numpy",
        "toolatlas history show team/core --limit 1 --json",
        "toolatlas history show library/numpy --csv",
    ),
)
@click.argument("record", metavar="KIND/SLUG")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Print the newest N.")
@form_options
@connection_options
def show_(record: str, limit: int | None, form: str | None) -> None:
    """Tell the changes of a record, newest first, member by member.

    KIND is organization, team, library, purpose, use_case or source. A record
    that was renamed or deleted is found by each slug that it had.
    """
    path = _path_of(record)
    items = walk(connect(), path, most=limit)
    try:
        rows = list(_rows(items))
        lines = list(_lines(items))
    except (KeyError, TypeError, AttributeError):
        raise Trouble("The answer is not of the shape that an atlas's has.") from None
    if form is None:
        click.echo("\n".join(lines))
    else:
        show(rows, _COLUMNS, form, items)


def _path_of(record: str) -> str:
    """Give the path of a record's history.

    Raises:
        WrongInput: there is no such kind.
    """
    kind, _, slug = record.partition("/")
    path = PATHS.get(kind.replace("-", "_"), kind)
    if path not in PATHS.values() or not slug:
        raise WrongInput(f"Must be a kind and a slug, such as library/numpy. Kinds are {', '.join(PATHS)}.")
    return f"/{path}/{step(slug)}/history"


def _lines(items: list[Any]) -> Iterator[str]:
    for change in items:
        words = (change[name] for name in ("seq", "at", "actor", "action", "slug"))
        yield painted(on_one_line("  ".join(map(str, words))), COLOURS[change["action"]])
        for member in change["changed"]:
            yield "    " + on_one_line(f"{member['member']}: {_change_of(member)}")


def _change_of(member: dict[str, Any]) -> str:
    """Tell what became of a member; of a list only what came and what went, where that tells it."""
    added, removed = member["added"] or [], member["removed"] or []
    if added or removed:
        return " ".join([*(f"+{_text(item)}" for item in added), *(f"-{_text(item)}" for item in removed)])
    return f"{_text(member['before'])} -> {_text(member['after'])}"


def _rows(items: list[Any]) -> Iterator[dict[str, Any]]:
    for change in items:
        none = {"member": None, "before": None, "after": None}
        for member in change["changed"] or [none]:
            texts = {"field": member["member"], "old": _text(member["before"]), "new": _text(member["after"])}
            yield {**change, **texts}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
