"""The answer to a question: hits of all kinds in one ranked list, counted by kind, each with its reasons."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, literal, select, union_all

from app.models import Kind, SearchEntry
from app.services.dumping import Document
from app.services.paging import open_cursor, seal_cursor
from app.services.search import engine
from app.services.search.engine import Group, Wanted
from app.services.search.meaning import How, Meaning, meanings_of
from app.services.search.question import Asked, take_apart
from app.services.search.ranking import Hit, Scale, rank
from app.services.search.snippets import snippet_of
from app.services.search.through import with_others
from app.services.search.words import any_term, kind_term, name_term, stem_of

MOST_COUNTED = 1_000
_MOST_NAMED = 60
_MOST_CANDIDATES = 120
_LEAST_COVERAGE = 0.5
# So few hits hold all words that those which hold some are worth a look.
# What these are used for, and in what, leads to libraries and teams, also where only those are asked for.
_LEADING = (Kind.PURPOSE, Kind.USE_CASE)
_LED = {Kind.LIBRARY, Kind.TEAM}
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
    meanings, hints = meanings_of(connection, asked)
    entries = connection.scalar(select(func.max(SearchEntry.id))) or 0
    scale = Scale(asked, meanings, hints, entries)
    among = [kind for kind in Kind if not kinds or kind in kinds]
    hits, counts, is_relaxed = _look(connection, scale, among)
    shown = hits[offset : None if limit is None else offset + limit]
    return {
        "items": [_item(hit) for hit in shown],
        "kinds": {kind.value: counts.get(kind, 0) for kind in Kind},
        "total": sum(counts.values()),
        "ranked": len(hits),
        "did_you_mean": _correction(asked, meanings),
        "is_relaxed": is_relaxed,
    }


def _look(
    connection: Connection, scale: Scale, among: Sequence[Kind]
) -> tuple[list[Hit], Mapping[Kind, int], bool]:
    """Find hits that hold all words; where these are few, also those that hold most of what was asked."""
    asked, groups = scale.asked, [_group(meaning) for meaning in scale.meanings]
    without = frozenset(any_term(stem_of(word)) for word in asked.excluded)
    strict = Wanted(tuple(groups), without)
    looked = [*among, *(kind for kind in _LEADING if kind not in among)] if _LED & set(among) else among
    whole = _ranked(connection, strict, scale, looked) if groups and all(groups) else []
    some: Group = frozenset(way for group in groups for way in group)
    is_filled = len(whole) < _FEW and len(groups) > 1 and bool(some)
    parts = _ranked(connection, Wanted((some,), without), scale, looked) if is_filled else []
    hits = _together(whole, parts)
    if _LED & set(among) and not without:
        hits = with_others(connection, hits, asked, scale.entries)
    hits = [hit for hit in hits if hit.row.kind in among]
    if is_filled or asked.phrases or not whole:
        return hits, Counter(hit.row.kind for hit in hits), not whole
    return hits, _counts(connection, strict, hits, among), False


def _together(whole: Sequence[Hit], parts: Sequence[Hit]) -> list[Hit]:
    """Put hits that hold a good part of the words behind those that hold all."""
    known = {hit.row.id for hit in whole}
    others = [hit for hit in parts if hit.row.id not in known]
    best = max((hit.coverage for hit in others), default=0)
    return [*whole, *(hit for hit in others if hit.coverage >= best * _LEAST_COVERAGE)]


def _group(meaning: Meaning) -> Group:
    return frozenset(tuple(any_term(stem) for stem in way.stems) for way in meaning.alternatives)


def _ranked(connection: Connection, wanted: Wanted, scale: Scale, among: Sequence[Kind]) -> list[Hit]:
    """Rank the candidates of each kind: some with the words in their names, some with them anywhere."""
    in_names = Wanted(tuple(_in_names(group) for group in wanted.groups), wanted.without)
    parts = [
        select(engine.find(connection, _of_kind(combination, kind), most).subquery())
        for kind in among
        for combination, most in ((in_names, _MOST_NAMED), (wanted, _MOST_CANDIDATES))
    ]
    ids = connection.scalars(union_all(*parts)).all()
    columns = (SearchEntry.id, SearchEntry.kind, SearchEntry.record_id, SearchEntry.slug, SearchEntry.label)
    statement = select(*columns, SearchEntry.names, SearchEntry.body, SearchEntry.terms)
    rows = connection.execute(statement.where(SearchEntry.id.in_(sorted(set(ids))))).all()
    return rank(rows, scale)


def _in_names(group: Group) -> Group:
    return frozenset(tuple(name_term(term[1:]) for term in way) for way in group)


def _of_kind(wanted: Wanted, kind: Kind) -> Wanted:
    return Wanted((frozenset({(kind_term(kind),)}), *wanted.groups), wanted.without)


def _counts(
    connection: Connection, wanted: Wanted, hits: Sequence[Hit], among: Sequence[Kind]
) -> Mapping[Kind, int]:
    """Count the hits of each kind, up to 1,000; libraries that are hits through a purpose count too."""
    parts = []
    for kind in among:
        first = engine.find(connection, _of_kind(wanted, kind), MOST_COUNTED).subquery()
        parts.append(select(literal(kind.value).label("kind"), func.count().label("hits")).select_from(first))
    counts = {Kind(row.kind): row.hits for row in connection.execute(union_all(*parts))}
    ranked = Counter(hit.row.kind for hit in hits)
    return {kind: max(counts[kind], ranked[kind]) for kind in among}


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
        "kind": hit.row.kind,
        "slug": hit.row.slug,
        "name": hit.row.label,
        "score": round(hit.score, 3),
        "why": why,
        "snippet": snippet_of(hit),
    }
