"""What the model answers across records: who uses what, contradictions, worklists."""

from datetime import UTC

from tests.checker.documents import reference, whole
from tests.checker.lists import horizon, is_in_use, moment
from tests.checker.states import fold

REASONS = ("stale", "disputed", "unchecked", "lost_evidence", "without_purpose", "deprecated_library")
CHECKS = ("unchecked", "verified", "moved", "altered", "gone")
ENDED = {"deprecated", "archived"}


class Views:
    """What a state holds of who uses what.

    Args:
        state: of the model.
        now: the moment that it is looked at.
        used_on: a day: only what is true on it counts; None: all that claims use.
    """

    def __init__(self, state, now, used_on=None):
        self.state, self.now = state, now
        self.used = [one for one in state.of("use_case") if is_in_use(one) and is_on(one, used_on)]

    def libraries_of_team(self, team):
        libraries = {usage["library"] for one in self._of("team", team) for usage in one["usages"]}
        return [
            {
                "library": reference(library),
                "purposes": self._purposes(claims),
                **self._told(claims, library["id"]),
            }
            for library in self._named(libraries)
            if (claims := self._claims(team=team["id"], library=library["id"]))
        ]

    def teams_of_library(self, library):
        teams = {one["team"] for one in self.used if _takes(one, library["id"])}
        found = []
        for team in self._named(teams):
            claims = self._claims(team=team["id"], library=library["id"])
            of_it = self.state.records[team["organization"]]
            about = {"area": team["area"], "contact_url": team["contact_url"]}
            found.append(
                {
                    "team": reference(team),
                    "organization": reference(of_it),
                    **about,
                    "purposes": self._purposes(claims),
                    **self._told(claims, library["id"]),
                }
            )
        return found

    def libraries_for_purpose(self, purpose):
        serving = [one for one in self.used if purpose["id"] in one["purposes"]]
        found = []
        for library in self._named({usage["library"] for one in serving for usage in one["usages"]}):
            claims = [one for one in serving if _takes(one, library["id"])]
            teams = self._named({one["team"] for one in claims})
            found.append(
                {
                    "library": reference(library),
                    "teams": [reference(team) for team in teams[:5]],
                    "team_count": len(teams),
                    **self._told(claims, library["id"]),
                }
            )
        return sorted(found, key=lambda item: -item["team_count"])

    def related(self, library):
        own = {one["team"] for one in self.used if _takes(one, library["id"])}
        both = [one for one in self.used if _takes(one, library["id"])]
        found = []
        for other in self.state.of("library"):
            teams = {one["team"] for one in self.used if _takes(one, other["id"])}
            if other is library or not teams & own:
                continue
            doubled, union = 20_000 * len(teams & own) + len(teams | own), len(teams | own)
            parts = doubled // (2 * union)
            parts -= parts % 2 if doubled % (2 * union) == 0 else 0
            found.append(
                {
                    "library": reference(other),
                    "teams_together": len(teams & own),
                    "teams_of_other": len(teams),
                    "jaccard": parts / 10_000,
                    "use_cases_together": sum(_takes(one, other["id"]) for one in both),
                }
            )
        found.sort(key=lambda one: (fold(one["library"]["name"]), one["library"]["slug"]))
        return sorted(found, key=lambda one: (-one["jaccard"], -one["teams_together"]))

    def conflicts(self, teams=None, libraries=None, day=None):
        """Give the pairs of claims that contradict one another; those of one place as they were added."""
        found = []
        for denial in self.state.of("use_case"):
            if denial["stance"] != "does_not_use" or denial["status"] == "retired" or not is_on(denial, day):
                continue
            for claim in self.used:
                shared = {usage["library"] for usage in denial["usages"]}
                shared &= {usage["library"] for usage in claim["usages"]}
                is_meant = teams is None or claim["team"] in teams
                if claim["team"] != denial["team"] or not is_meant or not _overlap(claim, denial):
                    continue
                for id_ in shared if libraries is None else shared & libraries:
                    team, library = self.state.records[claim["team"]], self.state.records[id_]
                    place = (team["slug"], library["slug"], claim["id"], denial["id"])
                    pair = {
                        "team": reference(team),
                        "library": reference(library),
                        "uses": whole(self.state, claim),
                        "does_not_use": whole(self.state, denial),
                    }
                    found.append((place, pair))
        return [pair for _place, pair in sorted(found, key=lambda one: one[0])]

    def worklist(self, team, days, chosen):
        """Give the work of a team, and how many use cases have each reason."""
        reasons = {}
        own = [one for one in self.state.of("use_case") if one["team"] == team["id"]]
        for one in own:
            if one["status"] != "retired":
                reasons[one["id"]] = self._reasons(one, days)
        counts = {word: sum(word in found for found in reasons.values()) for word in REASONS}
        listed = [one for one in own if set(reasons.get(one["id"], ())) & set(chosen or REASONS)]
        listed.sort(key=lambda one: (moment(one["fresh_at"]), one["slug"]))
        return [self._work(one, reasons[one["id"]]) for one in listed], counts

    def _reasons(self, one, days):
        is_on = one["until"] is None or one["until"] >= self.now.astimezone(UTC).date().isoformat()
        is_used = is_on and one["stance"] == "uses"
        checks = {piece["check"] for piece in one["evidence"]}
        found = {
            "stale": is_on and moment(one["fresh_at"]) < horizon(days, self.now),
            "disputed": one["status"] == "disputed",
            "unchecked": is_on and "unchecked" in checks,
            "lost_evidence": is_on and bool(checks & {"altered", "gone"}),
            "without_purpose": is_used and not one["purposes"],
            "deprecated_library": is_used and bool(self._ended(one)),
        }
        return [word for word in REASONS if found[word]]

    def _work(self, one, reasons):
        checks = [piece["check"] for piece in one["evidence"]]
        return {
            "use_case": reference(one),
            "reasons": reasons,
            "status": one["status"],
            "status_note": one["status_note"],
            "fresh_at": one["fresh_at"],
            "evidence": {check: checks.count(check) for check in CHECKS},
            "ended_libraries": self._ended(one) if "deprecated_library" in reasons else [],
        }

    def _ended(self, one):
        at = self.state.records
        libraries = {usage["library"] for usage in one["usages"]}
        ended = [at[id_] for id_ in libraries if at[id_]["lifecycle"] in ENDED]
        return [
            {
                "library": reference(library),
                "lifecycle": library["lifecycle"],
                "replaced_by": library["replaced_by"] and reference(at[library["replaced_by"]]),
            }
            for library in sorted(ended, key=lambda library: library["slug"])
        ]

    def _of(self, member, record):
        return [one for one in self.used if one[member] == record["id"]]

    def _claims(self, team, library):
        return [one for one in self.used if one["team"] == team and _takes(one, library)]

    def _named(self, ids):
        """Give records by name."""
        found = [self.state.records[id_] for id_ in ids]
        return sorted(found, key=lambda one: (fold(one["name"]), one["slug"]))

    def _purposes(self, claims):
        found = {id_ for one in claims for id_ in one["purposes"]}
        purposes = sorted((self.state.records[id_] for id_ in found), key=lambda one: one["slug"])
        return [reference(one) for one in purposes]

    def _told(self, claims, *libraries):
        usages = [usage for one in claims for usage in one["usages"] if usage["library"] in libraries]
        roles = sorted({usage["role"] for usage in usages})
        return {"roles": roles, "use_cases": len(claims), "newest_evidence": self._newest(claims)}

    def _newest(self, claims, sources=None):
        """Give the newest evidence of use cases; where some sources are given, of those alone."""
        pieces = [(one, piece) for one in claims for piece in one["evidence"]]
        pieces = [pair for pair in pieces if sources is None or pair[1]["source"] in sources]
        pieces.sort(key=lambda pair: pair[1]["id"])
        pieces.sort(key=lambda pair: self._seen_on(pair[1]) or "", reverse=True)
        one, piece = pieces[0]
        return {
            "source": reference(self.state.records[piece["source"]]),
            "on": self._seen_on(piece),
            "section": piece["section"],
            "line": piece["line"],
            "use_case": reference(one),
        }

    def _seen_on(self, piece):
        source = self.state.records[piece["source"]]
        return source["published_on"] or source["accessed_on"]


def _takes(use_case, library):
    return any(usage["library"] == library for usage in use_case["usages"])


def is_on(use_case, day):
    since, until = use_case["since"], use_case["until"]
    return day is None or ((not since or since <= day) and (not until or until >= day))


def _overlap(one, other):
    for first, second in ((one, other), (other, one)):
        if first["since"] and second["until"] and first["since"] > second["until"]:
            return False
    return True
