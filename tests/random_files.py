"""Random files of records, right and wrong, and what one PUT after the other would make of them."""

from random import Random

from app.models import Kind

# Few of each, so that items often meet: the same names, references to one another and to nothing.
_WORDS = ("alpha", "beta", "gamma", "delta", "Été", "ALPHA")
_SLUGS = {kind: [f"{kind.value[:3]}-{n}" for n in range(4)] for kind in Kind}


def random_file(seed, size=14):
    """Make the items of a file: pairs of a kind and what is sent; the same for the same seed."""
    chance = Random(seed)  # noqa: S311  # the same for the same seed
    items = []
    for _ in range(size):
        kind = chance.choices(list(Kind), (2, 3, 5, 2, 6, 2))[0]
        items.append((kind, _MAKERS[kind](chance)))
    return _without_repetitions(items) if chance.random() < 0.8 else items


def changed_file(file, seed):
    """Make a file of another one: some items as they were, some with a few other members, and new ones."""
    chance = Random(seed)  # noqa: S311  # the same for the same seed
    items = []
    for kind, data in file:
        other = _MAKERS[kind](chance)
        names = chance.sample(list(other), chance.choice((0, 0, 1, 1, 2)))
        items.append((kind, {**data, **{name: other[name] for name in names if name != "slug"}}))
    return [*items, *random_file(seed + 1, size=3)]


def _without_repetitions(items):
    seen = {}
    for kind, data in items:
        seen.setdefault((kind, data.get("slug")), (kind, data))
    return list(seen.values())


def _base(chance, kind, *, name="name"):
    data = {"slug": chance.choice(_SLUGS[kind]), name: f"{chance.choice(_WORDS)}{chance.choice(('', ' 2'))}"}
    spoil = chance.random()
    if spoil < 0.03:
        data[name] = ""
    elif spoil < 0.05:
        data["nonsense"] = 1
    elif spoil < 0.07:
        data["slug"] = "NO SLUG"
    elif spoil < 0.09:
        data["slug"] = "batch"
    elif spoil < 0.11:
        data["revision"] = 7
    elif spoil < 0.15:
        data["slug"] = "old-slug"
    return data


def _ref(chance, kind):
    """Name a record, sometimes as GET gives it, sometimes one that is not there, or by another name."""
    slug = chance.choice([*_SLUGS[kind], *_SLUGS[kind], *_SLUGS[kind], "nowhere", "alpha", "old-slug"])
    return slug if chance.random() < 0.8 else {"slug": slug}


def _some(chance, make, most=3):
    return [make(chance) for _ in range(chance.randint(0, most))]


def _organization(chance):
    return _base(chance, Kind.ORGANIZATION) | {"description": chance.choice([None, "Two\nlines", "x"])}


def _source(chance):
    return _base(chance, Kind.SOURCE, name="title") | {
        "kind": chance.choice(["article", "code"]),
        "authors": _some(chance, lambda c: c.choice(_WORDS)),
        "published_on": chance.choice([None, "2020-02-29", "2021-01-01"]),
    }


def _team(chance):
    return _base(chance, Kind.TEAM) | {
        "organization": _ref(chance, Kind.ORGANIZATION),
        "aliases": _some(chance, lambda c: c.choice([*_WORDS, "tea-1", "old-slug"]), 2),
    }


def _library(chance):
    return _base(chance, Kind.LIBRARY) | {
        "maker": chance.choice([None, _ref(chance, Kind.ORGANIZATION)]),
        "purl": chance.choice([None, None, "pkg:pypi/a", "pkg:pypi/B"]),
        "topics": _some(chance, lambda c: c.choice(["web", "data"])),
        "aliases": _some(chance, lambda c: c.choice([*_WORDS, "lib-1", "old-slug"]), 2),
        "replaced_by": chance.choice([None, None, _ref(chance, Kind.LIBRARY)]),
        "lifecycle_source": chance.choice([None, None, _ref(chance, Kind.SOURCE)]),
    }


def _purpose(chance):
    return _base(chance, Kind.PURPOSE) | {"description": chance.choice([None, "Why."])}


def _use_case(chance):
    return _base(chance, Kind.USE_CASE, name="title") | {
        "team": _ref(chance, Kind.TEAM),
        "purposes": _some(chance, lambda c: _ref(c, Kind.PURPOSE), 2),
        "usages": _some(chance, _usage),
        "since": chance.choice([None, "2020-01-01", "2022-01-01"]),
        "until": chance.choice([None, "2021-01-01"]),
        "evidence": _some(chance, _evidence, 2) or [_evidence(chance)],
    }


def _usage(chance):
    usage = {"library": _ref(chance, Kind.LIBRARY), "role": chance.choice(["uses", "builds"])}
    return usage | chance.choice([{}, {"version_range": ">=1"}])


def _evidence(chance):
    place = chance.choice([{}, {"line": 3}, {"start": 4, "end": chance.choice([9, 9, 9, 2])}, {"start": 1}])
    return {"source": _ref(chance, Kind.SOURCE), "mentions": _some(chance, lambda c: c.choice(_WORDS))} | (
        place if chance.random() < 0.5 else {}
    )


_MAKERS = {
    Kind.ORGANIZATION: _organization,
    Kind.SOURCE: _source,
    Kind.TEAM: _team,
    Kind.LIBRARY: _library,
    Kind.PURPOSE: _purpose,
    Kind.USE_CASE: _use_case,
}
