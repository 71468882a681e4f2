"""Facets of a made-up atlas, counted in plain Python.

A record is looked at as groups of rows; each row says which values it has for
some words. Words of one group speak of one and the same row: a use case is in
the list of `library=a&role=builds` if one of its usages is both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.models import Kind
from bench.facts import Case, Facts

Document = dict[str, Any]
Asked = Mapping[str, Sequence[str]]
Values = Mapping[str, Iterable[str]]
Groups = list[tuple[frozenset[str], list[Values]]]

# What each kind can be counted by, and what names the values: a kind of record, or nothing.
WORDS: dict[Kind, dict[str, Kind | None]] = {
    Kind.ORGANIZATION: {"area": None},
    Kind.TEAM: {
        "organization": Kind.ORGANIZATION,
        "area": None,
        "uses": Kind.LIBRARY,
        "purpose": Kind.PURPOSE,
    },
    Kind.LIBRARY: {
        **dict.fromkeys(("kind", "origin", "topic", "lifecycle", "license", "language")),
        "maker": Kind.ORGANIZATION,
        "purpose": Kind.PURPOSE,
        "used_by": Kind.TEAM,
    },
    Kind.PURPOSE: {"team": Kind.TEAM, "library": Kind.LIBRARY},
    Kind.USE_CASE: {
        **dict.fromkeys(("area", "stance", "status", "role", "topic", "lifecycle", "evidence_kind")),
        "team": Kind.TEAM,
        "organization": Kind.ORGANIZATION,
        "library": Kind.LIBRARY,
        "purpose": Kind.PURPOSE,
        "source": Kind.SOURCE,
    },
    Kind.SOURCE: {"kind": None, "publisher": None},
}


class Count:
    """Counts the facets of one kind of record."""

    def __init__(self, facts: Facts, kind: Kind) -> None:
        """Bring the records into the form in which they are counted."""
        self._facts = facts
        self._kind = kind
        self._records = list(_GROUPS[kind](facts))

    def answer(self, words: Sequence[str], asked: Asked, limit: int, *, exclude_self: bool) -> Document:
        """Give what the service should answer, without the URLs."""
        listed = self._listed(asked)
        facets = []
        for word in words:
            others = {name: values for name, values in asked.items() if name != word}
            is_apart = exclude_self and word in asked
            facets.append(self._facet(word, others, self._listed(others) if is_apart else listed, limit))
        return {"total": len(listed), "facets": facets}

    def _listed(self, asked: Asked) -> list[Groups]:
        return [groups for groups in self._records if _matches(groups, asked)]

    def _facet(self, word: str, others: Asked, listed: list[Groups], limit: int) -> Document:
        counts: Counter[str] = Counter()
        missing = 0
        for groups in listed:
            values = _values(groups, word, others)
            counts.update(values)
            missing += not values
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], *self._names(word, pair[0])[1:], pair[0]))
        shown = [
            {"value": value, "label": self._names(word, value)[0], "count": number}
            for value, number in ranked[:limit]
        ]
        hidden = ranked[limit:]
        return {
            "by": word,
            "values": shown,
            "rest": {"values": len(hidden), "count": sum(number for _value, number in hidden)},
            "missing": missing,
            "counted": len(listed),
        }

    def _names(self, word: str, value: str) -> tuple[str, str]:
        """Give the label of a value, and what it is sorted by."""
        kind = WORDS[self._kind][word]
        if kind is None:
            return value, value
        row = self._facts.records[kind][value]
        title = "title" if "title" in row else "name"
        return row[title], row[f"{title}_key"]


def _matches(groups: Groups, asked: Asked) -> bool:
    return all(
        any(_fits(row, asked) for row in rows) for words, rows in groups if not words.isdisjoint(asked)
    )


def _fits(row: Values, asked: Asked) -> bool:
    return all(any(value in row[name] for value in asked[name]) for name in row if name in asked)


def _values(groups: Groups, word: str, others: Asked) -> set[str]:
    rows = next(rows for words, rows in groups if word in words)
    return {value for row in rows if _fits(row, others) for value in row[word]}


def _group(words: str, rows: Iterable[Values]) -> tuple[frozenset[str], list[Values]]:
    return frozenset(words.split()), list(rows)


def _single(**values: str | None) -> Groups:
    return [
        (frozenset([word]), [{word: () if value is None else (value,)}]) for word, value in values.items()
    ]


def _use_cases(facts: Facts) -> Iterator[Groups]:
    for case in facts.cases:
        team = facts.records[Kind.TEAM][case.team]
        organization = facts.slug(Kind.ORGANIZATION, team["organization_id"])
        words = {"team": case.team, "organization": organization, "area": team["area"]}
        yield [
            *_single(**words, stance=case.stance, status=case.status),
            _group("purpose", [{"purpose": (purpose,)} for purpose in case.purposes]),
            _group("library role topic lifecycle", _usages(facts, case)),
            _group(
                "source evidence_kind",
                [{"source": (piece.source,), "evidence_kind": (piece.kind,)} for piece in case.evidence],
            ),
        ]


def _usages(facts: Facts, case: Case) -> Iterator[Values]:
    for library, role in case.usages:
        lifecycle = facts.records[Kind.LIBRARY][library]["lifecycle"]
        yield {
            "library": (library,),
            "role": (role,),
            "topic": facts.topics[library],
            "lifecycle": (lifecycle,),
        }


def _libraries(facts: Facts) -> Iterator[Groups]:
    for slug, row in facts.records[Kind.LIBRARY].items():
        words = {word: row[word] for word in ("kind", "origin", "lifecycle", "license", "language")}
        yield [
            *_single(**words, maker=facts.slug(Kind.ORGANIZATION, row["maker_id"])),
            _group("topic", [{"topic": (topic,)} for topic in facts.topics[slug]]),
            _group(
                "used_by purpose",
                [
                    {"used_by": (case.team,), "purpose": case.purposes}
                    for case in facts.of_library.get(slug, ())
                ],
            ),
        ]


def _teams(facts: Facts) -> Iterator[Groups]:
    for slug, row in facts.records[Kind.TEAM].items():
        claims = facts.of_team.get(slug, ())
        yield [
            *_single(organization=facts.slug(Kind.ORGANIZATION, row["organization_id"]), area=row["area"]),
            _group("uses purpose", [{"uses": case.libraries, "purpose": case.purposes} for case in claims]),
        ]


def _purposes(facts: Facts) -> Iterator[Groups]:
    for slug in facts.records[Kind.PURPOSE]:
        claims = facts.of_purpose.get(slug, ())
        yield [_group("team library", [{"team": (case.team,), "library": case.libraries} for case in claims])]


def _organizations(facts: Facts) -> Iterator[Groups]:
    for row in facts.records[Kind.ORGANIZATION].values():
        teams = (team for team in facts.records[Kind.TEAM].values() if team["organization_id"] == row["id"])
        yield [_group("area", [{"area": (team["area"],)} for team in teams if team["area"]])]


def _sources(facts: Facts) -> Iterator[Groups]:
    return (
        _single(kind=row["kind"], publisher=row["publisher"]) for row in facts.records[Kind.SOURCE].values()
    )


_GROUPS = {
    Kind.ORGANIZATION: _organizations,
    Kind.TEAM: _teams,
    Kind.LIBRARY: _libraries,
    Kind.PURPOSE: _purposes,
    Kind.USE_CASE: _use_cases,
    Kind.SOURCE: _sources,
}
