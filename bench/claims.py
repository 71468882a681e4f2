"""Made-up use cases, with usages, purposes and evidence, so many at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from app.models import Check, EvidenceKind, Role, Stance, Status, UseCase
from bench.words import Deck
from bench.world import Maker, Row

BATCH = 2_000
_CHAIN = 5
_RING_EVERY = 4
_ROLES = [Role.USES] * 8 + [Role.EXTENDS, Role.INTEGRATES]
_STATUSES = [Status.DOCUMENTED] * 14 + [Status.CONFIRMED] * 4 + [Status.DISPUTED, Status.RETIRED]
_CHECKS = [Check.UNCHECKED] * 6 + list(Check)
_KINDS = list(EvidenceKind)
_SECTIONS = ("Introduction", "dependencies", "Architecture", "Interview", None)


@dataclass
class Batch:
    """Rows of some use cases."""

    use_cases: list[Row] = field(default_factory=list)
    purposes: list[Row] = field(default_factory=list)
    usages: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)


class Claims:
    """Draws who uses what, for what, and who says so."""

    def __init__(
        self, maker: Maker, teams: Sequence[Row], libraries: Sequence[Row], purposes: Sequence[Row]
    ) -> None:
        """Shuffle each kind, so that what is popular is spread over ids and names."""
        self._maker = maker
        self._teams = Deck(self._shuffled(teams), maker.random, 0.3)
        self._libraries = Deck(self._shuffled(libraries), maker.random)
        self._purposes = Deck(self._shuffled(purposes), maker.random, 0.8)
        self._sources = Deck(range(1, maker.size.sources + 1), maker.random, 0.8)
        self._ours = libraries[: maker.size.in_house]
        self._slugs: set[str] = set()
        self._evidence = 0

    def batches(self) -> Iterator[Batch]:
        """Make all use cases, in batches; first those that say what in-house libraries are built on."""
        for start in range(1, self._maker.size.use_cases + 1, BATCH):
            batch = Batch()
            for id_ in range(start, min(start + BATCH, self._maker.size.use_cases + 1)):
                self._add(batch, id_)
            yield batch

    def _add(self, batch: Batch, id_: int) -> None:
        team = self._teams.draw()
        purposes = self._purposes.some(self._maker.random.choice((0, 1, 1, 1, 2, 3)))
        usages = self._usages(id_)
        batch.use_cases.append(self._use_case(id_, team, usages, purposes))
        batch.purposes += [{"use_case_id": id_, "purpose_id": purpose["id"]} for purpose in purposes]
        batch.usages += [
            {
                "use_case_id": id_,
                "library_id": library["id"],
                "role": role,
                "version_range": self._maker.maybe(0.3, f">={self._maker.random.randint(0, 9)}"),
            }
            for library, role in usages
        ]
        batch.evidence += self._pieces(id_, [library["name"] for library, _role in usages])

    def _usages(self, id_: int) -> list[tuple[Row, Role]]:
        """Draw 1 to 5 libraries; a use case that builds one takes the next one of its chain as well."""
        random = self._maker.random
        drawn = self._libraries.some(random.choice((1, 1, 2, 2, 3, 4, 5)))
        usages = {library["id"]: (library, random.choice(_ROLES)) for library in drawn}
        place = id_ - 1
        if place < len(self._ours):
            chain, link = divmod(place, _CHAIN)
            following = place + 1
            if link == _CHAIN - 1 and chain % _RING_EVERY == 0:
                following = chain * _CHAIN
            if (link < _CHAIN - 1 or chain % _RING_EVERY == 0) and following < len(self._ours):
                usages[self._ours[following]["id"]] = (self._ours[following], Role.USES)
            usages[self._ours[place]["id"]] = (self._ours[place], Role.BUILDS)
        return list(usages.values())

    def _use_case(
        self, id_: int, team: Row, usages: Sequence[tuple[Row, Role]], purposes: Sequence[Row]
    ) -> Row:
        random = self._maker.random
        library = usages[0][0]
        job = purposes[0]["name"] if purposes else "Daily work"
        title = f"{job} with {library['name']}"[:200]
        status = random.choice(_STATUSES)
        since = self._maker.maybe(0.4, self._maker.day())
        columns = {
            "slug": self._slug(
                f"{team['slug']}-{purposes[0]['slug'] if purposes else 'work'}-{library['slug']}", id_
            ),
            "team_id": team["id"],
            "title": title,
            "description": self._maker.maybe(
                0.9, self._maker.words.text(f"{team['name']} with {library['name']}")
            ),
            "stance": Stance.DOES_NOT_USE if self._maker.happens(0.04) else Stance.USES,
            "since": since,
            "until": since + timedelta(days=random.randint(0, 1_500))
            if since and self._maker.happens(0.2)
            else None,
            "status": status,
        }
        row = self._maker.record(UseCase, id_, columns)
        is_confirmed = status is Status.CONFIRMED
        confirmed = {"confirmed_at": row["created_at"] if is_confirmed else None}
        confirmed["confirmed_by"] = "bench" if is_confirmed else None
        disputed = {"disputed_at": None, "disputed_by": None, "status_note": None}
        return {**row, **confirmed, **disputed, "fresh_at": row["updated_at"]}

    def _slug(self, wanted: str, id_: int) -> str:
        slug = wanted[:80].strip("-")
        if slug in self._slugs:
            slug = f"{wanted[:70].strip('-')}-{id_}"
        self._slugs.add(slug)
        return slug

    def _pieces(self, use_case_id: int, names: Sequence[str]) -> Iterator[Row]:
        random = self._maker.random
        for source_id in self._sources.some(random.choice((1, 1, 1, 2, 3))):
            self._evidence += 1
            start = random.randint(0, 100_000)
            has_span = self._maker.happens(0.5)
            check = random.choice(_CHECKS)
            checked = self._maker.day() if check is not Check.UNCHECKED else None
            yield {
                "id": self._evidence,
                "use_case_id": use_case_id,
                "source_id": source_id,
                "section": random.choice(_SECTIONS),
                "line": self._maker.maybe(0.8, random.randint(1, 3_000)),
                "span_start": start if has_span else None,
                "span_end": start + random.randint(1, 400) if has_span else None,
                "excerpt_sha256": f"{random.getrandbits(256):064x}" if has_span else None,
                "mentions": list(names),
                "kind": random.choice(_KINDS),
                "note": None,
                "check_result": check,
                "checked_at": checked and self._maker.moment(checked),
            }

    def _shuffled(self, rows: Sequence[Row]) -> list[Row]:
        return self._maker.random.sample(rows, len(rows))
