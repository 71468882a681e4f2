"""Relations of a made-up atlas, worked out in plain Python: the answers that the service should give."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.models import Kind, Stance, Status
from bench.counting import Document
from bench.telling import FIRST_TEAMS, Teller, roles, sorted_by


class Relations(Teller):
    """What follows from the use cases of an atlas that count."""

    def libraries_of(self, team: str) -> list[Document]:
        """Give what a team uses."""
        by_library = sorted_by(self.facts.of_team.get(team, ()), lambda case: case.libraries)
        names = sorted(by_library, key=lambda slug: self.row(Kind.LIBRARY, slug)["name_key"])
        return [
            {
                "library": self.reference(Kind.LIBRARY, slug),
                "purposes": self.purposes(by_library[slug]),
                "roles": roles(by_library[slug], {slug}),
                "use_cases": len(by_library[slug]),
                "newest_evidence": self.newest(by_library[slug]),
            }
            for slug in names
        ]

    def teams_of(self, library: str) -> list[Document]:
        """Give who uses a library."""
        by_team = sorted_by(self.facts.of_library.get(library, ()), lambda case: (case.team,))
        return [
            {
                **self.head(team),
                "area": self.row(Kind.TEAM, team)["area"],
                "purposes": self.purposes(by_team[team]),
                "roles": roles(by_team[team], {library}),
                "use_cases": len(by_team[team]),
                "newest_evidence": self.newest(by_team[team]),
            }
            for team in self.teams_by_name(by_team)
        ]

    def libraries_for(self, purpose: str) -> list[Document]:
        """Give what is used for a purpose."""
        by_library = sorted_by(self.facts.of_purpose.get(purpose, ()), lambda case: case.libraries)
        teams = {slug: {case.team for case in cases} for slug, cases in by_library.items()}
        names = sorted(by_library, key=lambda slug: (-len(teams[slug]), *self.key(Kind.LIBRARY, slug)))
        return [
            {
                "library": self.reference(Kind.LIBRARY, slug),
                "teams": self.references(Kind.TEAM, self.teams_by_name(teams[slug])[:FIRST_TEAMS]),
                "roles": roles(by_library[slug], {slug}),
                "team_count": len(teams[slug]),
                "use_cases": len(by_library[slug]),
                "newest_evidence": self.newest(by_library[slug]),
            }
            for slug in names
        ]

    def related(self, library: str) -> list[Document]:
        """Give what is used together with a library."""
        own = self.facts.teams_of.get(library, set())
        cases = Counter(other for case in self.facts.of_library.get(library, ()) for other in case.libraries)
        found = []
        for other in {slug for team in own for case in self.facts.of_team[team] for slug in case.libraries}:
            theirs = self.facts.teams_of[other]
            if other != library:
                overlap = Fraction(len(own & theirs), len(own | theirs))
                found.append((round(overlap, 4), len(own & theirs), len(theirs), other))
        found.sort(key=lambda row: (-row[0], -row[1], *self.key(Kind.LIBRARY, row[3])))
        return [
            {
                "library": self.reference(Kind.LIBRARY, other),
                "teams_together": both,
                "teams_of_other": theirs,
                "jaccard": float(jaccard),
                "use_cases_together": cases[other],
            }
            for jaccard, both, theirs, other in found
        ]

    def compare_teams(self, teams: Sequence[str]) -> Document:
        """Give what teams have and have not in common, as lists of slugs."""
        cases = {team: self.facts.of_team.get(team, ()) for team in teams}
        libraries = {team: {slug for case in cases[team] for slug in case.libraries} for team in teams}
        purposes = {team: {slug for case in cases[team] for slug in case.purposes} for team in teams}
        return {"libraries": _shared(libraries), "purposes": _shared(purposes)}

    def compare_libraries(self, libraries: Sequence[str]) -> Document:
        """Give what libraries have and have not in common, as lists of slugs."""
        of_library = self.facts.of_library
        teams = {library: {case.team for case in of_library.get(library, ())} for library in libraries}
        purposes = {
            library: {slug for case in of_library.get(library, ()) for slug in case.purposes}
            for library in libraries
        }
        return {"teams": _shared(teams), "purposes": _shared(purposes)}

    def coverage(self, teams: Sequence[str], libraries: Sequence[str]) -> Document:
        """Give the cells of teams and libraries: state, number of use cases, newest evidence."""
        cells: dict[str, Document] = {}
        told = sorted_by(
            (case for case in self.facts.cases if case.status is not Status.RETIRED),
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
            for case in self.facts.cases
            if case.team == team
            for source in {piece.source for piece in case.evidence}
        )


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
    words = {Stance.USES: "used", Stance.DOES_NOT_USE: "stated_not_used"}
    return next((words[stance] for stance in stances), "no_evidence")
