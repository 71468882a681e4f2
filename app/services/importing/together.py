"""New records of several writers in one transaction, for those that wait at the same time.

Each is judged by the rules of an import, as if those before it were written.
What is plainly right is written. Of anything else nothing is said here: its
writer goes on alone by way of `writing.create`, which knows what to say. See
decision 0033.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.db import AtlasSession, Author
from app.errors import Invalid
from app.models import Kind, Outcome
from app.services.collections import Collection
from app.services.dumping import Document
from app.services.importing.items import Checked, Item
from app.services.importing.judging import Judge
from app.services.importing.numbers import Numbers, read_stamp
from app.services.importing.recording import Recorder
from app.services.importing.shelves import Shelves, read_shelves
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.services.writing import load, slug_for


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A record that somebody wants to add.

    Attributes:
        checked: its values, loaded by its schema.
        author: who adds it.
    """

    checked: Checked
    author: Author


def newcomer_of(collection: Collection, body: dict[str, Any], author: Author) -> Newcomer | None:
    """Load a body; None: it is not right, and `writing.create` says why."""
    try:
        values = load(collection.schema, body)
    except Invalid:
        return None
    values.setdefault("slug", None)
    values["slug"] = values["slug"] or slug_for(collection.kind, values)
    return Newcomer(Checked(Item(collection.kind, values, ""), values["slug"], values), author)


def create_together(session: AtlasSession, newcomers: Sequence[Newcomer]) -> list[Document | None]:
    """Add the records that can be added.

    Args:
        session: that holds the lock.
        newcomers: in their order.

    Returns: what was stored of each; None: it cannot be added, or not so simply.
    """
    connection = session.connection()
    shelves = read_shelves(connection, [newcomer.checked for newcomer in newcomers])
    numbers = Numbers(read_stamp(connection))
    recorder = Recorder(connection.dialect, numbers, session.info["author"], session.info["clock"]())
    taken = [_take(newcomer, shelves, recorder) for newcomer in newcomers]
    if recorder.changes:
        recorder.write(session)
    stored: dict[tuple[Kind, int], Document] = {}
    for kind in dict.fromkeys(newcomer.checked.item.kind for newcomer in newcomers):
        ids = [
            id_
            for id_, newcomer in zip(taken, newcomers, strict=True)
            if id_ and newcomer.checked.item.kind is kind
        ]
        stored.update(
            ((kind, id_), document) for id_, document in documents(connection, COLLECTIONS[kind], ids).items()
        )
    return [
        stored[newcomer.checked.item.kind, id_] if id_ else None
        for id_, newcomer in zip(taken, newcomers, strict=True)
    ]


def _take(newcomer: Newcomer, shelves: Shelves, recorder: Recorder) -> int | None:
    """Take down a record, and give its id; None: not this one."""
    checked, shelf = newcomer.checked, shelves[newcomer.checked.item.kind]
    if checked.slug in shelf.slugs:
        return None
    recorder.author = newcomer.author
    (verdict,) = Judge(newcomer.author, shelves, recorder, lambda _kind, _slug: "").judge([checked])
    return None if verdict.outcome is Outcome.REJECTED else shelf.slugs[checked.values["slug"]].id
