import pytest

from app.models import Kind
from app.services import paging
from app.services.exporting.records import records_of
from app.services.flattening import flatten, writable
from app.services.registry import COLLECTIONS
from tests.client import walk


@pytest.fixture
def exported(generated):
    with generated.app.extensions["database"].reading() as connection:
        return {collection.kind: list(items) for collection, items in records_of(connection)}


class TestRecordsOf:
    @pytest.mark.parametrize("kind", Kind)
    def test_they_are_what_the_api_gives_as_put_takes_it(self, generated, exported, kind):
        collection = COLLECTIONS[kind]
        pages = walk(generated, f"/{collection.path}?sort=slug&limit=200")
        given = [item for page in pages for item in page["items"]]
        assert [stringified(item) for item in exported[kind]] == [
            writable(collection.schema, flatten(collection.schema, item)) for item in given
        ]

    def test_kinds_stand_behind_what_they_point_at(self, exported):
        assert list(exported) == list(COLLECTIONS)

    @pytest.mark.parametrize("size", [10, 1_000])
    def test_statements_are_those_of_the_batches(self, generated, statements, monkeypatch, size):
        monkeypatch.setattr(paging, "BATCH", size)
        with generated.app.extensions["database"].reading() as connection, statements() as seen:
            counts = {collection: len(list(items)) for collection, items in records_of(connection)}
        batches = {collection: -(-count // size) for collection, count in counts.items()}
        assert len(seen) == sum(1 + (1 + len(kind.parts)) * number for kind, number in batches.items())


def stringified(value):
    """Give a document as JSON has it: days as text."""
    if isinstance(value, dict):
        return {name: stringified(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [stringified(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
