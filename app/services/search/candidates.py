"""The records that may be hits: so many of each kind, and how many there are.

Where few records hold what is wanted, one look at the index gives them all.
Else each kind is looked at by itself: some with the words in their names, some
with them anywhere, the oldest first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.models import Kind
from app.services.search import engine
from app.services.search.engine import Entry, Group, Part, Wanted
from app.services.search.words import kind_term, name_term

_MOST_NAMED = 60
_MOST_CANDIDATES = 120
# One look for all kinds is not worth its while where more are expected.
_MANY = 1_000


@dataclass(frozen=True)
class Found:
    """Candidates.

    Attributes:
        rows: of the index, each once.
        counts: how many of each kind there are; of `more` so many at least.
        more: kinds of which there may be more.
        is_of_all: all kinds were looked at.
    """

    rows: Sequence[Entry]
    counts: Counter[str]
    more: Sequence[Kind]
    is_of_all: bool = False


NOTHING = Found([], Counter(), [])


def find(connection: Connection, wanted: Wanted, kinds: Sequence[Kind], expected: float) -> Found:
    """Find candidates of some kinds.

    Args:
        connection: in a snapshot.
        wanted: that they hold.
        kinds: to look among.
        expected: how many there may be, roughly; what is found does not depend on it.
    """
    if expected < _MANY:
        rows = engine.entries(connection, [Part(wanted, _MOST_CANDIDATES + 1)])
        if len(rows) <= _MOST_CANDIDATES:
            rows = [row for row in rows if row.kind in kinds]
            return Found(rows, Counter([row.kind for row in rows]), [])
    rows = engine.entries(connection, [Part(_of_kind(wanted, kind), _MOST_CANDIDATES) for kind in kinds])
    counts = Counter([row.kind for row in rows])
    more = [kind for kind in kinds if counts[kind] == _MOST_CANDIDATES]
    in_names = Wanted(tuple(_in_names(group) for group in wanted.groups), wanted.without)
    named = Counter([row.kind for row in engine.holding([row for row in rows if row.kind in more], in_names)])
    parts = [Part(_of_kind(in_names, kind), _MOST_NAMED) for kind in more if named[kind] < _MOST_NAMED]
    by_id = {row.id: row for row in (*rows, *engine.entries(connection, parts))}
    return Found(list(by_id.values()), counts, more, len(kinds) == len(Kind))


def count(
    connection: Connection, wanted: Wanted, found: Found, kinds: Sequence[Kind], most: int, known: int
) -> dict[Kind, int]:
    """Count what holds all that is wanted, by kind, up to so many of each.

    Args:
        connection: in a snapshot.
        wanted: what was looked for.
        found: what was found.
        kinds: to count.
        most: of each.
        known: so many records of all kinds hold what is wanted, at least.
    """
    more = [kind for kind in found.more if kind in kinds]
    if len(more) == 1 and found.is_of_all and known - (found.counts.total() - _MOST_CANDIDATES) >= most:
        counted = [most]
    else:
        counted = engine.count(connection, [Part(_of_kind(wanted, kind), most) for kind in more])
    few = {kind: found.counts.get(kind, 0) for kind in kinds}
    return few | dict(zip(more, counted, strict=True))


def _in_names(group: Group) -> Group:
    return frozenset(tuple(name_term(term[1:]) for term in way) for way in group)


def _of_kind(wanted: Wanted, kind: Kind) -> Wanted:
    return Wanted((frozenset({(kind_term(kind),)}), *wanted.groups), wanted.without)
