"""Keeping the index in step with the records; called by the change log for each record that changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, delete, insert, select

from app.models import Kind, SearchEntry, SearchWord
from app.services.bulk import Form, Rows, inserting
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.prepared import Prepared, ids_given
from app.services.reading import documents
from app.services.search import engine
from app.services.search.words import any_term, cuts_of, kind_term, name_term, stem_of, words_of

# Kinds whose names are completed while typing; titles of use cases and sources are too many and too long.
COMPLETED_KINDS = (Kind.LIBRARY, Kind.TEAM, Kind.PURPOSE, Kind.ORGANIZATION)
# So many new entries at once, and the index is tidied.
MANY = 1_000
_CHUNK = 500
_TOGETHER = 20
_NAMES = ("name", "title")
# Members whose text is searched beside the names; slugs and package names are names of a kind.
_BODIES = ("summary", "description", "area", "topics", "language", "publisher", "authors", "note")
# What these members say is a word of the record, but for what is true of most records.
_STATES = ("kind", "lifecycle")
_UNTOLD = frozenset({"active", "unknown"})


def index(connection: Connection, kind: Kind, became: Mapping[int, Document | None]) -> None:
    """Bring the index to what records became.

    Args:
        connection: of the writing transaction.
        kind: of the records.
        became: documents by id; None: the record is gone.
    """
    words = _Words(kind)
    for ids in _chunks(became):
        for names, body in _forget(connection, kind, ids):
            in_names, anywhere = _words_in(names, body)
            words.count(in_names, anywhere, -1)
        rows = [_entry(words, id_, document) for id_ in ids if (document := became[id_]) is not None]
        if rows:
            entries = Rows(_inserting_new(connection.dialect))
            for row in rows:
                entries.add(row)
            entries.write(connection)
            engine.add(connection, kind, ids)
    words.write(connection)


class NewEntries:
    """Entries for many new records, made before the lock is taken."""

    def __init__(self, dialect: Dialect) -> None:
        """Begin with none."""
        self._entries = Rows(_inserting(dialect))
        self._index = Rows(engine.adding(dialect))
        self._words = {kind: _Words(kind) for kind in Kind}
        self._number = 0

    def add(self, kind: Kind, id_: int, record_id: int, document: Document) -> None:
        """Add the entry of a record.

        Args:
            kind: of the record.
            id_: that the entry gets.
            record_id: of the record.
            document: of the record.
        """
        row = {"id": id_, **_entry(self._words[kind], record_id, document)}
        self._entries.add(row)
        self._index.add_values(id_, row["terms"])
        self._number += 1

    def write(self, connection: Connection) -> None:
        """Write the entries into the index."""
        self._entries.write(connection)
        self._index.write(connection)
        for words in self._words.values():
            words.write(connection)
        if self._number >= MANY:
            engine.tidy(connection)


def rebuild(connection: Connection, collections: Iterable[Collection]) -> None:
    """Make the index anew from the records."""
    engine.clear(connection)
    connection.execute(delete(SearchEntry))
    connection.execute(delete(SearchWord))
    for collection in collections:
        ids = connection.scalars(select(collection.model.id).order_by(collection.model.id)).all()
        for chunk in _chunks(ids):
            found: Mapping[int, Document | None] = documents(connection, collection, chunk)
            index(connection, collection.kind, found)
    engine.tidy(connection)


def _forget(connection: Connection, kind: Kind, ids: Sequence[int]) -> Sequence[Any]:
    """Take records out of the index and give what it held of them."""
    given = {"kind": kind, **ids_given(connection.dialect, ids)}
    rows = _HELD.rows(connection, **given)
    if rows:
        engine.remove(connection, kind, ids)
        _FORGOTTEN.run(connection, **given)
    return rows


def _entry(words: "_Words", id_: int, document: Document) -> dict[str, Any]:
    """Make the index's row for a record, and count its words in."""
    name = next(document[member] for member in _NAMES if member in document)
    purl = document.get("purl") or ""
    others = [*document.get("aliases", ()), document["slug"], purl.rpartition("/")[2]]
    names = "\n".join(dict.fromkeys([name, *filter(None, others)]))
    texts = [document[member] for member in _BODIES if document.get(member)]
    texts += [state for member in _STATES if (state := document.get(member) or "") not in _UNTOLD]
    body = "\n".join([text if isinstance(text, str) else ", ".join(text) for text in texts])
    in_names, anywhere = _words_in(names, body)
    words.count(in_names, anywhere, 1)
    return {
        "kind": words.kind,
        "record_id": id_,
        "slug": document["slug"],
        "label": name,
        "names": names,
        "body": body,
        "terms": _terms(words.kind, in_names, anywhere),
    }


def _words_in(names: str, body: str) -> tuple[Iterable[str], Iterable[str]]:
    """Split a record into the words of its names, and all of its words, each once."""
    in_names = dict.fromkeys(words_of(names))
    return in_names, {**in_names, **dict.fromkeys(words_of(body))}


def _terms(kind: Kind, in_names: Iterable[str], anywhere: Iterable[str]) -> str:
    name_terms = dict.fromkeys(map(_name_term_of, in_names))
    any_terms = dict.fromkeys(map(_any_term_of, anywhere))
    return " ".join([kind_term(kind), *name_terms, *any_terms])


@lru_cache(maxsize=100_000)
def _name_term_of(word: str) -> str:
    return name_term(stem_of(word))


@lru_cache(maxsize=100_000)
def _any_term_of(word: str) -> str:
    return any_term(stem_of(word))


@lru_cache(maxsize=4)
def _inserting(dialect: Dialect) -> Form:
    return inserting(dialect, SearchEntry, together=_TOGETHER)


@lru_cache(maxsize=4)
def _inserting_new(dialect: Dialect) -> Form:
    """Make the same for entries to which the database gives their ids."""
    columns = [column.name for column in SearchEntry.__table__.columns if column.name != "id"]
    return Form(dialect, insert(SearchEntry).inline(), *columns, together=_TOGETHER)


_HELD = Prepared(lambda dialect: select(SearchEntry.names, SearchEntry.body).where(*engine.these(dialect)))
_FORGOTTEN = Prepared(lambda dialect: delete(SearchEntry).where(*engine.these(dialect)))


class _Words:
    """What changes of the vocabulary: for each word, in how many more or fewer records and names it is."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.is_completed = kind in COMPLETED_KINDS
        self.records: Counter[str] = Counter()
        self.names: Counter[str] = Counter()

    def count(self, in_names: Iterable[str], anywhere: Iterable[str], step: int) -> None:
        """Count the words of a record, each of them once, in (1) or out (-1)."""
        count = Counter.update if step > 0 else Counter.subtract
        count(self.records, iter(anywhere))
        if self.is_completed:
            count(self.names, iter(in_names))

    def write(self, connection: Connection) -> None:
        """Add the changes to the vocabulary; words that nothing holds any more are dropped."""
        rows = Rows(engine.counting(connection.dialect))
        gone = []
        for word, records in self.records.items():
            names = self.names[word]
            if records or names:
                _start, middle, ending = [word[start:end] for start, end in cuts_of(len(word))]
                parts = word[:1], word[:2], middle, ending
                rows.add_values(word, len(word), stem_of(word), records, names, *parts)
            if records < 0:
                gone.append(word)
        rows.write(connection)
        for words in _chunks(gone):
            connection.execute(delete(SearchWord).where(SearchWord.word.in_(words), SearchWord.records <= 0))


def _chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(things)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
