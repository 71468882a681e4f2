"""The index proper: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Terms are ASCII letters and digits (words.py), so both take them as they are
and no query can be malformed. Both answer one question: which entries hold
this combination of terms, the oldest first, at most so many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Select,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.models import Kind, SearchEntry, SearchWord
from app.services.bulk import Form
from app.services.prepared import Prepared, Values, has_given_id, ids_given

# Alternatives: one of these combinations of terms has to be there.
Group = frozenset[tuple[str, ...]]


class Entry(NamedTuple):
    """A record as the index has it; see `models.SearchEntry`."""

    id: int
    kind: str
    record_id: int
    slug: str
    label: str
    names: str
    body: str
    terms: str


@dataclass(frozen=True)
class Wanted:
    """A combination of terms: one of each group, and none of the others.

    Attributes:
        groups: of alternatives, each a combination of terms.
        without: terms that must not be there.
    """

    groups: tuple[Group, ...]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """Some of the entries that hold what is wanted.

    Attributes:
        wanted: a combination of terms.
        most: entries, the oldest first.
    """

    wanted: Wanted
    most: int


# `search_index` is also FTS5's own column for commands and questions; PostgreSQL's table has an id.
_COLUMNS = [SearchEntry.__table__.c[name] for name in Entry._fields]
_INDEX = table("search_index", column("rowid"), column("id"), column("terms"), column("search_index"))
# So many entries PostgreSQL reads by its index in no order, to sort them.
_FEW = 2_000


def entries(connection: Connection, parts: Sequence[Part]) -> list[Entry]:
    """Read the entries of some parts, in one statement; those of several parts come again."""
    if not parts:
        return []
    rows = _entries(len(parts)).rows(connection, **_given(connection.dialect, parts))
    return list(map(Entry._make, rows))


def entries_of(connection: Connection, kind: Kind, ids: Sequence[int]) -> list[Entry]:
    """Read the entries of some records of a kind."""
    rows = _ENTRIES.rows(connection, kind=kind, **ids_given(connection.dialect, ids))
    return list(map(Entry._make, rows))


def count(connection: Connection, parts: Sequence[Part]) -> list[int]:
    """Count the entries of each part, in one statement."""
    if not parts:
        return []
    rows = _counts(len(parts)).rows(connection, **_given(connection.dialect, parts))
    return [number for _place, number in sorted((row[0], row[1]) for row in rows)]


def holding(entries: Iterable[Entry], wanted: Wanted) -> list[Entry]:
    """Give those of some entries whose terms are one of each group; exclusions are not looked at."""
    groups = [[tuple([f" {term} " for term in way]) for way in group] for group in wanted.groups]
    for group in groups:
        if len(group) == 1 and len(group[0]) == 1:  # most often so, and faster
            ((term,),) = group
            entries = [entry for entry in entries if term in f" {entry.terms} "]
        else:
            entries = [entry for entry in entries if _is_in(f" {entry.terms} ", group)]
    return list(entries)


def _is_in(terms: str, group: Iterable[tuple[str, ...]]) -> bool:
    for way in group:
        for term in way:
            if term not in terms:
                break
        else:
            return True
    return False


@cache
def _entries(number: int) -> Prepared:
    return Prepared(lambda dialect: union_all(*(_entries_of(dialect, place) for place in range(number))))


@cache
def _counts(number: int) -> Prepared:
    return Prepared(lambda dialect: union_all(*(_count_of(dialect, place) for place in range(number))))


def _entries_of(dialect: Dialect, place: int) -> Select[Any]:
    found = _found(dialect, place).subquery()
    return select(*_COLUMNS).join(found, found.c.id == SearchEntry.id)


def _count_of(dialect: Dialect, place: int) -> Any:
    if dialect.name == "sqlite":
        found = _found(dialect, place).subquery()
    else:
        found = _holding(place).limit(_most(place)).subquery()
    return select(literal_column(str(place)).label("place"), func.count()).select_from(found)


def _found(dialect: Dialect, place: int) -> Any:
    """Select the ids of the entries that hold what is wanted, oldest first."""
    if dialect.name != "sqlite":
        return _found_by_postgresql(place)
    match = _INDEX.c.search_index.op("MATCH")(bindparam(f"wanted{place}", type_=Text))
    return select(_INDEX.c.rowid.label("id")).where(match).order_by(_INDEX.c.rowid).limit(_most(place))


def _found_by_postgresql(place: int) -> Any:
    """Select the same by the index if they are few, which nobody knows before, else by walking through all.

    Left to itself, PostgreSQL guesses how many there are as if a word were as
    frequent in every kind of record, and walks through all for words that a
    kind has nowhere.
    """
    few = select(_holding(place).limit(_FEW).subquery().c.id).cte(f"few{place}").prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(few).scalar_subquery()
    walked = select(_INDEX.c.id).where(_matches(place), number == _FEW)
    walked = walked.order_by(_INDEX.c.id).limit(_most(place))
    either = union_all(select(few.c.id).where(number < _FEW), select(walked.subquery().c.id)).subquery()
    return select(either.c.id).order_by(either.c.id).limit(_most(place))


def _holding(place: int) -> Select[Any]:
    """Select the ids of all entries that hold what is wanted, in no order; only what is taken is read."""
    holding = select(_INDEX.c.id).where(_matches(place)).cte(f"holding{place}").prefix_with("MATERIALIZED")
    return select(holding.c.id)


def _matches(place: int) -> ColumnElement[bool]:
    return _INDEX.c.terms.op("@@")(func.to_tsquery("simple", bindparam(f"wanted{place}", type_=Text)))


def _most(place: int) -> BindParameter[int]:
    return bindparam(f"most{place}", type_=Integer)


def _given(dialect: Dialect, parts: Sequence[Part]) -> Values:
    write = _to_fts5 if dialect.name == "sqlite" else _to_tsquery
    given: Values = {}
    for place, part in enumerate(parts):
        given[f"wanted{place}"] = write(part.wanted)
        given[f"most{place}"] = part.most
    return given


def add(connection: Connection, kind: Kind, ids: Sequence[int]) -> None:
    """Take entries into the index, after they were written."""
    _ADDED.run(connection, kind=kind, **ids_given(connection.dialect, ids))


@lru_cache(maxsize=4)
def adding(dialect: Dialect) -> Form:
    """Make the statement that takes entries into the index, each by its id and terms."""
    id_, terms = bindparam("entry", type_=Integer), bindparam("text", type_=Text)
    if dialect.name == "sqlite":
        return Form(dialect, insert(_INDEX).values(rowid=id_, terms=terms), "entry", "text")
    lexemes = func.array_to_tsvector(func.string_to_array(terms, literal_column("' '")))
    return Form(dialect, insert(_INDEX).values(id=id_, terms=lexemes), "entry", "text")


@lru_cache(maxsize=4)
def counting(dialect: Dialect) -> Form:
    """Make the statement that adds to the counts of a word, which may be new."""
    table: Any = SearchWord.__table__
    make = sqlite_insert if dialect.name == "sqlite" else postgresql_insert
    new = make(table).values({column.name: bindparam(column.name) for column in table.columns})
    added = {name: table.c[name] + new.excluded[name] for name in ("records", "names")}
    statement = new.on_conflict_do_update(index_elements=["word"], set_=added)
    return Form(dialect, statement, *(column.name for column in table.columns))


def remove(connection: Connection, kind: Kind, ids: Sequence[int]) -> None:
    """Take entries out of the index, before they are deleted."""
    _REMOVED.run(connection, kind=kind, **ids_given(connection.dialect, ids))


def clear(connection: Connection) -> None:
    """Empty the index."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(_INDEX).values(search_index="delete-all"))
    else:
        connection.execute(delete(_INDEX))


