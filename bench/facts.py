"""What a made-up atlas says, as plain Python values: what answers are checked against.

Nothing here comes from a database or from the service's own questions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from app.models import EvidenceKind, Kind, Role, Stance, Status
from bench.atlas import made_up
from bench.world import Row, Size


class Piece(NamedTuple):
    """A piece of evidence."""

    id: int
    source: str
    kind: EvidenceKind
    section: str | None
    line: int | None


@dataclass(frozen=True, eq=False)
class Case:
    """A use case; teams, libraries, purposes and sources are slugs."""

    slug: str
    title: str
    title_key: str
    team: str
    stance: Stance
    status: Status
    usages: tuple[tuple[str, Role], ...]
    purposes: frozenset[str]
    evidence: tuple[Piece, ...]

    @cached_property
    def libraries(self) -> frozenset[str]:
        """Give the libraries that it takes, in whatever role."""
        return frozenset(library for library, _role in self.usages)

    @property
    def counts(self) -> bool:
        """Say whether it claims use."""
        return self.stance is Stance.USES and self.status is not Status.RETIRED


class Facts:
    """An atlas as plain values.

    Attributes:
        records: rows of what use cases point at, by kind and slug.
        topics: by library.
        cases: all use cases.
        claims: those that count.
    """

    def __init__(self, size: Size, seed: int) -> None:
        """Draw the atlas of that size and seed."""
        atlas = made_up(size, seed)
        self.records: Mapping[Kind, Mapping[str, Row]] = {
            kind: {row["slug"]: row for row in rows} for kind, rows in atlas.rows.items()
        }
        self._slugs = {kind: {row["id"]: row["slug"] for row in rows} for kind, rows in atlas.rows.items()}
        self.topics: dict[str, set[str]] = defaultdict(set)
        for row in atlas.topics:
            self.topics[self._slugs[Kind.LIBRARY][row["library_id"]]].add(row["topic"])
        self.cases = [
            case for batch in atlas.batches for case in self._cases(batch.use_cases, _parts(vars(batch)))
        ]
        self.claims = [case for case in self.cases if case.counts]

    @cached_property
    def of_library(self) -> Mapping[str, list[Case]]:
        """Give the claims by library."""
        return _by((library, case) for case in self.claims for library in case.libraries)

    @cached_property
    def of_team(self) -> Mapping[str, list[Case]]:
        """Give the claims by team."""
        return _by((case.team, case) for case in self.claims)

    @cached_property
    def of_purpose(self) -> Mapping[str, list[Case]]:
        """Give the claims by purpose."""
        return _by((purpose, case) for case in self.claims for purpose in case.purposes)

    @cached_property
    def teams_of(self) -> Mapping[str, set[str]]:
        """Give the teams by the library that they use."""
        return {library: {case.team for case in cases} for library, cases in self.of_library.items()}

    def slug(self, kind: Kind, id_: int | None) -> str | None:
        """Give the slug of what a row points at."""
        return None if id_ is None else self._slugs[kind][id_]

    def seen_on(self, source: str) -> date | None:
        """Give when a source was published, else read."""
        row = self.records[Kind.SOURCE][source]
        day: date | None = row["published_on"] or row["accessed_on"]
        return day

    def _cases(self, rows: Iterable[Row], parts: Mapping[str, Mapping[int, list[Row]]]) -> Iterable[Case]:
        slugs = self._slugs
        for row in rows:
            id_ = row["id"]
            yield Case(
                slug=row["slug"],
                title=row["title"],
                title_key=row["title_key"],
                team=slugs[Kind.TEAM][row["team_id"]],
                stance=row["stance"],
                status=row["status"],
                usages=tuple(
                    (slugs[Kind.LIBRARY][use["library_id"]], use["role"]) for use in parts["usages"][id_]
                ),
                purposes=frozenset(
                    slugs[Kind.PURPOSE][serves["purpose_id"]] for serves in parts["purposes"][id_]
                ),
                evidence=tuple(self._piece(piece) for piece in parts["evidence"][id_]),
            )

    def _piece(self, row: Row) -> Piece:
        source = self._slugs[Kind.SOURCE][row["source_id"]]
        return Piece(row["id"], source, row["kind"], row["section"], row["line"])


def _parts(lists: Mapping[str, list[Row]]) -> Mapping[str, Mapping[int, list[Row]]]:
    """Sort the parts of use cases by use case."""
    parts: dict[str, dict[int, list[Row]]] = {}
    for name in ("usages", "purposes", "evidence"):
        parts[name] = defaultdict(list)
        for row in lists[name]:
            parts[name][row["use_case_id"]].append(row)
    return parts


def _by(pairs: Iterable[tuple[str, Case]]) -> Mapping[str, list[Case]]:
    cases: dict[str, list[Case]] = defaultdict(list)
    for key, case in pairs:
        cases[key].append(case)
    return cases
