"""Writing versions of rows: what a change touched ends, and what it became begins, at its own `seq`.

One pair of statements for each table of a transaction, however many records:
the rows go from table to table, and never through here.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    FromClause,
    Integer,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from app.models import Kind
from app.versions import OPEN, VERSIONED, Versioned

# The `seq` of the change of each record, by its id.
Touched = Mapping[Kind, Mapping[int, int]]
# So many records at a time: a time limit counts for each of these, not for all together.
_CHUNK = 5_000


def write_versions(connection: Connection, ended: Touched, begun: Touched) -> None:
    """Write the versions of records and of their parts; the tables hold already what they became.

    Args:
        connection: of the writing transaction.
        ended: the records that were there before.
        begun: the records that are there now.
    """
    for kind in Kind:
        for one in (one for one in VERSIONED if kind in one.owners):
            for some in _chunks(ended.get(kind, {})):
                _end(connection, one, one.owners[kind], some)
            for some in _chunks(begun.get(kind, {})):
                _begin(connection, one, one.owners[kind], some)


def _end(connection: Connection, one: Versioned, owner: str, touched: Mapping[int, int]) -> None:
    changed, versions = _rows(connection, touched), one.versions
    ending = update(versions).values(to_seq=changed.c.seq)
    connection.execute(ending.where(versions.c[owner] == changed.c.id, versions.c.to_seq == OPEN))


def _begin(connection: Connection, one: Versioned, owner: str, touched: Mapping[int, int]) -> None:
    changed, table = _rows(connection, touched), one.table
    joined = changed.join(table, table.c[owner] == changed.c.id)
    columns = (*table.columns, changed.c.seq, literal(OPEN, BigInteger))
    names = [*table.columns.keys(), "from_seq", "to_seq"]
    connection.execute(insert(one.versions).from_select(names, select(*columns).select_from(joined)))


def _rows(connection: Connection, touched: Mapping[int, int]) -> FromClause:
    """Make rows of the ids of records and their changes; one parameter holds them all."""
    if connection.dialect.name == "sqlite":
        text = orjson.dumps(list(touched.items())).decode()
        pair = func.json_each(text).table_valued("value").c.value
        id_, seq = (func.json_extract(pair, f"$[{place}]") for place in range(2))
        return select(cast(id_, Integer).label("id"), seq.label("seq")).subquery("changed")
    ids, seqs = (f"{{{','.join(map(str, some))}}}" for some in (touched, touched.values()))
    arrays = (cast(literal(ids, Text), ARRAY(Integer)), cast(literal(seqs, Text), ARRAY(BigInteger)))
    return func.unnest(*arrays).table_valued("id", "seq", name="changed").render_derived()


def _chunks(touched: Mapping[int, int]) -> Iterator[dict[int, int]]:
    items = iter(touched.items())
    while some := dict(islice(items, _CHUNK)):
        yield some
