"""Bodies at random: dense enough that names clash, references dangle and filters overlap."""

import hashlib

from tests.checker.shapes import KINDS, LABELS

FEW = {"organization": 4, "source": 4, "team": 5, "library": 9, "purpose": 5, "use_case": 22}
AREAS = ("Data & more", "Operations", "Web")
TOPICS = ("web", "data", "http", "testing")
DAYS = ("2019-01-01", "2020-06-15", "2021-12-31", "2023-03-03", "2025-05-05")
WORDS = ("alpha", "beta", "gamma", "delta")
REPOSITORIES = tuple(f"https://github.com/acme/library-{number}" for number in range(4))
LINES = 12


def text_of_source(name, above=0, without=()):
    """Give the text of a source: twelve lines that differ, with others above them, or some left out."""
    lines = [f"New line {number}." for number in range(above)]
    lines += [f"Line {number} of {name} says so." for number in range(LINES) if number not in without]
    return "\n".join(lines) + "\n"


class Inventor:
    """Makes up bodies that mostly fit a state.

    Args:
        chance: a `random.Random`.
    """

    def __init__(self, chance):
        self.chance = chance

    def slug(self, kind):
        return f"{kind.replace('_', '-')}-{self.chance.randrange(FEW[kind])}"

    def name(self, kind):
        number = self.chance.randrange(FEW[kind] * 2)
        is_slug_like = self.chance.random() < 0.05
        return self.slug(kind) if is_slug_like else f"{kind.title().replace('_', ' ')} {number}"

    def there(self, state, kind):
        """Give the slug of a record that is there, seldom an old slug or one that leads nowhere."""
        records = state.of(kind)
        if not records or self.chance.random() < 0.04:
            return self.slug(kind)
        record = self.chance.choice(records)
        old = sorted(record["old_slugs"])
        return self.chance.choice(old) if old and self.chance.random() < 0.2 else record["slug"]

    def body(self, state, kind):
        """Make up a record, without its slug."""
        label = LABELS[kind]
        return {label: self.name(kind), **getattr(self, f"_{kind}")(state)}

    def some(self, state, kind):
        """Make up a few members of a record, for a patch; some are null."""
        body = self.body(state, kind)
        names = self.chance.sample(sorted(body), self.chance.randint(1, min(3, len(body))))
        return {name: None if self.chance.random() < 0.1 else body[name] for name in names}

    def piece(self, state):
        """Make up a piece of evidence: of a line of its source's text, or of no place at all."""
        source = self.there(state, "source")
        piece = {"source": source, "kind": self.chance.choice(("documented", "declared", "observed"))}
        if self.chance.random() < 0.6:
            found = state.pointed_at("source", source)
            name = f"text {found['id']}" if found else "text"
            text, number = text_of_source(name), self.chance.randrange(LINES)
            line = text.split("\n")[number]
            start = text.index(line)
            digest = hashlib.sha256(line.encode()).hexdigest()
            piece |= {"line": number + 1, "start": start, "end": start + len(line), "excerpt_sha256": digest}
        else:
            piece |= {
                "section": self._maybe(WORDS),
                "note": self._maybe(WORDS),
                "mentions": [*self._few(WORDS)],
            }
        return piece

    def _maybe(self, values):
        return self.chance.choice((None, *values))

    def _few(self, values, most=2):
        return self.chance.sample(values, self.chance.randint(0, min(most, len(values))))

    def _several(self, state, kind, most):
        return [self.there(state, kind) for _ in range(self.chance.randint(0, most))]

    def _organization(self, _state):
        return {"homepage_url": self._maybe(("https://acme.example/",)), "description": self._maybe(WORDS)}

    def _source(self, _state):
        return {
            "kind": self.chance.choice(("article", "documentation", "manifest")),
            "authors": self._few(("Ann", "Bob", "Cy")),
            "publisher": self._maybe(("The Press", "The Wire")),
            "published_on": self._maybe(DAYS),
            "accessed_on": self._maybe(DAYS),
            "note": self._maybe(WORDS),
        }

    def _team(self, state):
        return {
            "organization": self.there(state, "organization"),
            "area": self._maybe(AREAS),
            "contact_url": self._maybe(("https://chat.example/a", "https://chat.example/b")),
            "aliases": self._aliases("team"),
        }

    def _library(self, state):
        maker = self.there(state, "organization") if self.chance.random() < 0.4 else None
        successor = self.there(state, "library") if self.chance.random() < 0.3 else None
        source = self.there(state, "source") if self.chance.random() < 0.2 else None
        return {
            "kind": self.chance.choice(("library", "framework", "service")),
            "origin": self.chance.choice(("open_source", "in_house")),
            "maker": maker,
            "summary": self._maybe(WORDS),
            "license": self._maybe(("MIT", "Apache-2.0 OR MIT")),
            "language": self._maybe(("C", "Python")),
            "purl": self._maybe([f"pkg:pypi/thing-{number}" for number in range(9)]),
            "repository_url": self._maybe(REPOSITORIES),
            "topics": self._few(TOPICS),
            "lifecycle": self.chance.choice(("active", "deprecated", "archived", "unknown")),
            "lifecycle_source": source,
            "replaced_by": successor,
            "aliases": self._aliases("library"),
        }

    def _purpose(self, _state):
        return {"description": self._maybe(WORDS)}

    def _use_case(self, state):
        usages = {}
        for _ in range(self.chance.randint(0, 3)):
            usage = {
                "library": self.there(state, "library"),
                "role": self.chance.choice(("uses", "builds", "extends")),
            }
            usages[usage["library"], usage["role"]] = usage | {"version_range": self._maybe((">=1", "<3"))}
        return {
            "team": self.there(state, "team"),
            "description": self._maybe(WORDS),
            "stance": self.chance.choices(("uses", "does_not_use"), (3, 1))[0],
            "purposes": self._several(state, "purpose", 2),
            "usages": list(usages.values()),
            "since": self._maybe(DAYS),
            "until": self.chance.choice((None, None, *DAYS)),
            "status": self.chance.choices(("documented", "confirmed", "disputed", "retired"), (6, 2, 1, 1))[
                0
            ],
            "status_note": self._maybe(WORDS),
            "evidence": [self.piece(state) for _ in range(self.chance.randint(1, 3))],
        }

    def _aliases(self, kind):
        return [f"{kind}-alias {self.chance.randrange(6)}" for _ in range(self.chance.choice((0, 0, 1, 2)))]

    def kind(self):
        return self.chance.choices(KINDS, (1, 1, 2, 4, 1, 8))[0]
