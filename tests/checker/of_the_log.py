"""Questions about the log: the feed, histories, differences, and what is still to come."""

from datetime import timedelta
from urllib.parse import urlencode

from tests.checker.questions import Question, Questions
from tests.checker.shapes import KINDS, PATHS


class LogQuestions(Questions):
    """Questions of what changed."""

    def ways(self):
        """Give what makes a question, each with how often it is taken."""
        return {self.feed: 8, self.history: 5, self.revision: 4, self.diff: 5, self.future: 1}

    def feed(self):
        since = self.chance.randint(max(self.log.oldest - 2, 0), self.log.version + 1)
        kinds = self.chance.sample(KINDS, self.chance.choice((0, 0, 1, 2)))
        slugs = [self.invent.slug(self.chance.choice(kinds or KINDS))] if self.chance.random() < 0.2 else []
        teams = [self.invent.slug("team")] if self.chance.random() < 0.3 else []
        expand = self.chance.choice(((), ("after",), ("before", "after")))
        limit = self.chance.choice((1, 3, 20, 1_000))
        parameters = {"since": since, "kind": kinds, "slug": slugs, "team": teams, "limit": limit}
        parameters |= {"expand": ",".join(expand)} if expand else {}

        def wanted():
            if since < self.log.oldest:
                return 410, None
            items = self.log.feed(since, kinds, slugs, teams, expand)[:limit]
            return 200, {"items": items, "latest": self.log.version}

        return Question("feed", f"/changes?{urlencode(parameters, doseq=True)}", wanted)

    def history(self):
        kind = self.invent.kind()
        slug = self.place(kind, ({}, self.log.version, None))

        def wanted():
            if self.log.now.with_slug(kind, slug) is None and self.log.now.led_to(kind, slug):
                return 308, None
            items = self.log.history(kind, slug)
            if not items and self.log.now.with_slug(kind, slug) is None:
                return 404, None
            return 200, (items, {"total": len(items)})

        page = urlencode(self.page())
        return Question("history", f"/{PATHS[kind]}/{slug}/history?{page}", wanted, is_paged=True)

    def revision(self):
        kind = self.invent.kind()
        slug = self.place(kind, ({}, self.log.version, None))
        seqs = [item["seq"] for item in self.log.history(kind, slug)]
        seq = self.chance.choice([*seqs[:10], self.chance.randint(1, self.log.version + 1)])

        def wanted():
            now = self.log.now.with_slug(kind, slug)
            if now is None and self.log.now.led_to(kind, slug):
                return 308, None
            if now is None and not seqs:
                return 404, None
            if seq in seqs:
                after = self.log.changes[seq - 1].after
                return (410, None) if after is None else (200, after)
            return (410 if seq - 1 < self.log.oldest else 404), None

        return Question("revision", f"/{PATHS[kind]}/{slug}/history/{seq}", wanted)

    def diff(self):
        one, other = self.when(), self.when()
        bounds = [when[0].get("as_of", self.log.version) for when in (one, other)]
        seqs = [when[1] for when in (one, other)]
        kinds = self.chance.sample(KINDS, self.chance.choice((0, 0, 1)))
        parameters = {"from": bounds[0], "to": bounds[1], "kind": kinds, **self.page()}

        def wanted():
            if None in seqs:
                return 410, None
            if seqs[0] > seqs[1]:
                return 422, None
            items = self.log.diff(*seqs, kinds)
            return 200, (items, {"total": len(items), "from": seqs[0], "to": seqs[1]})

        return Question("diff", f"/diff?{urlencode(parameters, doseq=True)}", wanted, is_paged=True)

    def future(self):
        ahead = self.server.clock() + timedelta(hours=1)
        asked = self.chance.choice((self.log.version + 1, ahead.isoformat().replace("+00:00", "Z")))
        path = self.chance.choice(("/teams", "/use-cases/facets?by=team", "/conflicts", "/export"))
        mark = "&" if "?" in path else "?"
        return Question("future", f"{path}{mark}{urlencode({'as_of': asked})}", lambda: (422, None))
