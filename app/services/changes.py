"""The change log: every write leaves a row, in the transaction that writes.

A listener on the flush notes which records are touched and what they were; a
listener on the commit writes one row for each, with what they became, and
moves the version of the atlas on. No call site takes part, so none can forget.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, bindparam, event, inspect, update

from app.db import AtlasSession, Base
from app.models import (
    PACKAGE_KEY_LENGTH,
    Action,
    Alias,
    Atlas,
    Change,
    Evidence,
    Kind,
    Library,
    LibraryTopic,
    Record,
    Team,
    Usage,
    UseCase,
)
from app.packages import purl_key, repository_key, short_key
from app.services.bulk import Form, Rows, inserting
from app.services.chain import head, link
from app.services.claims import derive
from app.services.dumping import Document
from app.services.facets import tallying
from app.services.flattening import flatten
from app.services.freshness import is_said
from app.services.prepared import Prepared
from app.services.reading import documents
from app.services.registry import COLLECTIONS
from app.services.search.indexing import index
from app.services.trails import Trail, write_trails
from app.services.versions import write_versions
from app.text import fold, name_key

_NOTED = "noted changes"
_TOGETHER = 20
_MOVED = Prepared(
    lambda _dialect: (
        update(Atlas)
        .values(version=Atlas.version + bindparam("changes", type_=BigInteger))
        .returning(Atlas.version)
    )
)
# What makes a part of which record: the column that points at it.
_OWNERS: dict[type[Base], tuple[tuple[str, type[Record]], ...]] = {
    Usage: (("use_case_id", UseCase),),
    Evidence: (("use_case_id", UseCase),),
    LibraryTopic: (("library_id", Library),),
    Alias: (("team_id", Team), ("library_id", Library)),
}


@dataclass
class _Noted:
    """A record that this transaction touches.

    Attributes:
        before: what it was; None for a new one.
        is_deleted: whether it is gone.
        teams: whose use case it was.
    """

    record: Record
    before: Document | None
    is_deleted: bool = False
    teams: set[int] = field(default_factory=set)


@event.listens_for(AtlasSession, "before_flush")
def note_touched_records(session: AtlasSession, _context: Any, _instances: Any) -> None:
    """Note what is touched, and stamp it: times, keys, the text that is searched."""
    noted: dict[Record, _Noted] = session.info.setdefault(_NOTED, {})
    now = session.info["clock"]()
    touched = _touched(session)
    tallying.note_before(session, touched)
    for record, is_anew in touched.items():
        is_new = record in session.new
        if record not in noted:
            before = None if is_new else _stored(session, record.record_kind, record.id)
            noted[record] = _Noted(record, before, teams=set() if is_new else _teams_of(record))
        if record in session.deleted:
            noted[record].is_deleted = True
            continue
        if is_new:
            record.created_at = now
        record.updated_at = now
        if is_anew and isinstance(record, UseCase):
            record.fresh_at = now
        _stamp(record)


@event.listens_for(AtlasSession, "before_commit")
def write_changes(session: AtlasSession) -> None:
    """Write a row for each touched record, and the new version of the atlas."""
    session.flush()  # the rows tell what the records became
    noted = [item for item in session.info.pop(_NOTED, {}).values() if item.before or not item.is_deleted]
    if not noted:
        return
    previous = head(session.connection())
    first = move_on(session, len(noted))
    became = _became(session, noted)
    rows = Rows(log_form(session.connection().dialect))
    for seq, item in enumerate(noted, first):
        row = {"seq": seq, **_row(session, item, became.get(item.record))}
        previous = row["hash"] = link(previous, list(row.values()))
        rows.add(row)
    rows.write(session.connection())
    use_cases = [record.id for record in became if isinstance(record, UseCase)]
    write_trails(session.connection(), [_trail(seq, item) for seq, item in enumerate(noted, first)])
    ended = _numbered(noted, first, lambda item: item.before is not None)
    derive(session.connection(), use_cases, ended.get(Kind.USE_CASE, {}))
    begun = _numbered(noted, first, lambda item: not item.is_deleted)
    write_versions(session.connection(), ended, begun)
    _index(session, noted, became)
    tallying.settle(session, use_cases, _more(noted))


def move_on(session: AtlasSession, changes: int) -> int:
    """Move the version of the atlas on by so many changes, and give the `seq` of the first one."""
    ((version,),) = _MOVED.rows(session.connection(), changes=changes)
    session.info["version"] = version
    return int(version) - changes + 1


@lru_cache(maxsize=4)
def log_form(dialect: Dialect) -> Form:
    """Make the statement that writes rows of the log."""
    return inserting(dialect, Change, together=_TOGETHER)


def _more(noted: Iterable[_Noted]) -> Mapping[Kind, int]:
    """Count how many more records of each kind there are."""
    more: Counter[Kind] = Counter()
    for item in noted:
        more[item.record.record_kind] += (item.before is None) - item.is_deleted
    return more


def package_keys(purl: str | None, repository_url: str | None) -> dict[str, str | None]:
    """Give what a library is looked up by, beside its names."""
    package = purl_key(purl) if purl else None
    repository = repository_key(repository_url or "")
    return {
        "purl_key": package and short_key(package, PACKAGE_KEY_LENGTH),
        "repository_key": repository and short_key(repository, PACKAGE_KEY_LENGTH),
    }


def _stamp(record: Record) -> None:
    """Write into a record what it is compared and found by."""
    record.search_text = fold("\n".join(text for text in record.texts if text))
    for name in ("name", "title"):
        if hasattr(record, name):
            setattr(record, f"{name}_key", name_key(getattr(record, name)))
    if isinstance(record, Library):
        for name, key in package_keys(record.purl, record.repository_url).items():
            setattr(record, name, key)


def _touched(session: AtlasSession) -> Mapping[Record, bool]:
    """Find the records that this flush writes, or writes a part of; and whether that says them anew."""
    found: dict[Record, bool] = {}
    for thing in [*session.new, *session.dirty, *session.deleted]:
        if thing in session.new or thing in session.deleted or session.is_modified(thing):
            record = thing if isinstance(thing, Record) else _owner(session, thing)
            if record is not None:
                found[record] = found.get(record, False) or is_said(session, thing)
    return found


def _owner(session: AtlasSession, part: Any) -> Record | None:
    for column, model in _OWNERS.get(type(part), ()):
        if getattr(part, column) is not None:
            return session.get(model, getattr(part, column))
    return None


def _stored(session: AtlasSession, kind: Kind, id_: int) -> Document:
    collection = COLLECTIONS[kind]
    return flatten(collection.schema, documents(session.connection(), collection, [id_])[id_])


def _became(session: AtlasSession, noted: Iterable[_Noted]) -> dict[Record, Document]:
    """Read what the records became: a fixed number of statements for each kind."""
    alive = [item.record for item in noted if not item.is_deleted]
    became = {}
    for kind in {record.record_kind for record in alive}:
        records = {record.id: record for record in alive if record.record_kind is kind}
        collection = COLLECTIONS[kind]
        for id_, document in documents(session.connection(), collection, list(records)).items():
            became[records[id_]] = flatten(collection.schema, document)
    return became


def _numbered(
    noted: Iterable[_Noted], first: int, is_meant: Callable[[_Noted], bool]
) -> dict[Kind, dict[int, int]]:
    """Give the `seq` of some of the records, by kind and id."""
    numbered: dict[Kind, dict[int, int]] = {}
    for seq, item in enumerate(noted, first):
        if is_meant(item):
            numbered.setdefault(item.record.record_kind, {})[item.record.id] = seq
    return numbered


def _index(session: AtlasSession, noted: Iterable[_Noted], became: Mapping[Record, Document]) -> None:
    """Bring search to what the records became, in this very transaction."""
    by_kind: dict[Kind, dict[int, Document | None]] = {}
    for item in noted:
        by_kind.setdefault(item.record.record_kind, {})[item.record.id] = became.get(item.record)
    for kind, documents_by_id in by_kind.items():
        index(session.connection(), kind, documents_by_id)


def _trail(seq: int, noted: _Noted) -> Trail:
    """Say what a change is of."""
    record = noted.record
    teams = noted.teams if noted.is_deleted else noted.teams | _teams_of(record)
    return Trail(seq, record.record_kind, record.id, frozenset(teams))


def _teams_of(record: Record) -> set[int]:
    """Give the team whose change a change of this record is too, as the database holds it."""
    if isinstance(record, Team):
        return {record.id}
    if isinstance(record, UseCase):
        return {inspect(record).committed_state.get("team_id", record.team_id)}
    return set()


def _row(session: AtlasSession, noted: _Noted, after: Document | None) -> dict[str, Any]:
    """Make a row without its `seq` and hash; its members in the order in which they are hashed."""
    author = session.info["author"]
    known: Document = after or noted.before or {}
    action = Action.DELETE if noted.is_deleted else Action.UPDATE if noted.before else Action.CREATE
    return {
        "at": session.info["clock"](),
        "actor": author.name,
        "request_id": author.request_id,
        "action": action,
        "kind": noted.record.record_kind,
        "slug": known["slug"],
        "revision": known["revision"],
        "before": noted.before,
        "after": after,
    }
