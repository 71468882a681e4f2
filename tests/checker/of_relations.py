"""Questions about relations: who uses what, who is hit, comparisons, coverage, graphs; and other names."""

from tests.checker.documents import whole
from tests.checker.graphs import graph
from tests.checker.inventing import AREAS, DAYS, REPOSITORIES
from tests.checker.lookups import find
from tests.checker.questions import Questions
from tests.checker.relations import Relations
from tests.checker.shapes import KINDS, PATHS


class RelationQuestions(Questions):
    """Questions that take `as_of`, and most of them `used_on`."""

    def ways(self):
        """Give what makes a question, each with how often it is taken."""
        return {
            self.users: 10,
            self.conflicts: 4,
            self.impact: 4,
            self.compare: 3,
            self.coverage: 4,
            self.graph: 4,
            self.lookup: 3,
        }

    def users(self):
        ways = {
            ("team", "libraries"): Relations.libraries_of_team,
            ("library", "teams"): Relations.teams_of_library,
            ("purpose", "libraries"): Relations.libraries_for_purpose,
            ("library", "related"): Relations.related,
        }
        (kind, last), view = self.chance.choice(list(ways.items()))
        when, day = self.when(), self._day()
        slug = self.place(kind, when)

        def found(state, record, now):
            items = view(Relations(state, now, day), record)
            return items, {"total": len(items)}

        parameters = {**self.page(), **_on(day)}
        wanted = self.of_record(kind, slug, found)
        return self.made(last, f"/{PATHS[kind]}/{slug}/{last}", parameters, when, wanted, is_paged=True)

    def conflicts(self):
        when, day = self.when(), self._day()
        asked = {
            kind: [self.filters.name(self._state(when), kind)]
            for kind in ("team", "library")
            if self.chance.random() < 0.3
        }

        def wanted(state, now):
            meant = [
                state.meant(kind, asked[kind]) if kind in asked else None for kind in ("team", "library")
            ]
            items = Relations(state, now, day).conflicts(*meant, day=day)
            return 200, (items, {"total": len(items)})

        parameters = {**asked, **self.page(), **_on(day)}
        return self.made("conflicts", "/conflicts", parameters, when, wanted, is_paged=True)

    def impact(self):
        when, day = self.when(), self._day()
        slug, depth = self.place("library", when), self.chance.choice((None, None, 1, 2))

        def found(state, record, now):
            return Relations(state, now, day).impact(record, depth)

        parameters = ({} if depth is None else {"depth": depth}) | _on(day)
        wanted = self.of_record("library", slug, found)
        return self.made("impact", f"/libraries/{slug}/impact", parameters, when, wanted)

    def compare(self):
        when, day, kind = self.when(), self._day(), self.chance.choice(("team", "library"))
        number = self.chance.randint(2, 4)
        names = list(dict.fromkeys(self.filters.name(self._state(when), kind) for _ in range(number)))
        names += [] if len(names) > 1 else ["nobody"]

        def wanted(state, now):
            found = []
            for name in names:
                meant = state.meant(kind, [name])
                if len(meant) != 1:
                    return (422 if meant else 404), None
                found += [id_ for id_ in meant if id_ not in found]
            if len(found) < 2:
                return 422, None
            records = [state.records[id_] for id_ in found]
            return 200, Relations(state, now, day).compare(kind, records)

        return self.made("compare", "/compare", {kind: names, **_on(day)}, when, wanted)

    def coverage(self):
        when, day = self.when(), self._day()
        state = self._state(when)
        asked = {
            kind: [self.filters.name(state, kind)]
            for kind in ("team", "organization", "purpose", "source")
            if self.chance.random() < 0.2
        }
        asked |= {"area": [self.chance.choice(AREAS)]} if self.chance.random() < 0.2 else {}
        names = [self.filters.name(state, "library") for _ in range(self.chance.choice((0, 0, 1, 2)))]
        most = self.chance.choice((1, 2, 20))

        def wanted(state, now):
            libraries = state.meant("library", names) if names else None
            return 200, Relations(state, now, day).coverage(asked, libraries, most, day)

        parameters = {**asked, "library": names, "limit_libraries": most, **_on(day)}
        parameters["limit"] = self.chance.choice((1, 2, 50))
        return self.made("coverage", "/coverage", parameters, when, wanted, is_paged=True)

    def graph(self):
        when, day = self.when(), self._day()
        kind = self.chance.choice(KINDS)
        slug, depth = self.place(kind, when), self.chance.randint(1, 3)
        kinds = self.chance.sample(KINDS, self.chance.randint(1, 6)) if self.chance.random() < 0.6 else []
        limit = self.chance.choice((3, 8, 200, 500))

        def wanted(state, _now):
            root = state.pointed_at(kind, slug)
            return (404, None) if root is None else (200, graph(state, root, kinds, depth, limit, day))

        parameters = {"around": f"{kind}:{slug}", "depth": depth, "limit": limit, **_on(day)}
        parameters |= {"kinds": ",".join(kinds)} if kinds else {}
        return self.made("graph", "/graph", parameters, when, wanted)

    def lookup(self):
        when = self.when()
        name = self.filters.name(self._state(when), "library")
        spelt = name.replace("-", "_").replace(" ", self.chance.choice((" ", "-", ".")))
        made = {
            "name": self.chance.choice((name, spelt, f"thing_{self.chance.randrange(9)}")),
            "purl": f"pkg:pypi/thing-{self.chance.randrange(9)}{self.chance.choice(('', '@1.2'))}",
            "repository": self.chance.choice(REPOSITORIES) + self.chance.choice(("", ".git", "/tree/main")),
        }
        ways = self.chance.sample(list(made), self.chance.choice((1, 1, 1, 2)))
        asked = {way: made[way] for way in ways}

        def wanted(state, _now):
            found = find(state, asked)
            return (200, {**whole(state, found[0]), "matched": found[1]}) if found else (404, None)

        return self.made("lookup", "/lookup", asked, when, wanted)

    def _day(self):
        return self.chance.choice(DAYS) if self.chance.random() < 0.4 else None

    def _state(self, when):
        return self.log.at(when[1]) if when[1] is not None else self.log.now


def _on(day):
    return {} if day is None else {"used_on": day}
