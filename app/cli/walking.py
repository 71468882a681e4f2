"""Lists of an atlas, from the first page to the last, with progress on a terminal."""

import sys
from typing import Any

import click

from app.cli.clients import Client, Parameters

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
    page_size = min(LARGEST_PAGE, most or LARGEST_PAGE)
    asked = [*parameters, ("limit", str(page_size))]
    document = client.get(path, asked)
    items = client.items_of(document)
    expected = min(document.get("total") or 0, most or sys.maxsize)
    seen = set()
    # click shows nothing where standard error is no terminal.
    with click.progressbar(length=expected, file=sys.stderr, hidden=expected <= page_size) as bar:
        bar.update(len(items))
        while (cursor := client.page_after(document)) and (most is None or len(items) < most):
            if cursor in seen:
                raise client.strange()
            seen.add(cursor)
            document = client.get(path, [*asked, cursor])
            found = client.items_of(document)
            bar.update(len(found))
            items += found
    return items[:most]
