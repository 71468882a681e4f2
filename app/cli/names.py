"""What people call a library or a team, turned into its slug; what is close is offered."""

import re
from typing import Any

from app.cli.clients import Client, step
from app.cli.trouble import NotFound, Refused, offer

Reference = dict[str, Any]

_REPOSITORY = re.compile(r"[a-z+]+://|git@|[\w-]+(?:\.[\w-]+)+/")  # also without a scheme: github.com/...


def find_library(client: Client, name: str) -> Reference:
    """Give the library of a name, alias, slug, package URL or repository.

    Raises:
        NotFound: with near names.
    """
    way = "purl" if name.startswith("pkg:") else "repository" if _REPOSITORY.match(name) else "name"
    try:
        return client.get("/lookup", [(way, name)])
    except Refused as refused:
        if not refused.is_not_found:
            raise
        raise NotFound(f"There is no library called {name!r}.{offer(refused.near)}") from None


def find_team(client: Client, name: str) -> Reference:
    """Give the team of a name, alias or slug.

    Raises:
        NotFound: with near names, or with the teams that all are called so.
    """
    # Coverage finds teams by any name they have; its columns do not matter here.
    rows = client.get("/coverage", [("team", name), ("limit_libraries", "1"), ("total", "false")])
    try:
        teams: list[Reference] = [row["team"] for row in client.items_of(rows)]
        slugs = [str(team["slug"]) for team in teams]
    except (KeyError, TypeError):
        raise client.strange() from None
    if not teams:
        raise NotFound(f"There is no team called {name!r}.{offer(_near(client, name))}")
    if len(teams) > 1:
        raise NotFound(f"Several teams are called {name!r}.{offer(slugs)}")
    return teams[0]


def _near(client: Client, name: str) -> list[str]:
    """Give slugs of teams that look like a name."""
    try:
        client.get(f"/teams/{step(name)}")
    except Refused as refused:
        return refused.near
    return []
