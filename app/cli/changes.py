"""toolatlas changes: what changed behind a version, in its order; and what changes from now on."""

import json
import time
from collections.abc import Iterator
from typing import Any

import click

from app.cli.clients import PATHS, Client, Document, Parameters
from app.cli.completing import complete_team
from app.cli.connecting import connect, connection_options, patience
from app.cli.helping import examples
from app.cli.printing import Column, Form, form_options, note, painted, show
from app.cli.texts import in_json, on_one_line
from app.cli.trouble import NotFound, Problem, is_passing

COLOURS = {"create": "green", "update": "yellow", "delete": "red"}
_PAGE = 1_000
_LONGEST_WAIT_SECONDS = 30  # that an atlas allows
_PATIENCE_SECONDS = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1, 10

_COLUMNS = (
    Column(lambda change: change["seq"], title="SEQ", name="seq"),
    Column(lambda change: change["at"], title="AT", name="at"),
    Column(lambda change: change["actor"], title="BY", name="actor"),
    Column(lambda change: change["action"], title="ACTION", name="action"),
    Column(lambda change: change["kind"].replace("_", " "), title="KIND"),
    Column(lambda change: change["kind"], name="kind"),
    Column(lambda change: change["slug"], title="SLUG", name="slug"),
    Column(lambda change: change["old_slug"], title="SLUG BEFORE", name="old_slug"),
    Column(lambda change: change["revision"], name="revision"),
    Column(lambda change: change["request_id"], name="request_id"),
)


@click.command(
    epilog=examples(
        "toolatlas changes --limit 5",
        "toolatlas changes --kind library --kind team --csv",
        "toolatlas changes --since 120 --follow",
        "toolatlas changes --follow --json | jq --unbuffered -r .slug",
        more="Where it ended stands on standard error; --since takes that.",
    )
)
@click.option("--since", default=0, type=click.IntRange(min=0), metavar="SEQ", help="The last that you have.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice([*PATHS]), help="Of these kinds alone.")
@click.option("--team", "teams", multiple=True, shell_complete=complete_team, help="Of this team, by slug.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Print at most N.")
@click.option("--follow", "is_followed", is_flag=True, help="Go on with what is still to come, until Ctrl-C.")
@form_options
@connection_options
def changes(
    since: int,
    kinds: tuple[str, ...],
    teams: tuple[str, ...],
    limit: int | None,
    is_followed: bool,  # noqa: FBT001  # as click gives it
    form: str | None,
) -> None:
    """Tell what changed, oldest first.

    A team's changes are its own and those of its use cases. --follow waits for
    more, and goes on when the server was away; with --json it prints a change
    a line.
    """
    asked = [*(("kind", kind) for kind in kinds), *(("team", team) for team in teams)]
    if not is_followed:
        _tell(connect(), since, asked, limit, form)
    elif form == Form.CSV or limit:
        raise click.UsageError("--follow does not end: it goes with neither --csv nor --limit.")
    else:
        _Follower(since, asked, is_json=form == Form.JSON).run()


def _tell(client: Client, since: int, asked: Parameters, limit: int | None, form: str | None) -> None:
    """Print what there is now."""
    found: list[Any] = []
    end = since
    for items, following in _pages(client, since, asked, min(limit or _PAGE, _PAGE)):
        kept = items[: limit and limit - len(found)]
        found, end = found + kept, following if len(kept) == len(items) else kept[-1]["seq"]
        if len(found) == limit:
            break
    if not found:
        raise NotFound(f"Nothing of the kind has changed behind {since}.")
    show(found, _COLUMNS, form)
    note(f"Go on with --since {end}.")


def _pages(client: Client, since: int, asked: Parameters, size: int) -> Iterator[tuple[list[Any], int]]:
    """Give the changes of each page up to now, with the version behind it."""
    is_over = False
    while not is_over:
        page = client.get("/changes", [*asked, ("since", str(since)), ("limit", str(size))])
        following = _following(client, page, since)
        is_over, since = following == since, following
        yield client.items_of(page), since


def _following(client: Client, page: Document, since: int) -> int:
    """Give the version behind a page; it never goes back."""
    name_value = client.page_after(page, "since")
    if name_value is None or not name_value[1].isdigit() or int(name_value[1]) < since:
        raise client.strange()
    return int(name_value[1])


class _Follower:
    """Prints changes as they come."""

    def __init__(self, since: int, asked: Parameters, *, is_json: bool) -> None:
        seconds = patience(_PATIENCE_SECONDS)
        self._client = connect(seconds)
        self._since, self._is_json = since, is_json
        wait = max(0, min(_LONGEST_WAIT_SECONDS, int(seconds) - 1))
        self._asked = [*asked, ("wait", str(wait)), ("limit", str(_PAGE))]
        self._pause = 0  # seconds, before the next try; none before something was answered

    def run(self) -> None:
        """Print until somebody interrupts, or the atlas refuses for good."""
        try:
            while True:
                began_at = time.monotonic()
                is_news = self._step()
                # An atlas for which too many wait answers at once, with nothing.
                if not is_news and time.monotonic() - began_at < _FIRST_PAUSE_SECONDS:
                    time.sleep(self._pause)
        except KeyboardInterrupt:
            note(f"Go on with --since {self._since}.")

    def _step(self) -> bool:
        """Ask once, and print; gives whether there was something."""
        try:
            page = self._client.get("/changes", [*self._asked, ("since", str(self._since))])
        except Problem as error:
            if not self._pause or not is_passing(error):
                raise
            if self._pause == _FIRST_PAUSE_SECONDS:
                note(f"{error.message} Trying again.")
            self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
            return False
        items = self._client.items_of(page)
        try:
            for change in items:
                click.echo(_in_json(change) if self._is_json else _line(change))
                self._since = change["seq"]  # whoever interrupts within a page goes on within it
        except (KeyError, TypeError):
            raise self._client.strange() from None
        self._since, self._pause = _following(self._client, page, self._since), _FIRST_PAUSE_SECONDS
        return bool(items)


def _in_json(change: Document) -> str:
    return in_json(json.dumps(change, ensure_ascii=False))


def _line(change: Document) -> str:
    was = f" (was {change['old_slug']})" if change["old_slug"] else ""
    words = [change[name] for name in ("seq", "at", "actor", "action")]
    text = "  ".join([*map(str, words), f"{PATHS[change['kind']]}/{change['slug']}{was}"])
    return painted(on_one_line(text), COLOURS[change["action"]])
