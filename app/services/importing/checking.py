"""The shape of each item, by its schema, before anything is looked up."""

from collections.abc import Iterable, Mapping

from app.errors import Flaw, Invalid
from app.schemas.loading import loader_of
from app.services.flattening import writable
from app.services.importing.items import Checked, Item
from app.services.registry import COLLECTIONS
from app.services.writing import load, slug_for


def check(items: Iterable[Item]) -> list[Checked]:
    """Load the items by their schemas; knows nothing of the atlas.

    Returns: in their order, each with all that is wrong with it.
    """
    return [_check(item) for item in items]


def _check(item: Item) -> Checked:
    if item.flaws:
        return Checked(item, {}, item.flaws)
    collection = COLLECTIONS[item.kind]
    values = loader_of(collection.schema)(item.data)
    if values is None:
        if not isinstance(item.data, Mapping):
            return Checked(item, {}, [Flaw("Must be an object.", pointer="")])
        try:
            values = load(collection.schema, writable(collection.schema, item.data))
        except Invalid as error:
            return Checked(item, {}, error.flaws)
    if "slug" not in values:
        values["slug"] = slug_for(item.kind, values)
    return Checked(item, values)
