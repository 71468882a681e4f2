"""Facets of states of the past: they are counted once, and remembered.

Tallies are of now alone, so the facets of a list of the past are counted among
all its rows. But a state of the past never changes.
"""

from collections.abc import Mapping
from typing import Any, cast

import orjson
from sqlalchemy import Connection

from app.remembered import Remembered
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.facets.counting import count
from app.services.past import past_of
from app.services.remembering import name_of

# What is stale depends on the moment that is asked for, not on the state alone.
_OF_THE_MOMENT = "stale"


def facets_of(
    connection: Connection, collection: Collection, query: Mapping[str, Any], remembered: Remembered
) -> Document:
    """Count the records of a list by the values of filters, or give what was counted before; see `count`.

    Args:
        connection: in a snapshot.
        collection: which records.
        query: as `count` takes it.
        remembered: of all requests of this process.
    """
    past = past_of(connection)
    if past is None or query.get(_OF_THE_MOMENT) is not None:
        return count(connection, collection, query)
    asked = orjson.dumps([collection.kind, query], option=orjson.OPT_SORT_KEYS)
    question = name_of(connection, past) + asked
    answer = remembered.find(question)
    if answer is None:
        answer = orjson.dumps(count(connection, collection, query))
        remembered.keep(question, answer)
    return cast("Document", orjson.loads(answer))
