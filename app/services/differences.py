"""What differs between two states of a record, member by member."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.services.dumping import Document

# What the log says beside the documents, and what differs with every change.
_STAMPS = frozenset({"revision", "created_at", "updated_at", "fresh_at"})


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Document]:
    """Give the members that differ; a record that is not there has only nulls and empty lists.

    Returns: `member`, its values `before` and `after`; for lists also the items that were `added` and
        `removed`, else null. By the name of the member: PostgreSQL keeps no order of its own.
    """
    old, new = before or {}, after or {}
    names = sorted({**old, **new}.keys() - _STAMPS)
    return [
        _difference(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name) and (old.get(name) or new.get(name))
    ]


def revived(value: Any) -> Any:
    """Give a document of the log with moments where it holds their texts; their names end in `_at`."""
    if isinstance(value, list):
        return [revived(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: datetime.fromisoformat(inner)
        if name.endswith("_at") and isinstance(inner, str)
        else revived(inner)
        for name, inner in value.items()
    }


def _difference(name: str, before: Any, after: Any) -> Document:
    is_list = isinstance(before, list) or isinstance(after, list)
    old, new = before or [], after or []
    return {
        "member": name,
        "before": before,
        "after": after,
        "added": [item for item in new if item not in old] if is_list else None,
        "removed": [item for item in old if item not in new] if is_list else None,
    }
