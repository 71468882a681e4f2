"""Questions about records: one, lists, counts, what wants attention."""

from tests.checker.documents import EXPANDED, flat, whole
from tests.checker.filtering import FACETS
from tests.checker.lists import Lists
from tests.checker.questions import Questions
from tests.checker.shapes import JUDGED, KINDS, LABELS, MEMBERS, PATHS, STAMPS
from tests.checker.views import REASONS, Views


class RecordQuestions(Questions):
    """Questions that take `as_of`."""

    def ways(self):
        """Give what makes a question, each with how often it is taken."""
        return {
            self.item: 10,
            self.list: 16,
            self.list_within: 4,
            self.facets: 8,
            self.worklist: 4,
            self.evidence: 3,
            self.batch: 2,
            self.export: 1,
        }

    def item(self):
        kind, when = self.invent.kind(), self.when()
        slug, shape = self.place(kind, when), self._shape(kind)
        parameters = {name: ",".join(words) for name, words in shape.items() if words}

        def wanted(state, now):
            status, found = of_record(state, now)
            seq = self.log.version if not when[0] else when[1]
            return (410 if status == 404 and self.log.had(kind, slug, seq) else status), found

        of_record = self.of_record(
            kind, slug, lambda state, record, _now: whole(state, record, *shape.values())
        )
        return self.made("item", f"/{PATHS[kind]}/{slug}", parameters, when, wanted)

    def list(self):
        kind, when = self.invent.kind(), self.when()
        return self._listed("list", f"/{PATHS[kind]}", kind, when, {})

    def list_within(self):
        within = self.chance.choice(("team", "library", "purpose", "source"))
        when = self.when()
        slug = self.place(within, when)
        path = f"/{PATHS[within]}/{slug}/use-cases"
        return self._listed("list within", path, "use_case", when, {within: [slug]})

    def _listed(self, word, path, kind, when, within):  # a list has all of these
        state = self.log.at(when[1]) if when[1] is not None else self.log.now
        asked = self.filters.asked(state, kind, without=within)
        shape, sort = self._shape(kind), self._sort(kind)
        parameters = {
            "fields": ",".join(shape["fields"]),
            "expand": ",".join(shape["expand"]),
            "sort": ",".join(sort),
        }
        parameters = {name: text for name, text in parameters.items() if text} | asked | self.page()

        def wanted(state, now):
            for other, (slug,) in within.items():
                if state.with_slug(other, slug) is None:
                    return (308 if state.led_to(other, slug) else 404), None
            found = Lists(state, now).page(kind, {**asked, **within}, sort)
            return 200, ([whole(state, one, *shape.values()) for one in found], {"total": len(found)})

        return self.made(word, path, parameters, when, wanted, is_paged=True)

    def facets(self):
        kind, when = self.invent.kind(), self.when()
        state = self.log.at(when[1]) if when[1] is not None else self.log.now
        asked = self.filters.asked(state, kind)
        words = self.chance.sample(FACETS[kind], self.chance.randint(1, min(4, len(FACETS[kind]))))
        limit, excludes = self.chance.choice((1, 2, 20)), self.chance.random() < 0.3
        parameters = {**asked, "by": ",".join(words), "limit": limit}
        parameters |= {"exclude_self": "true"} if excludes else {}

        def wanted(state, now):
            lists = Lists(state, now)
            counted = [lists.facet(kind, word, asked, excludes_self=excludes, limit=limit) for word in words]
            return 200, {"total": len(lists.select(kind, asked)), "facets": counted}

        return self.made("facets", f"/{PATHS[kind]}/facets", parameters, when, wanted)

    def worklist(self):
        when = self.when()
        slug, days = self.place("team", when), self.chance.choice((0, 1, 2, 30, 180))
        chosen = self.chance.sample(REASONS, self.chance.choice((0, 0, 1, 2)))

        def found(state, record, now):
            items, counts = Views(state, now).worklist(record, days, chosen)
            return items, {"total": len(items), "counts": counts}

        parameters = {"stale": days, "reason": chosen, **self.page()}
        wanted = self.of_record("team", slug, found)
        return self.made("worklist", f"/teams/{slug}/worklist", parameters, when, wanted, is_paged=True)

    def evidence(self):
        when = self.when()
        slug = self.place("use_case", when)

        def found(state, record, _now):
            items = whole(state, record)["evidence"]
            return items, {"total": len(items)}

        wanted = self.of_record("use_case", slug, found)
        return self.made("evidence", f"/use-cases/{slug}/evidence", self.page(), when, wanted, is_paged=True)

    def batch(self):
        kind, when = self.invent.kind(), self.when()
        slugs = [self.place(kind, when) for _ in range(self.chance.randint(1, 6))]

        def wanted(state, _now):
            found = [state.pointed_at(kind, slug) for slug in slugs]
            items = [one and whole(state, one) for one in found]
            return 200, {"items": items, "limit": 200}

        return self.made("batch", f"/{PATHS[kind]}/batch", {}, when, wanted, body={"slugs": slugs})

    def export(self):
        when = self.when()

        def wanted(state, _now):
            return 200, {PATHS[kind]: _exported(state, kind) for kind in KINDS}

        return self.made("export", "/export", {"format": "json"}, when, wanted)

    def _shape(self, kind):
        names = [*MEMBERS[kind], *STAMPS]
        fields = self.chance.sample(names, self.chance.randint(1, 4)) if self.chance.random() < 0.3 else []
        words = sorted(EXPANDED.get(kind, ()))
        expand = (
            self.chance.sample(words, self.chance.randint(0, len(words)))
            if self.chance.random() < 0.3
            else []
        )
        return {"fields": fields, "expand": expand}

    def _sort(self, kind):
        names = (LABELS[kind], "slug", "created_at", "updated_at")
        words = self.chance.sample(names, self.chance.choice((0, 0, 1, 1, 2)))
        return [self.chance.choice(("", "-")) + word for word in words]


def _exported(state, kind):
    """Give the records of a kind as PUT takes them."""
    passed = {*STAMPS, *JUDGED, "id", "check", "checked_at"}
    found = []
    for record in sorted(state.of(kind), key=lambda one: one["slug"]):
        document = {name: value for name, value in flat(state, record).items() if name not in passed}
        if "evidence" in document:
            pieces = document["evidence"]
            document["evidence"] = [
                {name: piece[name] for name in piece if name not in passed} for piece in pieces
            ]
        found.append(document)
    return found
