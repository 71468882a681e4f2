"""Filters at random, by values that are there and by some that are not."""

from tests.checker.inventing import AREAS, DAYS, TOPICS, WORDS
from tests.checker.shapes import LABELS

FACETS = {
    "organization": ["area"],
    "source": ["kind", "publisher"],
    "team": ["organization", "area", "uses", "purpose"],
    "library": ["kind", "origin", "topic", "lifecycle", "maker", "license", "language", "purpose", "used_by"],
    "purpose": ["team", "library"],
    "use_case": [
        *("team", "organization", "area", "library", "purpose", "topic", "role", "lifecycle"),
        *("stance", "status", "source", "evidence_kind"),
    ],
}
_NAMED = {
    "team": "team",
    "organization": "organization",
    "library": "library",
    "purpose": "purpose",
    "source": "source",
    "uses": "library",
    "used_by": "team",
    "maker": "organization",
}
_WORDS = {
    "area": AREAS,
    "topic": TOPICS,
    "role": ("uses", "extends", "builds", "integrates"),
    "lifecycle": ("active", "deprecated", "archived", "unknown"),
    "stance": ("uses", "does_not_use"),
    "status": ("documented", "confirmed", "disputed", "retired"),
    "evidence_kind": ("documented", "declared", "observed"),
    "origin": ("open_source", "in_house"),
    "license": ("MIT", "Apache-2.0 OR MIT"),
    "language": ("C", "Python"),
    "publisher": ("The Press", "The Wire"),
}
_KINDS = {"library": ("library", "framework", "service"), "source": ("article", "documentation", "manifest")}
_SEARCHED = (*WORDS, "case 1", "library", "2", "a", "thing", "press", "web", "ann", "team-alias")


class Filterer:
    """Makes up filters of lists."""

    def __init__(self, chance, invent):
        self.chance, self.invent = chance, invent

    def asked(self, state, kind, without=()):
        """Make up filters: each name with its values."""
        words = [word for word in FACETS[kind] if word not in without]
        some = self.chance.sample(words, min(len(words), self.chance.choice((0, 0, 1, 1, 1, 2, 3))))
        found = {word: self._values(state, kind, word) for word in some}
        if self.chance.random() < 0.15:
            found["q"] = [self.chance.choice(_SEARCHED)]
        if self.chance.random() < 0.15:
            found[self.chance.choice(("created", "updated")) + self.chance.choice(("_after", "_before"))] = [
                self._stamp(state, kind)
            ]
        if kind == "library" and self.chance.random() < 0.1:
            found["unused"] = [self.chance.choice(("true", "false"))]
        if kind == "use_case":
            found |= {"used_on": [self.chance.choice(DAYS)]} if self.chance.random() < 0.2 else {}
            found |= {"stale": [self.chance.choice((0, 1, 2, 30))]} if self.chance.random() < 0.15 else {}
        return found

    def name(self, state, kind):
        """Give what a filter by records takes: slug, old slug, name or alias, in any case."""
        records = state.of(kind)
        if not records or self.chance.random() < 0.1:
            return self.invent.slug(kind)
        record = self.chance.choice(records)
        ways = [record["slug"], record["slug"], *sorted(record["old_slugs"]), *record.get("aliases", ())]
        ways += [record[LABELS[kind]]] if LABELS[kind] == "name" else []
        name = self.chance.choice(ways)
        return name.upper() if self.chance.random() < 0.1 else name

    def _values(self, state, kind, word):
        number = self.chance.choice((1, 1, 1, 2))
        if word in _NAMED:
            return list(dict.fromkeys(self.name(state, _NAMED[word]) for _ in range(number)))
        words = _KINDS[kind] if word == "kind" else _WORDS[word]
        return self.chance.sample(words, min(number, len(words)))

    def _stamp(self, state, kind):
        records = state.of(kind)
        return self.chance.choice(records)["updated_at"] if records else "2020-01-01T00:00:00Z"