def tidy(connection: Connection) -> None:
    """Bring the index into one piece, after many entries were added at once; it has one for each such time.

    A word is looked for in each piece. SQLite takes about 2 s for it at a million use cases.

    Source: https://www.sqlite.org/fts5.html#the_optimize_command.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(insert(_INDEX).values(search_index="optimize"))


def these(dialect: Dialect) -> tuple[ColumnElement[bool], ...]:
    """Make the conditions on entries of a `kind` that is given each time, and of given ids."""
    return SearchEntry.kind == bindparam("kind"), has_given_id(dialect, SearchEntry.record_id)


def _adding_stored(dialect: Dialect) -> Any:
    if dialect.name == "sqlite":
        entries = select(SearchEntry.id, SearchEntry.terms).where(*these(dialect))
        return insert(_INDEX).from_select(["rowid", "terms"], entries)
    lexemes = func.array_to_tsvector(func.string_to_array(SearchEntry.terms, literal_column("' '")))
    vectors = select(SearchEntry.id, lexemes).where(*these(dialect))
    return insert(_INDEX).from_select(["id", "terms"], vectors)


def _removing(dialect: Dialect) -> Any:
    if dialect.name == "sqlite":
        # The index keeps no text of its own, so it has to be told what it forgets.
        told: Any = select(literal_column("'delete'"), SearchEntry.id, SearchEntry.terms).where(
            *these(dialect)
        )
        return insert(_INDEX).from_select(["search_index", "rowid", "terms"], told)
    return delete(_INDEX).where(_INDEX.c.id.in_(select(SearchEntry.id).where(*these(dialect))))


_ENTRIES = Prepared(lambda dialect: select(*_COLUMNS).where(*these(dialect)))
_ADDED = Prepared(_adding_stored)
_REMOVED = Prepared(_removing)


def _to_fts5(wanted: Wanted) -> str:
    return _combine(wanted, quote='"', either=" OR ", both=" AND ", but_not=" NOT ")


def _to_tsquery(wanted: Wanted) -> str:
    return _combine(wanted, quote="'", either=" | ", both=" & ", but_not=" & !")


def _combine(wanted: Wanted, *, quote: str, either: str, both: str, but_not: str) -> str:
    def written(way: tuple[str, ...]) -> str:
        return "(" + both.join(f"{quote}{term}{quote}" for term in way) + ")"

    groups = ("(" + either.join(written(way) for way in sorted(group)) + ")" for group in wanted.groups)
    without = (f"{but_not}{quote}{term}{quote}" for term in sorted(wanted.without))
    return both.join(groups) + "".join(without)
