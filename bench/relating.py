"""Relations of a made-up atlas, worked out in plain Python: the answers that the service should give."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from app.models import Kind, Role, Stance, Status
from bench.counting import Document
from bench.facts import Case, Facts
from bench.world import Row

FIRST_TEAMS = 5
_MOST_BUILT, _DEEPEST, _MOST_TEAMS, _MOST_REFERENCES, _MOST_PURPOSES, _MOST_ALTERNATIVES = (
    500,
    50,
    1_000,
    100,
    100,
    10,
)
_BASES = (Role.USES, Role.EXTENDS)


class Relations:
    """What follows from the use cases of an atlas that count."""

    def __init__(self, facts: Facts) -> None:
        """Work on these facts."""
        self._facts = facts
        self._built_on: dict[str, set[str]] = defaultdict(set)
        for case in facts.claims:
            made = {library for library, role in case.usages if role is Role.BUILDS}
            for library, role in case.usages if made else ():
                if role in _BASES:
                    self._built_on[library] |= made

    def libraries_of(self, team: str) -> list[Document]:
        """Give what a team uses."""
        by_library = _sorted_by(self._facts.of_team.get(team, ()), lambda case: case.libraries)
        names = sorted(by_library, key=lambda slug: self._row(Kind.LIBRARY, slug)["name_key"])
        return [
            {
                "library": self._reference(Kind.LIBRARY, slug),
                "purposes": self._purposes(by_library[slug]),
                "roles": _roles(by_library[slug], {slug}),
                "use_cases": len(by_library[slug]),
                "newest_evidence": self.newest(by_library[slug]),
            }
            for slug in names
        ]

    def teams_of(self, library: str) -> list[Document]:
        """Give who uses a library."""
        by_team = _sorted_by(self._facts.of_library.get(library, ()), lambda case: (case.team,))
        return [
            {
                **self._head(team),
                "area": self._row(Kind.TEAM, team)["area"],
                "purposes": self._purposes(by_team[team]),
                "roles": _roles(by_team[team], {library}),
                "use_cases": len(by_team[team]),
                "newest_evidence": self.newest(by_team[team]),
            }
            for team in self._teams_by_name(by_team)
        ]

    def libraries_for(self, purpose: str) -> list[Document]:
        """Give what is used for a purpose."""
        by_library = _sorted_by(self._facts.of_purpose.get(purpose, ()), lambda case: case.libraries)
        teams = {slug: {case.team for case in cases} for slug, cases in by_library.items()}
        names = sorted(by_library, key=lambda slug: (-len(teams[slug]), *self._key(Kind.LIBRARY, slug)))
        return [
            {
                "library": self._reference(Kind.LIBRARY, slug),
                "teams": self._references(Kind.TEAM, self._teams_by_name(teams[slug])[:FIRST_TEAMS]),
                "roles": _roles(by_library[slug], {slug}),
                "team_count": len(teams[slug]),
                "use_cases": len(by_library[slug]),
                "newest_evidence": self.newest(by_library[slug]),
            }
            for slug in names
        ]

    def related(self, library: str) -> list[Document]:
        """Give what is used together with a library."""
        own = self._facts.teams_of.get(library, set())
        cases = Counter(other for case in self._facts.of_library.get(library, ()) for other in case.libraries)
        found = []
        for other in {slug for team in own for case in self._facts.of_team[team] for slug in case.libraries}:
            theirs = self._facts.teams_of[other]
            if other != library:
                overlap = Fraction(len(own & theirs), len(own | theirs))
                found.append((round(overlap, 4), len(own & theirs), len(theirs), other))
        found.sort(key=lambda row: (-row[0], -row[1], *self._key(Kind.LIBRARY, row[3])))
        return [
            {
                "library": self._reference(Kind.LIBRARY, other),
                "teams_together": both,
                "teams_of_other": theirs,
                "jaccard": float(jaccard),
                "use_cases_together": cases[other],
            }
            for jaccard, both, theirs, other in found
        ]

    def compare_teams(self, teams: Sequence[str]) -> Document:
        """Give what teams have and have not in common, as lists of slugs."""
        libraries = {
            team: {slug for case in self._of_team(team) for slug in case.libraries} for team in teams
        }
        purposes = {team: {slug for case in self._of_team(team) for slug in case.purposes} for team in teams}
        return {"libraries": _shared(libraries), "purposes": _shared(purposes)}

    def compare_libraries(self, libraries: Sequence[str]) -> Document:
        """Give what libraries have and have not in common, as lists of slugs."""
        of_library = self._facts.of_library
        teams = {library: {case.team for case in of_library.get(library, ())} for library in libraries}
        purposes = {
            library: {slug for case in of_library.get(library, ()) for slug in case.purposes}
            for library in libraries
        }
        return {"teams": _shared(teams), "purposes": _shared(purposes)}

    def impact(self, library: str, depth: int | None = None) -> Document:
        """Give who is hit if a library goes."""
        paths, is_cut = self._paths(library, depth)
        hit = {library, *paths}
        cases = {case for slug in hit for case in self._facts.of_library.get(slug, ())}
        direct = self._hit_teams({library})
        indirect = self._indirect(paths)
        purposes = self._hit_purposes(cases, hit)
        row = self._row(Kind.LIBRARY, library)
        successor = self._facts.slug(Kind.LIBRARY, row["replaced_by_id"])
        shown = {item["team"]["slug"]: item for item in (*direct[:_MOST_TEAMS], *indirect[:_MOST_TEAMS])}
        built = [self._built(slug, path) for slug, path in paths.items()]
        lists = [
            *(item[name] for item in (*direct, *indirect) for name in ("use_cases", "purposes")),
            *(item["libraries"] for item in indirect),
            *(item["built_by"] for item in built),
        ]
        return {
            "library": self._reference(Kind.LIBRARY, library),
            "lifecycle": row["lifecycle"],
            "replaced_by": successor and self._reference(Kind.LIBRARY, successor),
            "direct": _held(direct[:_MOST_TEAMS]),
            "indirect": _held(indirect[:_MOST_TEAMS]),
            "built_on_it": _held(built),
            "purposes": purposes[:_MOST_PURPOSES],
            "ask": [{"team": item["team"], "contact_url": item["contact_url"]} for item in shown.values()],
            "counts": {
                "direct": len(direct),
                "indirect": len(indirect),
                "teams": len({case.team for case in cases}),
                "use_cases": len(cases),
                "built_on_it": len(paths),
                "purposes": len(purposes),
            },
            "truncated": is_cut
            or max(len(direct), len(indirect)) > _MOST_TEAMS
            or len(purposes) > _MOST_PURPOSES
            or any(len(items) > _MOST_REFERENCES for items in lists),
        }

    def newest(self, cases: Iterable[Case]) -> Document:
        """Give the newest evidence of use cases."""
        pieces = ((piece, case) for case in cases for piece in case.evidence)
        piece, case = min(pieces, key=lambda pair: _age(self._facts.seen_on(pair[0].source), pair[0].id))
        day = self._facts.seen_on(piece.source)
        return {
            "source": self._reference(Kind.SOURCE, piece.source),
            "on": day and day.isoformat(),
            "section": piece.section,
            "line": piece.line,
            "use_case": {"slug": case.slug, "title": case.title},
        }

    def coverage(self, teams: Sequence[str], libraries: Sequence[str]) -> Document:
        """Give the cells of teams and libraries: state, number of use cases, newest evidence."""
        cells: dict[str, Document] = {}
        told = _sorted_by(
            (case for case in self._facts.cases if case.status is not Status.RETIRED),
            lambda case: (case.team,),
        )
        for team in teams:
            for library in libraries:
                cases = [case for case in told.get(team, ()) if library in case.libraries]
                stances = {case.stance for case in cases}
                cells[f"{team} {library}"] = {
                    "state": _state(stances),
                    "use_cases": len(cases),
                    "newest_evidence": self.newest(cases) if cases else None,
                }
        return cells

    def looked_at(self, team: str) -> dict[str, int]:
        """Count by source the use cases of a team that rest on it, also those that do not count."""
        return Counter(
            source
            for case in self._facts.cases
            if case.team == team
            for source in {piece.source for piece in case.evidence}
        )

    def _paths(self, library: str, depth: int | None) -> tuple[dict[str, list[str]], bool]:
        """Find what is built on a library: the shortest path to each, nearest first, then by name."""
        paths: dict[str, list[str]] = {}
        level = {library: [library]}
        steps = 0
        while level and steps != depth:
            steps += 1
            room = _MOST_BUILT - len(paths) if steps <= _DEEPEST else 0
            found: dict[str, list[str]] = {}
            for base in sorted(level, key=lambda slug: self._key(Kind.LIBRARY, slug)):
                for made in self._built_on.get(base, ()):
                    if made != library and made not in paths:
                        found.setdefault(made, [*level[base], made])
            names = sorted(found, key=lambda slug: self._key(Kind.LIBRARY, slug))
            level = {slug: found[slug] for slug in names[:room]}
            paths |= level
            if len(names) > room:
                return paths, True
        return paths, False

    def _built(self, library: str, path: Sequence[str]) -> Document:
        makers = {
            case.team for case in self._facts.of_library[library] if (library, Role.BUILDS) in case.usages
        }
        return {
            "library": self._reference(Kind.LIBRARY, library),
            "depth": len(path) - 1,
            "path": self._references(Kind.LIBRARY, path),
            "built_by": self._references(Kind.TEAM, self._teams_by_name(makers)),
        }

    def _hit_teams(self, libraries: set[str]) -> list[Document]:
        """Give the teams that use any of the libraries, by name."""
        cases = {case for slug in libraries for case in self._facts.of_library.get(slug, ())}
        by_team = _sorted_by(cases, lambda case: (case.team,))
        return [
            {
                **self._head(team),
                "use_cases": [
                    {"slug": case.slug, "title": case.title}
                    for case in sorted(by_team[team], key=lambda case: (case.title_key, case.slug))
                ],
                "purposes": self._purposes(by_team[team]),
                "roles": _roles(by_team[team], libraries),
                "newest_evidence": self.newest(by_team[team]),
            }
            for team in self._teams_by_name(by_team)
        ]

    def _indirect(self, paths: Mapping[str, Sequence[str]]) -> list[Document]:
        """Give the teams that use what was found, those whose tool is nearest first."""
        place = {slug: number for number, slug in enumerate(paths)}
        used: dict[str, set[str]] = defaultdict(set)
        for slug in paths:
            for team in self._facts.teams_of.get(slug, ()):
                used[team].add(slug)
        hit = []
        for item in self._hit_teams(set(paths)):
            own = used[item["team"]["slug"]]
            nearest = min(own, key=place.__getitem__)
            names = sorted(own, key=lambda slug: self._key(Kind.LIBRARY, slug))
            path = self._references(Kind.LIBRARY, paths[nearest])
            more = {"through": path, "depth": len(path) - 1}
            hit.append((place[nearest], {**item, **more, "libraries": self._references(Kind.LIBRARY, names)}))
        return [item for _place, item in sorted(hit, key=lambda pair: pair[0])]

    def _hit_purposes(self, cases: Iterable[Case], hit: set[str]) -> list[Document]:
        teams: dict[str, set[str]] = defaultdict(set)
        for case in cases:
            for purpose in case.purposes:
                teams[purpose].add(case.team)
        ranked = sorted(teams, key=lambda slug: (-len(teams[slug]), *self._key(Kind.PURPOSE, slug)))
        return [
            {
                "purpose": self._reference(Kind.PURPOSE, slug),
                "team_count": len(teams[slug]),
                "alternatives": self._alternatives(slug, hit) if place < _MOST_PURPOSES else [],
            }
            for place, slug in enumerate(ranked)
        ]

    def _alternatives(self, purpose: str, hit: set[str]) -> list[Document]:
        teams: dict[str, set[str]] = defaultdict(set)
        for case in self._facts.of_purpose[purpose]:
            for library in case.libraries if hit.isdisjoint(case.libraries) else ():
                teams[library].add(case.team)
        ranked = sorted(teams, key=lambda slug: (-len(teams[slug]), *self._key(Kind.LIBRARY, slug)))
        return [
            {
                "library": self._reference(Kind.LIBRARY, slug),
                "teams": self._references(Kind.TEAM, self._teams_by_name(teams[slug])[:FIRST_TEAMS]),
                "team_count": len(teams[slug]),
            }
            for slug in ranked[:_MOST_ALTERNATIVES]
        ]

    def _of_team(self, team: str) -> Sequence[Case]:
        return self._facts.of_team.get(team, ())

    def _head(self, team: str) -> Document:
        row = self._row(Kind.TEAM, team)
        organization = self._facts.slug(Kind.ORGANIZATION, row["organization_id"])
        return {
            "team": self._reference(Kind.TEAM, team),
            "organization": self._reference(Kind.ORGANIZATION, str(organization)),
            "contact_url": row["contact_url"],
        }

    def _purposes(self, cases: Iterable[Case]) -> list[Document]:
        return self._references(Kind.PURPOSE, sorted({slug for case in cases for slug in case.purposes}))

    def _teams_by_name(self, teams: Iterable[str]) -> list[str]:
        return sorted(teams, key=lambda slug: self._key(Kind.TEAM, slug))

    def _references(self, kind: Kind, slugs: Iterable[str]) -> list[Document]:
        return [self._reference(kind, slug) for slug in slugs]

    def _reference(self, kind: Kind, slug: str) -> Document:
        row = self._row(kind, slug)
        return (
            {"slug": slug, "title": row["title"]} if "title" in row else {"slug": slug, "name": row["name"]}
        )

    def _row(self, kind: Kind, slug: str) -> Row:
        return self._facts.records[kind][slug]

    def _key(self, kind: Kind, slug: str) -> tuple[str, str]:
        return self._row(kind, slug)["name_key"], slug


def _sorted_by(cases: Iterable[Case], keys: Any) -> dict[str, list[Case]]:
    by_key: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for key in keys(case):
            by_key[key].append(case)
    return by_key


def _roles(cases: Iterable[Case], libraries: set[str]) -> list[str]:
    return sorted({role.value for case in cases for library, role in case.usages if library in libraries})


def _age(day: date | None, id_: int) -> tuple[bool, int, int]:
    return day is None, -day.toordinal() if day else 0, id_


def _held(items: list[Document]) -> list[Document]:
    """Hold the lists inside items to 100 references."""
    names = ("use_cases", "purposes", "libraries", "built_by")
    return [
        {key: value[:_MOST_REFERENCES] if key in names else value for key, value in item.items()}
        for item in items
    ]


def _shared(things: Mapping[str, set[str]]) -> Document:
    holders = Counter(thing for held in things.values() for thing in held)
    return {
        "shared": {thing for thing, number in holders.items() if number == len(things)},
        "some": {thing for thing, number in holders.items() if 1 < number < len(things)},
        "only": {owner: {thing for thing in held if holders[thing] == 1} for owner, held in things.items()},
    }


def _state(stances: set[Stance]) -> str:
    if len(stances) > 1:
        return "disputed"
    return {Stance.USES: "used", Stance.DOES_NOT_USE: "stated_not_used"}.get(
        next(iter(stances), None), "no_evidence"
    )
