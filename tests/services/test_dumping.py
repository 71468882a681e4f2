"""Documents made from rows are what marshmallow would make of objects."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.api.responses import to_json
from app.models import Kind
from app.schemas.records import shape_of
from app.services.reading import documents
from app.services.registry import COLLECTIONS

# How an object's list is sorted, where the documents sort it.
ORDERS = {
    "purposes": lambda purpose: purpose.slug,
    "usages": lambda usage: (usage.library.slug, usage.role),
    "evidence": lambda evidence: evidence.id,
}


class View:
    """A record as its schema looks for it."""

    def __init__(self, record):
        self.record = record

    def __getattr__(self, name):
        if name == "topics":
            return sorted(row.topic for row in self.record.topic_rows)
        if name == "aliases":
            return sorted(row.name for row in self.record.alias_rows)
        value = getattr(self.record, name)
        return sorted(value, key=ORDERS[name]) if name in ORDERS else value


@pytest.fixture
def connection(seeded):
    with seeded.app.extensions["database"].reading() as connection:
        yield connection


class TestDocuments:
    @pytest.mark.parametrize("kind", Kind)
    def test_they_are_what_marshmallow_dumps(self, connection, kind):
        collection = COLLECTIONS[kind]
        session = Session(connection)
        records = session.scalars(sa.select(collection.model)).all()
        found = documents(connection, collection, [record.id for record in records])
        for record in records:
            assert as_sent(found[record.id]) == json.dumps(shape_of(collection.schema).dump(View(record)))

    @pytest.mark.parametrize("kind", Kind)
    def test_there_are_some_to_compare(self, connection, kind):
        assert connection.scalar(sa.select(sa.func.count()).select_from(COLLECTIONS[kind].model)) > 2

    @pytest.mark.parametrize("kind", Kind)
    def test_some_of_their_members_come_in_the_same_order(self, connection, kind):
        collection = COLLECTIONS[kind]
        names = list(shape_of(collection.schema).fields)
        chosen = [name for name in names if name in {"updated_at", names[1], names[-4]}]
        query = {"members": chosen, "expand": []}
        found = documents(connection, collection, [1], query)[1]
        assert list(found) == ["slug", *chosen]


def as_sent(document):
    """Write a document as it is sent, and then as json.dumps would: times have become text."""
    return json.dumps(json.loads(to_json(document)))
