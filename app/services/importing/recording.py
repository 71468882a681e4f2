"""Taking down what is to be written: rows, changes, entries of the index, as they will stand.

All of it is made before the lock is taken, so that writing it is the
database's work alone.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, Dialect, bindparam, update

from app.db import AtlasSession, Author
from app.models import Action, Kind, Library
from app.services.bulk import Form, Rows, inserting
from app.services.chain import link
from app.services.changes import log_form, move_on, package_keys
from app.services.claims import derive
from app.services.driver import in_few_rounds
from app.services.dumping import Document
from app.services.facets.having import Had, had_by
from app.services.facets.tallies import around
from app.services.facets.tallying import WAYS, bring
from app.services.freshness import is_said_anew
from app.services.importing.drafting import Draft
from app.services.importing.numbers import Numbers
from app.services.importing.parts import Parts
from app.services.importing.shelves import Ref, chunks
from app.services.registry import COLLECTIONS
from app.services.search.indexing import NewEntries, index
from app.services.trails import Trail, write_left_teams, write_trails
from app.services.versions import write_versions
from app.text import fold, name_key

_KEYED = (("name", "name_key"), ("title", "title_key"))


class Recorder:
    """Takes down what is to be written, ready for the driver; writes it when the lock is held."""

    def __init__(self, dialect: Dialect, numbers: Numbers, author: Author, now: datetime) -> None:
        """Begin with nothing to write."""
        self._numbers = numbers
        self.author = author
        self._now = now
        self._seq, self._head = numbers.stamp.version, numbers.stamp.head
        self.parts = Parts(dialect, numbers)
        forms = _forms(dialect)
        self._created = {kind: Rows(forms[kind, Action.CREATE]) for kind in COLLECTIONS}
        self._updated = {kind: Rows(forms[kind, Action.UPDATE]) for kind in COLLECTIONS}
        self._successors = Rows(forms["successor"])
        self._changes = Rows(log_form(dialect))
        self._trails: list[Trail] = []
        self._left: dict[str, list[int]] = {}
        self._entries = NewEntries(dialect)
        self._became: dict[Kind, dict[int, Document | None]] = {}
        self._ended: dict[Kind, dict[int, int]] = {}
        self._begun: dict[Kind, dict[int, int]] = {}
        self._changed: dict[Kind, list[int]] = {kind: [] for kind in (*WAYS, Kind.USE_CASE)}
        self._more: Counter[Kind] = Counter()

    @property
    def changes(self) -> int:
        """Count what is to be written."""
        return self._seq - self._numbers.stamp.version

    def create(self, draft: Draft) -> None:
        """Take down a new record; it gets its id."""
        kind = draft.collection.kind
        draft.document.update(revision=1, created_at=self._now, updated_at=self._now)
        self._freshen(draft)
        self._created[kind].add(_row(draft))
        self._more[kind] += 1
        self.parts.create(draft)
        self._change(draft, Action.CREATE)
        self._entries.add(kind, self._numbers.next("search_entry"), draft.ref.id, draft.document)

    def new_ref(self, kind: Kind, slug: str) -> Ref:
        """Give a new record its id."""
        return Ref(self._numbers.next(COLLECTIONS[kind].model.__tablename__), slug)

    def update(self, draft: Draft) -> None:
        """Take down what becomes of a record that is there."""
        kind, id_ = draft.collection.kind, draft.ref.id
        draft.document.update(revision=draft.document["revision"] + 1, updated_at=self._now)
        self._freshen(draft)
        row = {"id_": id_, **_row(draft)}
        if kind is Kind.LIBRARY:
            # Its successor may be new, and is written after it.
            self._successors.add_values(id_, row["replaced_by_id"])
            row["replaced_by_id"] = None
        self._updated[kind].add(row)
        self.parts.update(draft)
        self._change(draft, Action.UPDATE)
        self._became.setdefault(kind, {})[id_] = draft.document
        if kind is Kind.USE_CASE or _moves(draft):
            self._changed[kind].append(id_)

    def write(self, session: AtlasSession) -> None:
        """Write everything; the atlas is as it was when the numbers were read."""
        with in_few_rounds(session.connection()) if not self._became else nullcontext():
            self._write(session)

    def _write(self, session: AtlasSession) -> None:
        connection = session.connection()
        self._numbers.settle(connection)
        changed = self._changed_use_cases(connection)
        before: dict[int, Had] = {}
        for had in had_by(connection, changed):
            before |= had
        self.parts.clear(connection)
        for kind in COLLECTIONS:
            self._updated[kind].write(connection)
            self._created[kind].write(connection)
        self._successors.write(connection)
        self.parts.write(connection)
        move_on(session, self.changes)
        self._changes.write(connection)
        write_trails(connection, self._trails)
        write_left_teams(connection, self._left)
        self._entries.write(connection)
        for kind, became in self._became.items():
            index(connection, kind, became)
        use_cases = self._begun.get(Kind.USE_CASE, {})
        derive(connection, use_cases, self._ended.get(Kind.USE_CASE, {}))
        write_versions(connection, self._ended, self._begun)
        bring(connection, before, changed.union(use_cases), self._more)

    def _changed_use_cases(self, connection: Connection) -> set[int]:
        """Find the stored use cases that will count for something else."""
        teams, libraries = self._changed[Kind.TEAM], self._changed[Kind.LIBRARY]
        found = [around(connection, some, []) for some in chunks(teams)]
        found += [around(connection, [], some) for some in chunks(libraries)]
        return {id_ for ids in (*found, self._changed[Kind.USE_CASE]) for id_ in ids}

    def _freshen(self, draft: Draft) -> None:
        """Note that a claim is said anew, if it is."""
        is_claim = draft.collection.kind is Kind.USE_CASE
        if is_claim and (draft.before is None or is_said_anew(draft.before, draft.document)):
            draft.document["fresh_at"] = draft.columns["fresh_at"] = self._now

    def _change(self, draft: Draft, action: Action) -> None:
        self._seq += 1
        self._note_version(draft, action)
        self._note_trail(draft)
        author, document = self.author, draft.document
        # In the order of the columns.
        values = (
            *(self._seq, self._now, author.name, author.request_id, action, draft.collection.kind),
            *(draft.ref.slug, document["revision"], draft.before, document),
        )
        self._head = link(self._head, values)
        self._changes.add_values(*values, self._head)

    def _note_version(self, draft: Draft, action: Action) -> None:
        kind, id_ = draft.collection.kind, draft.ref.id
        self._begun.setdefault(kind, {})[id_] = self._seq
        if action is Action.UPDATE:
            self._ended.setdefault(kind, {})[id_] = self._seq

    def _note_trail(self, draft: Draft) -> None:
        """Note what a change is of; a team that a use case leaves is known by its slug alone."""
        kind, id_, before = draft.collection.kind, draft.ref.id, draft.before
        teams = {Kind.TEAM: id_, Kind.USE_CASE: cast("int", draft.columns.get("team_id"))}
        self._trails.append(Trail(self._seq, kind, id_, frozenset({teams[kind]} if kind in teams else ())))
        if kind is Kind.USE_CASE and before and before["team"] != draft.document["team"]:
            self._left.setdefault(before["team"], []).append(self._seq)


def _moves(draft: Draft) -> bool:
    """Say whether a record that is there changes so that its use cases count for something else."""
    before: Document = draft.before or {}
    return any(before[name] != draft.document[name] for name in WAYS.get(draft.collection.kind, ()))


def _row(draft: Draft) -> dict[str, Any]:
    """Complete the row of a record by what is made from it."""
    columns, document = draft.columns, draft.document
    for name, key in _KEYED:
        if name in columns:
            columns[key] = name_key(columns[name])
    thing = SimpleNamespace(
        **columns,
        alias_rows=[SimpleNamespace(name=name) for name in draft.lists.get("aliases", {}).values()],
        topic_rows=[SimpleNamespace(topic=topic) for topic in draft.lists.get("topics", ())],
    )
    texts = cast("property", draft.collection.model.texts).__get__(thing)  # without making a record
    if draft.collection.kind is Kind.LIBRARY:
        columns.update(package_keys(columns["purl"], columns["repository_url"]))
    columns["search_text"] = fold("\n".join([text for text in texts if text]))
    stamps = {name: document[name] for name in ("revision", "created_at", "updated_at")}
    columns.update(stamps, id=draft.ref.id)
    return columns


@lru_cache(maxsize=4)
def _forms(dialect: Dialect) -> Mapping[Any, Form]:
    """Make the statements of a database, by kind and action, and by name."""
    forms: dict[Any, Form] = {}
    successor = update(Library).values(replaced_by_id=bindparam("successor"))
    form = Form(dialect, successor.where(Library.id == bindparam("id_")), "id_", "successor")
    forms["successor"] = form
    for kind, collection in COLLECTIONS.items():
        table: Any = collection.model.__table__
        names = [column.name for column in table.columns if column.name != "id"]
        put: dict[str, Any] = {name: bindparam(name) for name in names}
        changed = update(table).values(put).where(table.c.id == bindparam("id_"))
        forms[kind, Action.CREATE] = inserting(dialect, collection.model)
        forms[kind, Action.UPDATE] = Form(dialect, changed, "id_", *names)
    return forms
