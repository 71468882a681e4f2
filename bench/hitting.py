"""Who is hit if a library of a made-up atlas goes, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app.models import Kind, Role
from bench.counting import Document
from bench.facts import Case, Facts
from bench.telling import FIRST_TEAMS, Teller, roles, sorted_by

_MOST_BUILT, _DEEPEST = 500, 50
_MOST_TEAMS, _MOST_REFERENCES = 1_000, 100
_MOST_PURPOSES, _MOST_ALTERNATIVES = 100, 10
_BASES = (Role.USES, Role.EXTENDS)


class Impact(Teller):
    """What follows from libraries that are built on one another."""

    def __init__(self, facts: Facts) -> None:
        """Find what is built on what: in one use case, what the team builds on what it uses or extends."""
        super().__init__(facts)
        self._built_on: dict[str, set[str]] = defaultdict(set)
        for case in facts.claims:
            made = {library for library, role in case.usages if role is Role.BUILDS}
            for library, role in case.usages if made else ():
                if role in _BASES:
                    self._built_on[library] |= made

    def impact(self, library: str, depth: int | None = None) -> Document:
        """Give who is hit if a library goes."""
        paths, is_cut = self._paths(library, depth)
        hit = {library, *paths}
        cases = {case for slug in hit for case in self.facts.of_library.get(slug, ())}
        direct = self._hit_teams({library})
        indirect = self._indirect(paths)
        purposes = self._hit_purposes(cases, hit)
        row = self.row(Kind.LIBRARY, library)
        successor = self.facts.slug(Kind.LIBRARY, row["replaced_by_id"])
        shown = {item["team"]["slug"]: item for item in (*direct[:_MOST_TEAMS], *indirect[:_MOST_TEAMS])}
        built = [self._built(slug, path) for slug, path in paths.items()]
        lists = [
            *(item[name] for item in (*direct, *indirect) for name in ("use_cases", "purposes")),
            *(item["libraries"] for item in indirect),
            *(item["built_by"] for item in built),
        ]
        return {
            "library": self.reference(Kind.LIBRARY, library),
            "lifecycle": row["lifecycle"],
            "replaced_by": successor and self.reference(Kind.LIBRARY, successor),
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

    def _paths(self, library: str, depth: int | None) -> tuple[dict[str, list[str]], bool]:
        """Find what is built on a library: the shortest path to each, nearest first, then by name."""
        paths: dict[str, list[str]] = {}
        level = {library: [library]}
        steps = 0
        while level and steps != depth:
            steps += 1
            room = _MOST_BUILT - len(paths) if steps <= _DEEPEST else 0
            found: dict[str, list[str]] = {}
            for base in sorted(level, key=lambda slug: self.key(Kind.LIBRARY, slug)):
                for made in self._built_on.get(base, ()):
                    if made != library and made not in paths:
                        found.setdefault(made, [*level[base], made])
            names = sorted(found, key=lambda slug: self.key(Kind.LIBRARY, slug))
            level = {slug: found[slug] for slug in names[:room]}
            paths |= level
            if len(names) > room:
                return paths, True
        return paths, False

    def _built(self, library: str, path: Sequence[str]) -> Document:
        makers = {
            case.team for case in self.facts.of_library[library] if (library, Role.BUILDS) in case.usages
        }
        return {
            "library": self.reference(Kind.LIBRARY, library),
            "depth": len(path) - 1,
            "path": self.references(Kind.LIBRARY, path),
            "built_by": self.references(Kind.TEAM, self.teams_by_name(makers)),
        }

    def _hit_teams(self, libraries: set[str]) -> list[Document]:
        """Give the teams that use any of the libraries, by name."""
        cases = {case for slug in libraries for case in self.facts.of_library.get(slug, ())}
        by_team = sorted_by(cases, lambda case: (case.team,))
        return [
            {
                **self.head(team),
                "use_cases": [
                    {"slug": case.slug, "title": case.title}
                    for case in sorted(by_team[team], key=lambda case: (case.title_key, case.slug))
                ],
                "purposes": self.purposes(by_team[team]),
                "roles": roles(by_team[team], libraries),
                "newest_evidence": self.newest(by_team[team]),
            }
            for team in self.teams_by_name(by_team)
        ]

    def _indirect(self, paths: Mapping[str, Sequence[str]]) -> list[Document]:
        """Give the teams that use what was found, those whose tool is nearest first."""
        place = {slug: number for number, slug in enumerate(paths)}
        used: dict[str, set[str]] = defaultdict(set)
        for slug in paths:
            for team in self.facts.teams_of.get(slug, ()):
                used[team].add(slug)
        hit = []
        for item in self._hit_teams(set(paths)):
            own = used[item["team"]["slug"]]
            nearest = min(own, key=place.__getitem__)
            names = sorted(own, key=lambda slug: self.key(Kind.LIBRARY, slug))
            path = self.references(Kind.LIBRARY, paths[nearest])
            more = {"through": path, "depth": len(path) - 1}
            hit.append((place[nearest], {**item, **more, "libraries": self.references(Kind.LIBRARY, names)}))
        return [item for _place, item in sorted(hit, key=lambda pair: pair[0])]

    def _hit_purposes(self, cases: Iterable[Case], hit: set[str]) -> list[Document]:
        teams: dict[str, set[str]] = defaultdict(set)
        for case in cases:
            for purpose in case.purposes:
                teams[purpose].add(case.team)
        ranked = sorted(teams, key=lambda slug: (-len(teams[slug]), *self.key(Kind.PURPOSE, slug)))
        return [
            {
                "purpose": self.reference(Kind.PURPOSE, slug),
                "team_count": len(teams[slug]),
                "alternatives": self._alternatives(slug, hit) if place < _MOST_PURPOSES else [],
            }
            for place, slug in enumerate(ranked)
        ]

    def _alternatives(self, purpose: str, hit: set[str]) -> list[Document]:
        teams: dict[str, set[str]] = defaultdict(set)
        for case in self.facts.of_purpose[purpose]:
            for library in case.libraries if hit.isdisjoint(case.libraries) else ():
                teams[library].add(case.team)
        ranked = sorted(teams, key=lambda slug: (-len(teams[slug]), *self.key(Kind.LIBRARY, slug)))
        return [
            {
                "library": self.reference(Kind.LIBRARY, slug),
                "teams": self.references(Kind.TEAM, self.teams_by_name(teams[slug])[:FIRST_TEAMS]),
                "team_count": len(teams[slug]),
            }
            for slug in ranked[:_MOST_ALTERNATIVES]
        ]


def _held(items: list[Document]) -> list[Document]:
    """Hold the lists inside items to 100 references."""
    names = ("use_cases", "purposes", "libraries", "built_by")
    return [
        {key: value[:_MOST_REFERENCES] if key in names else value for key, value in item.items()}
        for item in items
    ]
