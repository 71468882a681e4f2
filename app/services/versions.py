"""Writing versions of rows: what a change touched ends, and what it became begins, at its own `seq`.

One pair of statements for each table of a transaction, however many records:
the rows go from table to table, and never through here.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Dialect,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from app.models import Kind
from app.services.prepared import Prepared
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
                _end(one, one.owners[kind]).run(connection, **_given(connection.dialect, some))
            for some in _chunks(begun.get(kind, {})):
                _begin(one, one.owners[kind]).run(connection, **_given(connection.dialect, some))


@cache
def _end(one: Versioned, owner: str) -> Prepared:
    """Prepare the end of the versions that are open."""

    def make(dialect: Dialect) -> Any:
        changed, versions = _rows(dialect), one.versions
        ending = update(versions).values(to_seq=changed.c.seq)
        return ending.where(versions.c[owner] == changed.c.id, versions.c.to_seq == OPEN)

    return Prepared(make)


@cache
def _begin(one: Versioned, owner: str) -> Prepared:
    """Prepare the beginning of versions that say what the table says."""

    def make(dialect: Dialect) -> Any:
        changed, table = _rows(dialect), one.table
        joined = changed.join(table, table.c[owner] == changed.c.id)
        columns = (*table.columns, changed.c.seq, literal(OPEN, BigInteger))
        names = [*table.columns.keys(), "from_seq", "to_seq"]
        return insert(one.versions).from_select(names, select(*columns).select_from(joined))

    return Prepared(make)


def _rows(dialect: Dialect) -> FromClause:
    """Make rows of the ids of records and their changes, which are given as texts."""
    ids, seqs = (bindparam(name, type_=Text) for name in ("ids", "seqs"))
    if dialect.name == "sqlite":
        pair = func.json_each(ids).table_valued("value").c.value
        id_, seq = (func.json_extract(pair, f"$[{place}]") for place in range(2))
        return select(cast(id_, Integer).label("id"), seq.label("seq")).subquery("changed")
    arrays = (cast(ids, ARRAY(Integer)), cast(seqs, ARRAY(BigInteger)))
    return func.unnest(*arrays).table_valued("id", "seq", name="changed").render_derived()


def _given(dialect: Dialect, touched: Mapping[int, int]) -> Mapping[str, str]:
    """Make the parameters of `_rows`: one text of pairs, or one of ids and one of changes."""
    if dialect.name == "sqlite":
        return {"ids": orjson.dumps(list(touched.items())).decode()}
    ids, seqs = (f"{{{','.join(map(str, some))}}}" for some in (touched, touched.values()))
    return {"ids": ids, "seqs": seqs}


def _chunks(touched: Mapping[int, int]) -> Iterator[dict[int, int]]:
    items = iter(touched.items())
    while some := dict(islice(items, _CHUNK)):
        yield some
