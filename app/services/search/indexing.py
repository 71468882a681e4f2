"""Keeping the index in step with the records; called by the change log for each record that changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.models import Kind, SearchEntry, SearchWord
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.reading import documents
from app.services.search import engine
from app.services.search.words import any_term, kind_term, name_term, stem_of, words_of

# Kinds whose names are completed while typing; titles of use cases and sources are too many and too long.
COMPLETED_KINDS = (Kind.LIBRARY, Kind.TEAM, Kind.PURPOSE, Kind.ORGANIZATION)
_CHUNK = 500
_NAMES = ("name", "title")
# Members whose text is searched beside the names; slugs and package names are names of a kind.
_BODIES = ("summary", "description", "area", "topics", "language", "publisher", "authors", "note", "maker")
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
        for row in _forget(connection, kind, ids):
            words.count(row.names, row.body, -1)
        rows = [_entry(kind, id_, document) for id_ in ids if (document := became[id_]) is not None]
        if rows:
            connection.execute(insert(SearchEntry), rows)
            engine.add(connection, kind, ids)
        for row in rows:
            words.count(row["names"], row["body"], 1)
    words.write(connection)


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


def _forget(connection: Connection, kind: Kind, ids: Sequence[int]) -> Sequence[Any]:
    """Take records out of the index and give what it held of them."""
    of_these = (SearchEntry.kind == kind, SearchEntry.record_id.in_(ids))
    rows = connection.execute(select(SearchEntry.names, SearchEntry.body).where(*of_these)).all()
    if rows:
        engine.remove(connection, kind, ids)
        connection.execute(delete(SearchEntry).where(*of_these))
    return rows


def _entry(kind: Kind, id_: int, document: Document) -> dict[str, Any]:
    """Make the index's row for a record."""
    name = next(document[member] for member in _NAMES if member in document)
    purl = document.get("purl") or ""
    others = [*document.get("aliases", ()), document["slug"], purl.rpartition("/")[2]]
    names = "\n".join(dict.fromkeys([name, *(other for other in others if other)]))
    texts = [document.get(member) or "" for member in _BODIES]
    texts += [state for member in _STATES if (state := document.get(member) or "") not in _UNTOLD]
    body = "\n".join(text if isinstance(text, str) else ", ".join(text) for text in texts if text)
    return {
        "kind": kind,
        "record_id": id_,
        "slug": document["slug"],
        "label": name,
        "names": names,
        "body": body,
        "terms": _terms(kind, names, body),
    }


def _terms(kind: Kind, names: str, body: str) -> str:
    in_names = dict.fromkeys(stem_of(word) for word in words_of(names))
    anywhere = dict.fromkeys([*in_names, *(stem_of(word) for word in words_of(body))])
    return " ".join([kind_term(kind), *map(name_term, in_names), *map(any_term, anywhere)])


class _Words:
    """What changes of the vocabulary: for each word, in how many more or fewer records and names it is."""

    def __init__(self, kind: Kind) -> None:
        self.is_completed = kind in COMPLETED_KINDS
        self.records: Counter[str] = Counter()
        self.names: Counter[str] = Counter()

    def count(self, names: str, body: str, step: int) -> None:
        """Count the words of a record in (1) or out (-1)."""
        in_names = set(words_of(names))
        for word in in_names | set(words_of(body)):
            self.records[word] += step
        for word in in_names if self.is_completed else ():
            self.names[word] += step

    def write(self, connection: Connection) -> None:
        """Add the changes to the vocabulary; words that nothing holds any more are dropped."""
        changed = [word for word in self.records if self.records[word] or self.names[word]]
        for words in _chunks(changed):
            held = select(SearchWord.word, SearchWord.records, SearchWord.names).where(
                SearchWord.word.in_(words)
            )
            known = {row.word: (row.records, row.names) for row in connection.execute(held)}
            connection.execute(delete(SearchWord).where(SearchWord.word.in_(known)))
            rows = [self._row(word, *known.get(word, (0, 0))) for word in words]
            rows = [row for row in rows if row["records"] > 0]
            if rows:
                connection.execute(insert(SearchWord), rows)

    def _row(self, word: str, records: int, names: int) -> dict[str, Any]:
        counts = {"records": records + self.records[word], "names": names + self.names[word]}
        return {"word": word, "length": len(word), "stem": stem_of(word), **counts}


def _chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(things)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
