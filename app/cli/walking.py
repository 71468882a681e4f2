"""Lists of an atlas, from the first page to the last, with progress on a terminal."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from app.cli.clients import Client, Document, Parameters

LARGEST_PAGE = 200


def walk(client: Client, path: str, parameters: Parameters = (), most: int | None = None) -> list[Any]:
    """Give the items of a list.

    Args:
        client: that asks.
        path: of the list, below /api/v1.
        parameters: filters and shape.
        most: items to give; None: all.

    Raises:
        Refused: with what the atlas says.
        Trouble: it cannot be asked, or leads in a circle.
    """
    asked = [*parameters, ("limit", str(min(LARGEST_PAGE, most or LARGEST_PAGE)))]
    document = client.get(path, asked)
    items = client.items_of(document)
    wanted = most or sys.maxsize
    expected = min(document.get("total") or 0, wanted)
    following = _following(client, path, asked, document)
    # click shows nothing where standard error is no terminal.
    with click.progressbar(length=expected, file=sys.stderr, hidden=expected <= len(items)) as bar:
        bar.update(len(items))
        while len(items) < wanted and (page := next(following, None)) is not None:
            bar.update(len(page))
            items += page
    return items[:most]


def _following(client: Client, path: str, asked: Parameters, document: Document) -> Iterator[list[Any]]:
    """Give the items of the pages after one, as they are asked for."""
    seen = set()
    while cursor := client.page_after(document):
        if cursor in seen:
            raise client.strange()
        seen.add(cursor)
        document = client.get(path, [*asked, cursor])
        yield client.items_of(document)
