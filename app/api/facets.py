"""What facets and lists have in common over HTTP: the URL that adds a value as a filter."""

from typing import Any
from urllib.parse import urlencode

from flask import request

from app.api.contract import Call, database
from app.api.responses import origin
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.facets.remembering import facets_of

_OF_FACETS_ALONE = {"by", "exclude_self", "limit"}


def count(call: Call, collection: Collection) -> Any:
    """Count a list by the values of filters."""
    return with_urls(facets_of(call.reader, collection, call.query, database().remembered))


def with_urls(document: Document) -> Document:
    """Give each value the URL of the list that it leads to."""
    for facet in document["facets"]:
        for value in facet["values"]:
            value["url"] = _filtered_url(facet["by"], value["value"])
    return document


def _filtered_url(name: str, value: str) -> str:
    """Give the URL of the list with the filters of this request and one more."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] not in _OF_FACETS_ALONE]
    added = (name, str(value))
    pairs = kept if added in kept else [*kept, added]
    path = request.path.rstrip("/").removesuffix("/facets")
    return f"{origin()}{path}?{urlencode(pairs)}"
