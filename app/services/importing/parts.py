"""The rows inside records: topics, aliases, purposes, usages, evidence."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, insert, update

from app.models import Alias, Evidence, Kind, LibraryTopic, Usage, UseCasePurpose
from app.services.bulk import Rows
from app.services.dumping import Document
from app.services.importing.drafting import Draft
from app.services.importing.numbers import Numbers
from app.services.importing.shelves import Other
from app.services.lookup import target_column

_TOPIC: Any = LibraryTopic.__table__
_ALIAS: Any = Alias.__table__
_PURPOSE: Any = UseCasePurpose.__table__
_USAGE: Any = Usage.__table__
_EVIDENCE: Any = Evidence.__table__
_NO_TARGET = dict.fromkeys(target_column(kind).key for kind in Kind)


class Parts:
    """Takes down rows inside records; what is gone is deleted before anything is written."""

    def __init__(self, dialect: Dialect, numbers: Numbers) -> None:
        """Begin with nothing to write."""
        self._numbers = numbers
        owners = {"topics": _TOPIC.c.library_id, "purposes": _PURPOSE.c.use_case_id}
        owners["usages"] = _USAGE.c.use_case_id
        self._cleared = {
            name: Rows(dialect, delete(column.table).where(column == bindparam("id_")))
            for name, column in owners.items()
        }
        self._gone = {
            table: Rows(dialect, delete(table).where(table.c.id == bindparam("id_")))
            for table in (_ALIAS, _EVIDENCE)
        }
        named = update(_ALIAS).values(name=bindparam("name"), is_slug=bindparam("is_slug"))
        self._named = Rows(dialect, named.where(_ALIAS.c.id == bindparam("id_")))
        self._added = {
            table: Rows(dialect, insert(table), *(column.name for column in table.columns))
            for table in (_TOPIC, _ALIAS, _PURPOSE, _USAGE, _EVIDENCE)
        }

    def create(self, draft: Draft) -> None:
        """Take down the parts of a new record; its aliases are the judge's."""
        id_, lists = draft.ref.id, draft.lists
        for topic in lists.get("topics", ()):
            self._added[_TOPIC].add({"library_id": id_, "topic": topic})
        for purpose_id in lists.get("purposes", ()):
            self._added[_PURPOSE].add({"use_case_id": id_, "purpose_id": purpose_id})
        for library_id, role, range_, scope in lists.get("usages", ()):
            terms = {"role": role, "version_range": range_, "scope": scope}
            self._added[_USAGE].add({"use_case_id": id_, "library_id": library_id, **terms})
        for piece, source_id in lists.get("evidence", ()):
            piece["id"] = self._numbers.next("evidence")
            self._added[_EVIDENCE].add(_evidence_row(id_, piece, source_id))

    def update(self, draft: Draft) -> None:
        """Take down the parts of a record that is there: lists anew, evidence as far as it is new."""
        for name, rows in self._cleared.items():
            if name in draft.lists:
                rows.add({"id_": draft.ref.id})
        if "evidence" in draft.lists:
            kept = {piece["id"] for piece in draft.document["evidence"]}
            for piece in (draft.before or {})["evidence"]:
                if piece["id"] not in kept:
                    self._gone[_EVIDENCE].add({"id_": piece["id"]})
        self.create(draft)

    def add_alias(self, kind: Kind, owner: int, key: str, name: str) -> None:
        """Take down another name of a record."""
        row = {"id": self._numbers.next("alias"), "kind": kind, "name": name, "key": key, "is_slug": False}
        self._added[_ALIAS].add({**_NO_TARGET, **row, target_column(kind).key: owner})

    def rename_alias(self, other: Other, name: str) -> None:
        """Take down another spelling of a name, or that an old slug is a name again."""
        self._named.add({"id_": other.id, "name": name, "is_slug": False})

    def drop_alias(self, other: Other) -> None:
        """Take down that a record is not called so any more."""
        self._gone[_ALIAS].add({"id_": other.id})

    def clear(self, connection: Connection) -> None:
        """Delete what is gone."""
        for rows in (*self._cleared.values(), *self._gone.values()):
            rows.write(connection)

    def write(self, connection: Connection) -> None:
        """Write the rest; the records themselves are written."""
        for rows in (self._named, *self._added.values()):
            rows.write(connection)


def _evidence_row(use_case_id: int, piece: Mapping[str, Any], source_id: int) -> Document:
    place = {"span_start": piece["start"], "span_end": piece["end"], "check_result": piece["check"]}
    return {**piece, **place, "use_case_id": use_case_id, "source_id": source_id}
