"""What must hold of versions of rows, whatever was written."""

import orjson
import sqlalchemy as sa

from app.db import Database
from app.models import Atlas, Change, Claim, Kind, PurposeClaim
from app.services.flattening import flatten
from app.services.past import find_past, look_back
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.versions import OPEN, VERSIONED

DERIVED = [Claim.__table__, PurposeClaim.__table__]


def assert_right(database: Database) -> None:
    """Check that what is open is what the tables hold, and that each version is what the log says."""
    with database.reading() as connection:
        for one in VERSIONED:
            columns = [sa.type_coerce(one.versions.c[own.name], own.type) for own in one.table.columns]
            kept = sa.select(*columns).where(one.versions.c.to_seq == OPEN)
            assert rows(connection, kept) == rows(connection, sa.select(one.table)), one.table.name
        log = connection.execute(sa.select(Change).order_by(Change.seq)).all()
        first = connection.scalar(sa.select(Atlas.history_from))
    for change in log:
        if change.seq > first:
            with looking_back(database, change.seq) as connection:
                assert state_of(connection, change) == change.after, change.seq


def claims(connection):
    """Read what follows from the use cases, from the tables or the views that stand before them."""
    return [rows(connection, sa.select(table)) for table in DERIVED]


def rows(connection, statement):
    return sorted(map(repr, connection.execute(statement).all()))


def looking_back(database, seq):
    """Give a connection that shows the state at a `seq`."""
    return _Looking(database, seq)


class _Looking:
    def __init__(self, database, seq):
        self.context = database.reading(may_look_back=True)
        self.database, self.seq = database, seq

    def __enter__(self):
        connection = self.context.__enter__()
        look_back(connection, find_past(connection, self.seq, self.database.clock()))
        return connection

    def __exit__(self, *error):
        return self.context.__exit__(*error)


def state_of(connection, change):
    """Read the record of a change as its log has it, or None."""
    collection = COLLECTIONS[Kind(change.kind)]
    ids = connection.scalars(sa.select(collection.model.id).where(collection.model.slug == change.slug)).all()
    found = documents(connection, collection, ids)
    return _as_json(flatten(collection.schema, found[ids[0]])) if ids else None


def _as_json(document):
    return orjson.loads(orjson.dumps(document))
