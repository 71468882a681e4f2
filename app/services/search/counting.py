"""The hits of a search, counted by kind, in the form of every other facet."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.services.dumping import Document
from app.services.search.searching import search


def count_hits(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Count the hits of a question by their kinds.

    Args:
        connection: in a snapshot.
        query: `q`, `kind`, `exclude_self` and `limit` of the query string.

    Returns: `total`, and one of `facets`, as `services.facets.counting.count` gives them.
    """
    asked = search(connection, query["q"], query["kind"], 0, 0)
    is_wider = query["exclude_self"] and query["kind"]
    counted = search(connection, query["q"], (), 0, 0) if is_wider else asked
    found = [(kind, number) for kind, number in counted["kinds"].items() if number]
    found.sort(key=lambda pair: (-pair[1], pair[0]))
    shown, others = found[: query["limit"]], found[query["limit"] :]
    facet = {
        "by": "kind",
        "values": [{"value": kind, "label": kind, "count": number} for kind, number in shown],
        "rest": {"values": len(others), "count": sum(number for _kind, number in others)},
        "missing": 0,
        "counted": counted["total"],
    }
    return {"total": asked["total"], "facets": [facet]}
