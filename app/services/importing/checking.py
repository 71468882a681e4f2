"""The shape of each item, by its schema, before anything is looked up."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.errors import Flaw, Invalid
from app.schemas.loading import loader_of
from app.services.flattening import writable
from app.services.importing.items import Checked, Item
from app.services.registry import COLLECTIONS
from app.services.writing import load, slug_for
from app.text import SLUG_LENGTH, SLUG_PATTERN

_SLUG = re.compile(SLUG_PATTERN)


def check(items: Iterable[Item]) -> list[Checked]:
    """Load the items by their schemas; knows nothing of the atlas.

    Returns: in their order, each with all that is wrong with it.
    """
    return [_check(item) for item in items]


def _check(item: Item) -> Checked:
    collection = COLLECTIONS[item.kind]
    values = loader_of(collection.schema)(item.data)
    if values is None:
        if not isinstance(item.data, Mapping):
            return Checked(item, None, {}, [Flaw("Must be an object.", pointer="")])
        try:
            values = load(collection.schema, writable(collection.schema, item.data))
        except Invalid as error:
            return Checked(item, _slug_in(item.data), {}, error.flaws)
    if "slug" not in values:
        values["slug"] = slug_for(item.kind, values)
    return Checked(item, values["slug"], values)


def _slug_in(data: Mapping[str, Any]) -> str | None:
    """Find the slug of a record that is not right otherwise, so that it can be told apart."""
    slug = data.get("slug")
    is_slug = isinstance(slug, str) and len(slug) <= SLUG_LENGTH and _SLUG.fullmatch(slug)
    return slug if is_slug else None
