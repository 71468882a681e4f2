"""The log of the model: every change, every state behind one, histories, the feed, differences."""

from dataclasses import dataclass
from datetime import datetime

from tests.checker.documents import differences
from tests.checker.shapes import KINDS
from tests.checker.states import State, names_of

_APART = 64  # changes between two states that are kept; what lies between is made again


@dataclass(frozen=True)
class Change:
    """A change: what the log says of it, and which record of the model became what."""

    entry: dict
    at: datetime
    id: int
    record: dict | None
    before: dict | None
    after: dict | None
    teams: frozenset

    @property
    def old_slug(self):
        old = self.before and self.before["slug"]
        return old if old != self.entry["slug"] else None


class Log:
    """Changes by `seq`, from 1 on; the oldest may be pruned, which takes them from all but states."""

    def __init__(self):
        self.changes = []
        self.oldest = 0
        self.now = State({})
        self._kept = {0: self.now}

    @property
    def version(self):
        return len(self.changes)

    def add(self, change):
        self.changes.append(change)
        self.now = self.now.after(change.id, change.record)
        if self.version % _APART == 0:
            self._kept[self.version] = self.now

    def at(self, seq):
        """Give the state behind a change."""
        if seq == self.version:
            return self.now
        start = seq - seq % _APART
        records = dict(self._kept[start].records)
        for change in self.changes[start:seq]:
            if change.record is None:
                records.pop(change.id)
            else:
                records[change.id] = change.record
        return State(records)

    def seq_at(self, moment):
        """Give the last change at or before a time."""
        return max((change.entry["seq"] for change in self.changes if change.at <= moment), default=0)

    def since(self, seq):
        return self.changes[seq:]

    def had(self, kind, slug, seq):
        """Say whether some record had a slug in what is kept of the log, up to a change."""
        kept = self.changes[self.oldest : seq]
        return any(one.entry["kind"] == kind and one.entry["slug"] == slug for one in kept)

    def lives(self, kind, slugs):
        """Give the records that ever had one of some slugs, as far as the log tells."""
        kept = self.changes[self.oldest :]
        there = {one["id"] for one in self.now.of(kind) if one["slug"] in slugs}
        return there | {one.id for one in kept if one.entry["kind"] == kind and one.entry["slug"] in slugs}

    def history(self, kind, slug):
        """Give the changes of all records that ever had a slug, newest first."""
        lives = self.lives(kind, {slug})
        kept = self.changes[self.oldest :]
        return [
            {**one.entry, "changed": differences(one.before, one.after)}
            for one in reversed(kept)
            if one.entry["kind"] == kind and one.id in lives
        ]

    def feed(self, since, kinds=(), slugs=(), teams=(), expand=()):
        """Give the changes behind one."""
        of_teams = self.lives("team", set(teams))
        had = {id_ for kind in KINDS for id_ in self.lives(kind, set(slugs))}
        # Of a record that is gone, a rename tells the old slug only where another change knows it, too.
        had |= {one["id"] for one in self.now.records.values() if names_of(one) & set(slugs)}
        return [
            {
                **one.entry,
                "old_slug": one.old_slug,
                "before": one.before if "before" in expand else None,
                "after": one.after if "after" in expand else None,
            }
            for one in self.since(since)
            if (not kinds or one.entry["kind"] in kinds)
            and (not slugs or (one.id in had and {one.entry["slug"], one.old_slug} & set(slugs)))
            and (not teams or one.teams & of_teams)
        ]

    def diff(self, start, end, kinds=()):
        """Give what became of each record between two states, in the order of their last changes."""
        spans = {}
        for change in self.changes[start:end]:
            spans.setdefault(change.id, []).append(change)
        found = []
        for span in sorted(spans.values(), key=lambda span: span[-1].entry["seq"]):
            before, last = span[0].before, span[-1]
            if (before is None and last.after is None) or (kinds and last.entry["kind"] not in kinds):
                continue
            word = "added" if before is None else "removed" if last.after is None else "changed"
            old = before and before["slug"]
            entry = {name: last.entry[name] for name in ("seq", "kind", "slug")}
            renamed = old if old != last.entry["slug"] else None
            found.append(
                {
                    **entry,
                    "difference": word,
                    "old_slug": renamed,
                    "changed": differences(before, last.after),
                }
            )
        return found
