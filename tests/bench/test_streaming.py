"""What lists are measured against: a bare loop that writes the very same documents."""

import orjson
import pytest

from bench.generate import generate
from bench.streaming import bare, served
from bench.world import Size
from tests.databases import patient


def documents(pieces):
    """Give the documents by slug; moments are in a notation of their own there."""
    found = {document["slug"]: document for document in map(orjson.loads, b"".join(pieces).splitlines())}
    for document in found.values():
        for thing in (document, *document["evidence"]):
            thing.update({name: bool(value) for name, value in thing.items() if name.endswith("_at")})
    return found


@pytest.fixture
def url(sqlite_farm):
    """A made-up atlas."""
    url = sqlite_farm.fresh("empty")
    generate(patient(url), Size(60), seed=1)
    yield url
    sqlite_farm.drop(url)


class TestBare:
    def test_it_writes_what_the_list_holds(self, url):
        listed = documents(served(url, "/api/v1/use-cases?format=ndjson"))
        assert len(listed) == 60
        assert documents(bare(url)) == listed
