"""Small made-up atlases, and what follows from them, worked out in plain Python without a database."""

from dataclasses import dataclass
from random import Random

from app.models import Kind

TEAMS, LIBRARIES, PURPOSES, SOURCES, USE_CASES = 6, 14, 5, 4, 45


@dataclass(frozen=True)
class Claim:
    """A use case as plain values; `usages` are pairs of library and role."""

    slug: str
    team: str
    usages: frozenset[tuple[str, str]]
    purposes: frozenset[str]
    day: str
    is_in_use: bool

    @property
    def libraries(self):
        return {library for library, _role in self.usages}


def random_records(seed):
    """Make the records of an atlas; the same seed makes the same ones."""
    random = Random(seed)  # noqa: S311  # made-up data needs no secret randomness
    return {
        Kind.ORGANIZATION: [{"slug": "acme", "name": "Acme"}],
        Kind.SOURCE: [
            {
                "slug": f"source-{n}",
                "title": f"Source {n}",
                "kind": "article",
                "published_on": f"2020-01-0{n + 1}",
            }
            for n in range(SOURCES)
        ],
        Kind.TEAM: [
            {
                "slug": f"team-{n}",
                "name": f"Team {n}",
                "organization": "acme",
                "contact_url": f"https://chat.example/{n}",
            }
            for n in range(TEAMS)
        ],
        Kind.LIBRARY: [{"slug": f"library-{n:02}", "name": f"Library {n:02}"} for n in range(LIBRARIES)],
        Kind.PURPOSE: [{"slug": f"purpose-{n}", "name": f"Purpose {n}"} for n in range(PURPOSES)],
        Kind.USE_CASE: [_use_case(random, n) for n in range(USE_CASES)],
    }


def claims_of(records):
    """Give the use cases that are in use, as plain values."""
    days = {source["slug"]: source["published_on"] for source in records[Kind.SOURCE]}
    claims = [
        Claim(
            slug=item["slug"],
            team=item["team"],
            usages=frozenset((usage["library"], usage["role"]) for usage in item["usages"]),
            purposes=frozenset(item["purposes"]),
            day=days[item["evidence"][0]["source"]],
            is_in_use=item["stance"] == "uses" and item["status"] != "retired",
        )
        for item in records[Kind.USE_CASE]
    ]
    return [claim for claim in claims if claim.is_in_use]


def teams_of(claims, *libraries):
    """Give the teams that use any of the libraries."""
    return {claim.team for claim in claims if claim.libraries & set(libraries)}


def shortest_paths(claims, library):
    """Give by library that is built on another one the shortest path, the first by name from the end."""
    paths, level = {}, {library: (library,)}
    while level:
        paths |= level
        steps = {}
        for base, product in sorted(_stands_on(claims)):
            if base in level and product not in paths:
                steps.setdefault(product, (*level[base], product))
        level = steps
    del paths[library]
    return paths


def _stands_on(claims):
    """Give the pairs of a library and what is built on it."""
    return {
        (base, product)
        for claim in claims
        for base, role in claim.usages
        for product, other in claim.usages
        if role in {"uses", "extends"} and other == "builds"
    }


def _use_case(random, number):
    libraries = random.choices(range(LIBRARIES), weights=range(LIBRARIES, 0, -1), k=random.randint(1, 4))
    roles = ("uses", "extends", "integrates", "builds", "builds")
    usages = dict.fromkeys((f"library-{library:02}", random.choice(roles)) for library in libraries)
    return {
        "slug": f"use-case-{number:02}",
        "title": f"Use case {number:02}",
        "team": f"team-{random.randrange(TEAMS)}",
        "stance": random.choice(("uses",) * 6 + ("does_not_use",)),
        "status": random.choice(("documented", "confirmed", "disputed", "retired")),
        "purposes": sorted({f"purpose-{random.randrange(PURPOSES)}" for _ in range(random.randint(0, 2))}),
        "usages": [{"library": library, "role": role} for library, role in usages],
        "evidence": [{"source": f"source-{random.randrange(SOURCES)}"}],
    }
