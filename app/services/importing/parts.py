"""The rows inside records: topics, aliases, purposes, usages, evidence."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, false, insert, update

from app.models import Alias, Evidence, Kind, LibraryTopic, Usage, UseCasePurpose
from app.services.bulk import Form, Rows, inserting
from app.services.importing.drafting import Draft
from app.services.importing.numbers import Numbers
from app.services.importing.shelves import Other
from app.services.lookup import target_column

_OWNERS: dict[str, Any] = {
    "topics": LibraryTopic.library_id,
    "purposes": UseCasePurpose.use_case_id,
    "usages": Usage.use_case_id,
}
# Its members are called otherwise than its columns.
_TABLE: Any = Evidence.__table__
_EVIDENCE = (
    *("use_case_id", "source_id", "id", "section", "line", "span_start", "span_end", "excerpt_sha256"),
    *("landmarks", "mentions", "kind", "note", "check_result", "checked_at"),
)
_PLACE = ("id", "section", "line", "start", "end", "excerpt_sha256")
_REST = ("landmarks", "mentions", "kind", "note", "check", "checked_at")
# Rows of few columns cost more to begin than to write.
_USAGE = ("use_case_id", "library_id", "role", "version_range", "scope")
_TOGETHER = 20
_NO_TARGET = dict.fromkeys(target_column(kind).key for kind in Kind)


class Parts:
    """Takes down rows inside records; what is gone is deleted before anything is written."""

    def __init__(self, dialect: Dialect, numbers: Numbers) -> None:
        """Begin with nothing to write."""
        self._numbers = numbers
        self._rows = {name: Rows(form) for name, form in _forms(dialect).items()}

    def create(self, draft: Draft) -> None:
        """Take down the parts of a record that has none of them yet; its aliases are the judge's."""
        id_, lists, rows = draft.ref.id, draft.lists, self._rows
        for topic in lists.get("topics", ()):
            rows["topic"].add_values(id_, topic)
        for purpose_id in lists.get("purposes", ()):
            rows["purpose"].add_values(id_, purpose_id)
        for usage in lists.get("usages", ()):
            rows["usage"].add_values(id_, *usage)
        for piece, source_id in lists.get("evidence", ()):
            piece["id"] = self._numbers.next("evidence")
            values = [piece[name] for name in (*_PLACE, *_REST)]
            rows["evidence"].add_values(id_, source_id, *values)

    def update(self, draft: Draft) -> None:
        """Take down the parts of a record that is there: lists anew, evidence as far as it is new."""
        for name in _OWNERS:
            if name in draft.lists:
                self._rows[f"no {name}"].add_values(draft.ref.id)
        kept = {piece["id"] for piece in draft.document.get("evidence", ())}
        for piece in (draft.before or {}).get("evidence", ()):
            if piece["id"] not in kept:
                self._rows["no evidence"].add_values(piece["id"])
        self.create(draft)

    def add_alias(self, kind: Kind, owner: int, key: str, name: str) -> None:
        """Take down another name of a record."""
        row = {"id": self._numbers.next("alias"), "kind": kind, "name": name, "key": key, "is_slug": False}
        self._rows["alias"].add({**_NO_TARGET, **row, target_column(kind).key: owner})

    def rename_alias(self, other: Other, name: str) -> None:
        """Take down another spelling of a name, or that an old slug is a name again."""
        self._rows["renamed"].add({"id_": other.id, "new_name": name})

    def drop_alias(self, other: Other) -> None:
        """Take down that a record is not called so any more."""
        self._rows["no alias"].add_values(other.id)

    def clear(self, connection: Connection) -> None:
        """Delete what is gone."""
        for name, rows in self._rows.items():
            if name.startswith("no "):
                rows.write(connection)

    def write(self, connection: Connection) -> None:
        """Write the rest; the records themselves are written."""
        for name, rows in self._rows.items():
            if not name.startswith("no "):
                rows.write(connection)


@lru_cache(maxsize=4)
def _forms(dialect: Dialect) -> Mapping[str, Form]:
    """Make the statements of a database; those that delete are called `no ...`."""
    renamed = update(Alias).values(name=bindparam("new_name"), is_slug=false())
    return {
        **{
            f"no {name}": Form(dialect, delete(owner.class_).where(owner == bindparam("id_")), "id_")
            for name, owner in _OWNERS.items()
        },
        "no alias": Form(dialect, delete(Alias).where(Alias.id == bindparam("id_")), "id_"),
        "no evidence": Form(dialect, delete(Evidence).where(Evidence.id == bindparam("id_")), "id_"),
        "renamed": Form(dialect, renamed.where(Alias.id == bindparam("id_")), "id_", "new_name"),
        "alias": inserting(dialect, Alias),
        "topic": Form(dialect, insert(LibraryTopic), "library_id", "topic", together=_TOGETHER),
        "purpose": Form(dialect, insert(UseCasePurpose), "use_case_id", "purpose_id", together=_TOGETHER),
        "usage": Form(dialect, insert(Usage), *_USAGE, together=_TOGETHER),
        "evidence": Form(dialect, insert(_TABLE), *_EVIDENCE, together=_TOGETHER),
    }
