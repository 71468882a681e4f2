"""What ties records to one another: what the edges of a graph are made of.

Some ties stand in a record (`belongs_to`, `made_by`, `replaced_by`), some in a
use case (`says`, `serves`, the roles). Where use cases are not shown, their
ties go straight between what they tie. However large a hub is, at most
3,000 use cases are read for a graph, the newest first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, SQLColumnExpression, or_, select, true, union

from app.models import Evidence, Kind, Library, Role, Stance, Status, Team, Usage, UseCase, UseCasePurpose
from app.services.claims import is_true_on

MOST_USE_CASES = 3_000
MOST_TIES = 50_000

Place = tuple[Kind, int]
Column = SQLColumnExpression[Any]
Statement = Select[*tuple[Any, ...]]


class Tie(NamedTuple):
    """One thing that ties two records.

    Attributes:
        tail: the record that it leads from: its kind and id.
        word: what it is called.
        head: the record that it leads to.
        use_case: id of the use case that says so; None: a record itself does.
    """

    tail: Place
    word: str
    head: Place
    use_case: int | None = None


@dataclass
class _Claim:
    """A use case and all that it ties."""

    id: int
    team: int
    is_in_use: bool
    usages: list[tuple[int, Role]] = field(default_factory=list)
    purposes: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)


_IN_RECORDS: tuple[tuple[Kind, str, Kind, Column, Column], ...] = (
    (Kind.TEAM, "belongs_to", Kind.ORGANIZATION, Team.id, Team.organization_id),
    (Kind.LIBRARY, "made_by", Kind.ORGANIZATION, Library.id, Library.maker_id),
    (Kind.LIBRARY, "replaced_by", Kind.LIBRARY, Library.id, Library.replaced_by_id),
)
# The columns that lead from records of a kind to use cases.
_TO_USE_CASES: dict[Kind, tuple[Column, Column]] = {
    Kind.TEAM: (UseCase.team_id, UseCase.id),
    Kind.LIBRARY: (Usage.library_id, Usage.use_case_id),
    Kind.PURPOSE: (UseCasePurpose.purpose_id, UseCasePurpose.use_case_id),
    Kind.SOURCE: (Evidence.source_id, Evidence.use_case_id),
    Kind.USE_CASE: (UseCase.id, UseCase.id),
}


class Ties:
    """The ties that are known so far; made for one graph.

    Attributes:
        known: each once.
        is_cut: some were not read, as there are too many.
    """

    def __init__(
        self, connection: Connection, kinds: Collection[Kind], root: Place, day: date | None = None
    ) -> None:
        """Begin with none.

        Args:
            connection: in a snapshot.
            kinds: of the records that are shown; use cases among them stand between what they tie.
            root: the record in the middle, which is shown whatever its kind.
            day: only what is true on it is in use; None: all that is claimed.
        """
        self.known: set[Tie] = set()
        self.is_cut = False
        self._connection = connection
        self._is_straight = Kind.USE_CASE not in kinds
        self._shown = {*kinds, root[0]}
        self._root = root
        self._is_on_day = true() if day is None else is_true_on(UseCase, day)
        self._claims: set[int] = set()

    def learn(self, level: Iterable[Place]) -> None:
        """Read the ties of some records: a fixed number of statements, however many records."""
        near: dict[Kind, list[int]] = defaultdict(list)
        for kind, id_ in level:
            near[kind].append(id_)
        self._learn_records(near)
        for claim in self._read_claims(self._new_claims(near)):
            if len(self.known) > MOST_TIES:
                self.is_cut = True
                return
            self.known.update(
                tie
                for tie in self._ties_of(claim)
                if tie.tail[0] in self._shown and tie.head[0] in self._shown
            )

    def _learn_records(self, near: Mapping[Kind, Sequence[int]]) -> None:
        for tail_kind, word, head_kind, tail, head in _IN_RECORDS:
            ends = ((tail_kind, tail), (head_kind, head))
            touching = [end.in_(near[kind]) for kind, end in ends if kind in near]
            if touching and {tail_kind, head_kind} <= self._shown:
                statement = select(tail, head).where(or_(*touching), head.is_not(None)).order_by(tail.desc())
                for tail_id, head_id in self._some(statement):
                    self.known.add(Tie((tail_kind, tail_id), word, (head_kind, head_id)))

    def _new_claims(self, near: Mapping[Kind, Sequence[int]]) -> list[int]:
        """Find the newest use cases that touch a level and were not read yet."""
        room = MOST_USE_CASES - len(self._claims)
        if not room:
            self.is_cut = True
            return []
        most = MOST_USE_CASES + 1
        parts = [_touching(kind, ids, most) for kind, ids in near.items() if kind in _TO_USE_CASES]
        if not parts:
            return []
        touching = union(*parts).subquery()
        found = self._connection.scalars(select(touching.c.id).order_by(touching.c.id.desc()).limit(most))
        new = [id_ for id_ in found if id_ not in self._claims]
        self.is_cut |= len(new) > room
        self._claims.update(new[:room])
        return new[:room]

    def _read_claims(self, ids: Sequence[int]) -> Iterable[_Claim]:
        """Read use cases; those that are not in use are left out, but for the one in the middle."""
        claims: dict[int, _Claim] = {}
        columns = (UseCase.id, UseCase.team_id, UseCase.stance, UseCase.status, self._is_on_day)
        for id_, team, stance, status, is_on_day in self._connection.execute(
            select(*columns).where(UseCase.id.in_(ids))
        ):
            is_in_use = stance is Stance.USES and status is not Status.RETIRED and is_on_day
            if is_in_use or (Kind.USE_CASE, id_) == self._root:
                claims[id_] = _Claim(id_, team, is_in_use)
        for row in self._parts(claims, Usage.use_case_id, Usage.library_id, Usage.role):
            claims[row[0]].usages.append((row[1], row[2]))
        for row in self._parts(claims, UseCasePurpose.use_case_id, UseCasePurpose.purpose_id):
            claims[row[0]].purposes.append(row[1])
        if Kind.SOURCE in self._shown:
            for row in self._parts(claims, Evidence.use_case_id, Evidence.source_id):
                claims[row[0]].sources.append(row[1])
        return claims.values()

    def _parts(self, claims: Collection[int], owner: Column, *columns: Column) -> Iterable[Any]:
        return self._some(select(owner, *columns).where(owner.in_(claims)).order_by(owner.desc(), *columns))

    def _some(self, statement: Statement) -> Iterable[Any]:
        rows = self._connection.execute(statement.limit(MOST_TIES + 1)).all()
        self.is_cut |= len(rows) > MOST_TIES
        return rows[:MOST_TIES]

    def _ties_of(self, claim: _Claim) -> Iterator[Tie]:
        is_root = (Kind.USE_CASE, claim.id) == self._root
        if is_root or not self._is_straight:
            yield from _own_ties(claim)
        if self._is_straight and claim.is_in_use:
            yield from _straight_ties(claim)


def _touching(kind: Kind, ids: Sequence[int], most: int) -> Statement:
    """Select the newest use cases that touch records of a kind; an index serves each of them."""
    end, id_ = _TO_USE_CASES[kind]
    newest = (
        select(id_.label("id")).where(end.in_(ids)).distinct().order_by(id_.desc()).limit(most).subquery()
    )
    return select(newest.c.id)


def _own_ties(claim: _Claim) -> Iterator[Tie]:
    """Tie a use case to its parts; to libraries and purposes only while it is in use."""
    place = (Kind.USE_CASE, claim.id)
    yield Tie(place, "belongs_to", (Kind.TEAM, claim.team))
    for source in claim.sources:
        yield Tie((Kind.SOURCE, source), "says", place, claim.id)
    if claim.is_in_use:
        for library, role in claim.usages:
            yield Tie(place, role, (Kind.LIBRARY, library), claim.id)
        for purpose in claim.purposes:
            yield Tie(place, "serves", (Kind.PURPOSE, purpose), claim.id)


def _straight_ties(claim: _Claim) -> Iterator[Tie]:
    """Tie the parts of a use case to one another."""
    team = (Kind.TEAM, claim.team)
    libraries = dict.fromkeys((Kind.LIBRARY, library) for library, _role in claim.usages)
    purposes = [(Kind.PURPOSE, purpose) for purpose in claim.purposes]
    for library, role in claim.usages:
        yield Tie(team, role, (Kind.LIBRARY, library), claim.id)
    for tail, purpose in product((team, *libraries), purposes):
        yield Tie(tail, "serves", purpose, claim.id)
    for source, head in product(claim.sources, (team, *libraries, *purposes)):
        yield Tie((Kind.SOURCE, source), "says", head, claim.id)
    made = [library for library, role in claim.usages if role is Role.BUILDS]
    below = [library for library, role in claim.usages if role in {Role.USES, Role.EXTENDS}]
    for library, base in product(made, below):
        if library != base:
            yield Tie((Kind.LIBRARY, library), "built_on", (Kind.LIBRARY, base), claim.id)
