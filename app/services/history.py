"""The history of a record: each change of it, and what it was behind each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.errors import Gone, NotFound
from app.models import Action, Change, ChangeRecord
from app.services.collections import Collection
from app.services.differences import differences, revived
from app.services.dumping import Document
from app.services.lives import Life, check_kept, lives_of, within
from app.services.lookup import not_found, seek_id
from app.services.paging import Question, SortKey, listed

_LONGEST_SEQ = 18  # digits


def history(connection: Connection, collection: Collection, slug: str, query: Mapping[str, Any]) -> Document:
    """Give the changes of a record, newest first, through all of its slugs, and of others that had its slug.

    Args:
        connection: in a snapshot.
        collection: of the record.
        slug: that it has, or had when it was deleted.
        query: `limit`, `cursor`, `total`.

    Returns: as `paging.listed`.

    Raises:
        Renamed: the slug is an old one of a record that is there.
        NotFound: there never was such a record.
    """
    lives = _find_lives(connection, collection, slug)
    changes = select(Change).join(ChangeRecord, ChangeRecord.seq == Change.seq)
    columns = (Change.seq, Change.at, Change.actor, Change.request_id, Change.action, Change.kind)
    rows = changes.with_only_columns(*columns, Change.slug, Change.revision, Change.before, Change.after)
    condition = within(collection.kind, lives)
    count = select(func.count()).select_from(ChangeRecord).where(condition)
    scope = {"of": f"{collection.path}/history", "slug": slug}
    newest = [SortKey(Change.seq, is_descending=True)]
    question = Question(rows.where(condition), count, newest, scope)
    return listed(connection, question, query, _entries)


def state_of(connection: Connection, collection: Collection, slug: str, revision: str) -> Document:
    """Give what a record was behind a change of it, flat, as PUT takes it and with what the server set.

    Args:
        connection: in a snapshot.
        collection: of the record.
        slug: that it has, or had when it was deleted.
        revision: `seq` of the change.

    Raises:
        Renamed, NotFound: as `history`; also where the change is of another record.
        Gone: the change deleted it, or is not kept.
    """
    lives = _find_lives(connection, collection, slug)
    seq = int(revision) if revision.isascii() and revision.isdigit() and len(revision) <= _LONGEST_SEQ else 0
    change = select(Change.action, Change.after).join(ChangeRecord, ChangeRecord.seq == Change.seq)
    found = connection.execute(change.where(within(collection.kind, lives), Change.seq == seq)).one_or_none()
    if found is None:
        check_kept(connection, seq - 1 if seq else 0)
        raise NotFound("The history of this record has no such change; take a `seq` from it.")
    if found.action is Action.DELETE:
        detail = "This change deleted the record. The change before it in the history tells what it was."
        raise Gone(detail, members={"history": (collection.kind, slug)})
    state: Document = revived(found.after)
    return state


def _find_lives(connection: Connection, collection: Collection, slug: str) -> list[Life]:
    found = seek_id(connection, collection.model, slug)
    lives = lives_of(connection, collection.kind, [slug])
    if found is None and not lives:
        raise not_found(connection, collection.model, slug)
    return lives


def _entries(rows: Sequence[Row[Any]]) -> list[Document]:
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Document:
    entry = dict(zip(row._fields[:8], row, strict=False))
    return {**entry, "changed": differences(revived(row.before), revived(row.after))}
