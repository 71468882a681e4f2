"""The answer to a question: hits of all kinds in one ranked list, counted by kind, each with its reasons."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.models import Kind
from app.services.dumping import Document
from app.services.paging import open_cursor, seal_cursor
from app.services.search.candidates import NOTHING, count, find
from app.services.search.engine import Group, Wanted
from app.services.search.meaning import How, Meaning, meanings_of
from app.services.search.question import Asked, take_apart
from app.services.search.ranking import Hit, Scale, first, lowest_of, measure
from app.services.search.snippets import snippet_of
from app.services.search.through import with_others
from app.services.search.words import any_term, stem_of

MOST_COUNTED = 1_000
_LEAST_COVERAGE = 0.5
# What these are used for, and in what, leads to libraries and teams, also where only those are asked for.
_LEADING = (Kind.PURPOSE, Kind.USE_CASE)
_LED = {Kind.LIBRARY, Kind.TEAM}
# So few hits hold all words that those which hold some are worth a look.
_FEW = 5


def page_of_hits(connection: Connection, query: Mapping[str, Any]) -> Document:
    """Give a page of the answer to a question, or all of it where `limit` is None; see `search`.

    Args:
        connection: in a snapshot.
        query: `q`, `kind`, `limit` and `cursor` of the query string.

    Raises:
        Invalid: the cursor is damaged, or of another question.
    """
    scope = {"q": query["q"], "kind": query["kind"]}
    offset = open_cursor(scope, query["cursor"])[0] if query["cursor"] else 0
    answer = search(connection, query["q"], query["kind"], query["limit"], offset)
    following = offset + (query["limit"] or answer["ranked"])
    cursor = seal_cursor(scope, [following]) if following < answer["ranked"] else None
    return {**answer, "next": cursor, "limit": query["limit"]}


def search(
    connection: Connection, question: str, kinds: Sequence[Kind], limit: int | None, offset: int
) -> Document:
    """Answer a question.

    Args:
        connection: in a snapshot.
        question: any text.
        kinds: to look among; none: all.
        limit: hits a page; None: all.
        offset: hits on the pages before.

    Returns: `items`, `kinds` (how many hits of each), `total`, `ranked` (how many can be paged through),
        `did_you_mean`, `is_relaxed` (no record holds all words, so these hold some).
    """
    asked = take_apart(question)
    known = meanings_of(connection, asked)
    scale = Scale(asked, known.meanings, known.hints, known.entries)
    among = [kind for kind in Kind if not kinds or kind in kinds]
    last = None if limit is None else offset + limit
    hits, ranked, counts, is_relaxed = _look(connection, scale, among, last)
    shown = first(hits, last)[offset:]
    return {
        "items": [_item(hit) for hit in shown],
        "kinds": {kind.value: counts.get(kind, 0) for kind in Kind},
        "total": sum(counts.values()),
        "ranked": ranked,
        "did_you_mean": _correction(asked, scale.meanings),
        "is_relaxed": is_relaxed,
    }


def _look(
    connection: Connection, scale: Scale, among: Sequence[Kind], last: int | None
) -> tuple[list[Hit], int, Mapping[Kind, int], bool]:
    """Find hits that hold all words; where these are few, also those that hold most of what was asked.

    Returns: those that may be among the first `last` ones, how many there are, how many of each kind, and
        whether none holds all words.
    """
    asked, groups = scale.asked, [_group(meaning) for meaning in scale.meanings]
    without = frozenset(any_term(stem_of(word)) for word in asked.excluded)
    strict = Wanted(tuple(groups), without)
    looked = [*among, *(kind for kind in _LEADING if kind not in among)] if _LED & set(among) else among
    found = find(connection, strict, looked, _expected(scale)) if groups and all(groups) else NOTHING
    hits = measure(found.rows, scale)
    is_relaxed = not hits
    some: Group = frozenset(way for group in groups for way in group)
    is_filled = len(hits) < _FEW and len(groups) > 1 and bool(some)
    if is_filled:
        parts = find(connection, Wanted((some,), without), looked, math.inf)
        hits = _together(hits, measure(parts.rows, scale))
    more: Counter[Kind] = Counter()
    if _LED & set(among) and not without:
        lowest = -math.inf if last is None else lowest_of([hit for hit in hits if hit.kind in among], last)
        hits, more = with_others(connection, hits, asked, scale.entries, lowest)
    hits = [hit for hit in hits if hit.kind in among]
    ranked = Counter([hit.kind for hit in hits])
    ranked.update({kind: number for kind, number in more.items() if kind in among})
    if is_filled or asked.phrases or is_relaxed:
        return hits, ranked.total(), ranked, is_relaxed
    counts = count(connection, strict, found, among, MOST_COUNTED, _at_least(scale))
    return hits, ranked.total(), {kind: max(counts[kind], ranked[kind]) for kind in among}, False


def _together(whole: Sequence[Hit], parts: Sequence[Hit]) -> list[Hit]:
    """Put hits that hold a good part of the words behind those that hold all."""
    known = {hit.row.id for hit in whole}
    others = [hit for hit in parts if hit.row.id not in known]
    best = max((hit.coverage for hit in others), default=0)
    return [*whole, *(hit for hit in others if hit.coverage >= best * _LEAST_COVERAGE)]


def _group(meaning: Meaning) -> Group:
    return frozenset(tuple(any_term(stem) for stem in way.stems) for way in meaning.alternatives)


def _at_least(scale: Scale) -> int:
    """Say how many records are known to hold all words, where the vocabulary tells: it knows single words."""
    if len(scale.meanings) > 1 or scale.asked.excluded:
        return 0
    return max((way.records for way in scale.meanings[0].alternatives if len(way.stems) == 1), default=0)


def _expected(scale: Scale) -> float:
    """Guess how many records hold all words, as if each word knew nothing of the others."""
    shares = (
        max((way.records for way in meaning.alternatives), default=0) / max(scale.entries, 1)
        for meaning in scale.meanings
    )
    return math.prod(shares) * scale.entries


def _correction(asked: Asked, meanings: Sequence[Meaning]) -> str | None:
    """Offer the question as it was likely meant, where a word is known only as a slip of another."""
    meant = {}
    for meaning in meanings:
        if meaning.alternatives and all(way.how is How.FUZZY for way in meaning.alternatives):
            meant[meaning.word] = meaning.alternatives[0].word
    return " ".join(meant.get(word, word) for word in asked.whole) if meant else None


def _item(hit: Hit) -> dict[str, Any]:
    why = [
        {"field": reason.field, "word": reason.word, "found": reason.found, "how": reason.how}
        for reason in hit.reasons
    ]
    return {
        "kind": hit.kind,
        "slug": hit.row.slug,
        "name": hit.row.label,
        "score": round(hit.score, 3),
        "why": why,
        "snippet": snippet_of(hit),
    }
