"""Completions while somebody types: names and aliases in which some word begins so, the most used first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select, union_all

from app.models import Kind, SearchEntry, SearchWord, Tally
from app.services.facets.tallies import key_of
from app.services.search import engine
from app.services.search.engine import Wanted
from app.services.search.indexing import COMPLETED_KINDS
from app.services.search.words import kind_term, name_term, stem_of, words_of

MOST_SUGGESTED = 10
_MOST_BEGINNINGS = 50
_MOST_CANDIDATES = 100


def suggest(connection: Connection, typed: str, kinds: Sequence[Kind], limit: int) -> list[dict[str, Any]]:
    """Complete what is typed so far.

    Args:
        connection: in a snapshot.
        typed: whole words, and the beginning of the last one.
        kinds: to look among; none: libraries, teams, purposes and organizations.
        limit: 1 to 10.

    Returns: the name or alias that fits, with kind, slug and name of the record and the number of its use
        cases; those of the most use cases first.
    """
    words = words_of(typed)
    among = [kind for kind in COMPLETED_KINDS if not kinds or kind in kinds]
    rows = _candidates(connection, words, among) if words and among else []
    fitting = [(row, name) for row in rows if (name := _fitting_name(row, words))]
    uses = _uses(connection, [row for row, _name in fitting])
    ranked = sorted(fitting, key=lambda pair: _order(pair[0], pair[1], words, uses))
    return [
        {
            "completion": name,
            "kind": row.kind,
            "slug": row.slug,
            "name": row.label,
            "use_cases": uses.get((row.kind, row.record_id), 0),
        }
        for row, name in ranked[:limit]
    ]


def _candidates(connection: Connection, words: Sequence[str], among: Sequence[Kind]) -> Sequence[Any]:
    *whole, beginning = words
    longer = (SearchWord.word >= beginning, SearchWord.word < beginning + "\U0010ffff", SearchWord.names > 0)
    commonest = select(SearchWord.stem).where(*longer).order_by(SearchWord.names.desc(), SearchWord.word)
    stems = set(connection.scalars(commonest.limit(_MOST_BEGINNINGS)))
    if not stems:
        return []
    groups = [frozenset({(name_term(stem_of(word)),)}) for word in whole]
    groups.append(frozenset((name_term(stem),) for stem in stems))
    parts = [
        select(
            engine.find(
                connection, Wanted((frozenset({(kind_term(kind),)}), *groups)), _MOST_CANDIDATES
            ).subquery()
        )
        for kind in among
    ]
    ids = connection.scalars(union_all(*parts)).all()
    columns = (
        SearchEntry.kind,
        SearchEntry.record_id,
        SearchEntry.slug,
        SearchEntry.label,
        SearchEntry.names,
    )
    return connection.execute(select(*columns).where(SearchEntry.id.in_(ids))).all()


def _fitting_name(row: Any, words: Sequence[str]) -> str:
    """Give the first of a record's names in which the words stand and some word begins like the last one."""
    *whole, beginning = words
    for name in row.names.split("\n"):
        held = words_of(name)
        if set(whole) <= set(held) and any(word.startswith(beginning) for word in held):
            return str(name)
    return ""


def _order(row: Any, name: str, words: Sequence[str], uses: dict[tuple[Kind, int], int]) -> tuple[Any, ...]:
    is_beginning = " ".join(words_of(name)).startswith(" ".join(words))
    return not is_beginning, -uses.get((row.kind, row.record_id), 0), len(name), row.label, row.kind, row.slug


def _uses(connection: Connection, rows: Sequence[Any]) -> dict[tuple[Kind, int], int]:
    """Look up in the tallies how many use cases have each record as team, library, purpose, organization."""
    if not rows:
        return {}
    kinds = {key_of(kind.value): kind for kind in COMPLETED_KINDS}
    those = [
        and_(Tally.facet == facet, Tally.value.in_([str(row.record_id) for row in rows if row.kind == kind]))
        for facet, kind in kinds.items()
    ]
    counted = connection.execute(select(Tally.facet, Tally.value, Tally.records).where(or_(*those)))
    return {(kinds[row.facet], int(row.value)): row.records for row in counted}
