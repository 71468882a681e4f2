"""What the model answers of relations: who is hit if a library goes, comparisons, what is known."""

from tests.checker.documents import reference
from tests.checker.lists import Lists
from tests.checker.states import fold
from tests.checker.views import Views, is_on

FACTS = ("kind", "lifecycle", "license", "origin")


class Relations(Views):
    """What follows from the use cases of a state; see `Views`."""

    def impact(self, library, depth=None):
        """Say who is hit if a library goes."""
        paths = self._built_on(library, depth)
        built = [id_ for id_ in paths if id_ != library["id"]]
        hit = self._taking({library["id"], *built})
        direct, indirect = self._hit({library["id"]}), self._hit_indirectly(built, paths)
        purposes = self._purposes_hit({library["id"], *built})
        asked = {item["team"]["slug"]: item for item in [*direct, *indirect]}
        successor = library["replaced_by"] and reference(self.state.records[library["replaced_by"]])
        return {
            "library": reference(library),
            "lifecycle": library["lifecycle"],
            "replaced_by": successor,
            "direct": direct,
            "indirect": indirect,
            "built_on_it": [self._built(paths[id_], id_) for id_ in built],
            "purposes": purposes,
            "ask": [{"team": one["team"], "contact_url": one["contact_url"]} for one in asked.values()],
            "counts": {
                "direct": len(direct),
                "indirect": len(indirect),
                "teams": len({one["team"] for one in hit}),
                "use_cases": len(hit),
                "built_on_it": len(built),
                "purposes": len(purposes),
            },
            "truncated": False,
        }

    def compare(self, kind, records):
        """Put teams or libraries side by side."""
        slugs = [record["slug"] for record in records]
        claims = [self._claims_of(kind, record) for record in records]
        purposes = [{id_ for one in found for id_ in one["purposes"]} for found in claims]
        found = {"by": kind, "items": [reference(record) for record in records], "facts": None}
        found |= {"libraries": None, "teams": None, "purposes": self._shares("purpose", slugs, purposes)}
        if kind == "team":
            used = [{usage["library"] for one in some for usage in one["usages"]} for some in claims]
            return found | {"libraries": self._shares("library", slugs, used)}
        facts = {fact: {record["slug"]: record[fact] for record in records} for fact in FACTS}
        users = [{one["team"] for one in some} for some in claims]
        return found | {"facts": facts, "teams": self._shares("team", slugs, users)}

    def coverage(self, asked, libraries, limit_libraries, day):
        """Say what is known of teams and libraries.

        Args:
            asked: filters: `team`, `organization`, `area` choose teams, `purpose` and `source` use cases.
            libraries: numbers of those that are named; None: none is.
            limit_libraries: most of those that are used most.
            day: that use cases have to be true on; None: any.
        """
        chosen = {name: asked[name] for name in ("organization", "area") if name in asked}
        teams = Lists(self.state, self.now).select("team", chosen)
        if "team" in asked:
            meant = self.state.meant("team", asked["team"])
            teams = [team for team in teams if team["id"] in meant]
        teams = self._named([team["id"] for team in teams])
        sources = self.state.meant("source", asked["source"]) if "source" in asked else None
        told = [one for one in self.state.of("use_case") if is_on(one, day)]
        told = [one for one in told if self._is_told(one, asked, sources)]
        if libraries is None:
            shown = self._most_used(told, teams)[:limit_libraries]
        else:
            shown = self._named(libraries)
        items = []
        for team in teams:
            own = [one for one in told if one["team"] == team["id"]]
            cells = {library["slug"]: self._cell(own, library, sources) for library in shown}
            items.append({"team": reference(team), "sources": self._sources(own, sources), "cells": cells})
        return items, {"libraries": [reference(one) for one in shown], "total": len(items)}

    def _built_on(self, library, depth):
        """Give by number what is built on a library, nearest first, each with the path that leads to it."""
        paths = {library["id"]: [reference(library)]}
        level = [library["id"]]
        while level and (depth is None or len(paths[level[0]]) <= depth):
            bases = {}
            for one in self.used:
                below = {use["library"] for use in one["usages"] if use["role"] in {"uses", "extends"}}
                for made in (use["library"] for use in one["usages"] if use["role"] == "builds"):
                    if made not in paths:
                        bases.setdefault(made, set()).update(below & set(level))
            found = self._named(id_ for id_, below in bases.items() if below)
            level = [one["id"] for one in found]
            for one in found:
                base = self._named(bases[one["id"]])[0]
                paths[one["id"]] = [*paths[base["id"]], reference(one)]
        return paths

    def _hit(self, libraries):
        """Give the users of some libraries, by name."""
        found = []
        for team in self._named({one["team"] for one in self._taking(libraries)}):
            claims = [one for one in self._taking(libraries) if one["team"] == team["id"]]
            told = self._told(claims, *libraries)
            titled = sorted(claims, key=lambda one: (fold(one["title"]), one["slug"]))
            found.append(
                {
                    "team": reference(team),
                    "organization": reference(self.state.records[team["organization"]]),
                    "contact_url": team["contact_url"],
                    "purposes": self._purposes(claims),
                    **told,
                    "use_cases": [reference(one) for one in titled],
                }
            )
        return found

    def _hit_indirectly(self, built, paths):
        ranked = []
        for item in self._hit(set(built)):
            team = self.state.with_slug("team", item["team"]["slug"])
            claims = [one for one in self._taking(built) if one["team"] == team["id"]]
            taken = {usage["library"] for one in claims for usage in one["usages"]} & set(built)
            rank = min(built.index(id_) for id_ in taken)
            path = paths[built[rank]]
            own = {"through": path, "depth": len(path) - 1}
            ranked.append((rank, item | own | {"libraries": [reference(one) for one in self._named(taken)]}))
        return [item for _rank, item in sorted(ranked, key=lambda pair: pair[0])]

    def _built(self, path, id_):
        makes = {"library": id_, "role": "builds"}
        makers = {
            one["team"] for one in self.used if any(makes.items() <= use.items() for use in one["usages"])
        }
        built_by = [reference(team) for team in self._named(makers)]
        return {"library": path[-1], "depth": len(path) - 1, "path": path, "built_by": built_by}

    def _purposes_hit(self, libraries):
        """Give for which purposes libraries are used, and what is used for the same ones without them."""
        found = []
        for purpose in self._named({id_ for one in self._taking(libraries) for id_ in one["purposes"]}):
            serving = [one for one in self.used if purpose["id"] in one["purposes"] and one["usages"]]
            taking = [one for one in serving if one in self._taking(libraries)]
            apart = [one for one in serving if one not in taking]
            others = []
            for other in self._named({usage["library"] for one in apart for usage in one["usages"]}):
                users = {one["team"] for one in apart if _takes_any(one, {other["id"]})}
                first = [reference(team) for team in self._named(users)[:5]]
                others.append({"library": reference(other), "teams": first, "team_count": len(users)})
            others.sort(key=lambda item: -item["team_count"])
            teams = len({one["team"] for one in taking})
            found.append({"purpose": reference(purpose), "team_count": teams, "alternatives": others[:10]})
        return sorted(found, key=lambda item: -item["team_count"])

    def _shares(self, word, slugs, held):
        """Sort what the compared have by who has it."""
        shares = {"shared": [], "some": [], "only": {slug: [] for slug in slugs}}
        for record in self._named(set().union(*held)):
            having = [slug for slug, ids in zip(slugs, held, strict=True) if record["id"] in ids]
            if len(having) == len(slugs):
                shares["shared"].append(reference(record))
            elif len(having) > 1:
                shares["some"].append({word: reference(record), "of": having})
            else:
                shares["only"][having[0]].append(reference(record))
        return shares

    def _claims_of(self, kind, record):
        if kind == "library":
            return self._taking({record["id"]})
        return [one for one in self._of("team", record) if one["usages"]]

    def _is_told(self, one, asked, sources):
        if "purpose" in asked and not set(one["purposes"]) & self.state.meant("purpose", asked["purpose"]):
            return False
        return sources is None or any(piece["source"] in sources for piece in one["evidence"])

    def _most_used(self, told, teams):
        chosen = {team["id"] for team in teams}
        claims = [one for one in self.used if one in told and one["team"] in chosen]
        users = {}
        for one in claims:
            for usage in one["usages"]:
                users.setdefault(usage["library"], set()).add(one["team"])
        return sorted(self._named(users), key=lambda library: -len(users[library["id"]]))

    def _sources(self, own, sources):
        """Give the sources that looked at a team, those of most use cases first."""
        counts = {}
        for one in own:
            for id_ in {piece["source"] for piece in one["evidence"]}:
                if sources is None or id_ in sources:
                    counts[id_] = counts.get(id_, 0) + 1
        found = [self.state.records[id_] for id_ in counts]
        found.sort(key=lambda one: (-counts[one["id"]], fold(one["title"]), one["slug"]))
        return [
            {
                "source": reference(one),
                "use_cases": counts[one["id"]],
                "on": one["published_on"] or one["accessed_on"],
            }
            for one in found
        ]

    def _cell(self, own, library, sources):
        saying = [one for one in own if one["status"] != "retired" and _takes_any(one, {library["id"]})]
        if not saying:
            return {"state": "no_evidence", "use_cases": 0, "newest_evidence": None}
        stances = {one["stance"] for one in saying}
        word = "used" if stances == {"uses"} else "stated_not_used" if len(stances) == 1 else "disputed"
        return {
            "state": word,
            "use_cases": len(saying),
            "newest_evidence": self._newest(saying, sources),
        }

    def _taking(self, libraries):
        return [one for one in self.used if _takes_any(one, libraries)]


def _takes_any(use_case, libraries):
    return any(usage["library"] in libraries for usage in use_case["usages"])
