"""Atlases to translate: the first data set, a small one, and hostile ones at random."""

import hashlib

from hypothesis import strategies as st

from app.catalogs.cleaning import clean_line
from app.models import LibraryKind, Lifecycle, Origin, Role, Stance, Status
from app.services.registry import COLLECTIONS
from app.services.seeding import first_data_set
from app.services.writing import load
from app.text import name_key, to_nfc

SCHEMAS = {collection.path: collection.schema for collection in COLLECTIONS.values()}
HOSTILE = [
    *("=cmd()|x", "+1", "-x", "@x", "'=x", "a|b", "a\\|b", "a\\", "<script>alert(1)</script>", "<!-- x -->"),
    *("null", "~", "yes", "1e3", "0o17", "0x1F", "1_000", ".5", "2024-01-01", "12:30", "- x", "# y", "a: b"),
    *("{{ x }}", "[x](javascript:y)", "![x](y)", "`x`", "``", "*x*", "_x_", "**", "~~x~~", "&amp;", "&#64;"),
    *(
        "http://x.y",
        "www.a.b",
        "a@b.c",
        ":tada:",
        "$x$",
        "C#",
        "C++",
        "C",
        "%41",
        "!!python/object",
        "&a",
        "*a",
    ),
    *(
        "<<",
        "x\u2028y",
        "\u202ertl",
        "\U0001f469\u200d\U0001f4bb",
        "e\u0301",
        "\ufb01",
        '"',
        "'",
        '""',
        "x ",
        "--- #",
    ),
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=30)).map(clean_line).filter(bool)
slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,7}", fullmatch=True).map(lambda slug: slug[:80])
long_slugs = st.integers(60, 80).map(lambda length: "a" * (length - 6) + "-stack")
urls = st.sampled_from(
    [
        "https://example.org/a?b=(c)|d",
        "http://a..b/",
        "http://1.2.3.4.5/",
        "http://a:99999/",
        "https://x/#<y>",
    ]
)


def seeded():
    """Give the first data set, flat, by path."""
    by_path = {COLLECTIONS[kind].path: items for kind, items in first_data_set().items()}
    return {path: sorted(items, key=lambda item: item["slug"]) for path, items in by_path.items()}


def library(slug, **members):
    return {"slug": slug, "name": slug.title(), **members}


def use_case(slug, libraries, team="core", **members):
    evidence = [{"source": "paper", "line": 3, "start": 5, "end": 9, "mentions": list(libraries)}]
    usages = [{"library": name, "role": "uses"} for name in libraries]
    plain = {"slug": slug, "team": team, "title": slug.title(), "usages": usages, "purposes": []}
    return {**plain, "evidence": evidence, **members}


def atlas(libraries=(), use_cases=(), **others):
    """Give a small atlas: one organization, the teams core and edge, one source."""
    return {
        "organizations": [{"slug": "acme", "name": "Acme", "homepage_url": "https://acme.example/"}],
        "teams": [{"slug": slug, "name": slug.title(), "organization": "acme"} for slug in ("core", "edge")],
        "libraries": list(libraries),
        "purposes": [],
        "use-cases": list(use_cases),
        "sources": [{"slug": "paper", "kind": "article", "title": "Paper"}],
        **others,
    }


def unique(items, key):
    return list({key(item): item for item in items}.values())


@st.composite
def atlases(draw):
    """Give an atlas of hostile names, slugs of all lengths, and whatever else a record may hold."""
    some = {"min_size": 1, "max_size": 3}
    kinds = {path: draw(st.lists(st.one_of(slugs, long_slugs), unique=True, **some)) for path in SCHEMAS}
    records = {path: [draw(record(path, slug, kinds)) for slug in found] for path, found in kinds.items()}
    for path in ("organizations", "libraries", "purposes"):
        records[path] = unique(records[path], lambda item: name_key(item["name"]))
    return consistent(records)


def record(path, slug, kinds):
    some = {name: st.sampled_from(found) for name, found in kinds.items()}
    maybe = {name: st.one_of(st.none(), values) for name, values in some.items()}
    fields = {
        "organizations": {"name": names, "homepage_url": st.one_of(st.none(), urls)},
        "teams": {"name": names, "organization": some["organizations"], "area": st.one_of(st.none(), names)},
        "purposes": {"name": names, "description": st.one_of(st.none(), names)},
        "sources": {"kind": st.just("article"), "title": names, "url": st.one_of(st.none(), urls)},
        "libraries": {
            "name": names,
            "kind": st.sampled_from(list(map(str, LibraryKind))),
            "origin": st.sampled_from(list(map(str, Origin))),
            "lifecycle": st.sampled_from(list(map(str, Lifecycle))),
            "maker": maybe["organizations"],
            "summary": st.one_of(st.none(), names),
            "license": st.sampled_from([None, "MIT", "Apache-2.0 OR MIT", "Our-Own", "(MIT AND Odd) OR ISC"]),
            "homepage_url": st.one_of(st.none(), urls),
            "topics": st.just(["big-data", "t" * 70]),
        },
        "use-cases": {
            "team": some["teams"],
            "title": names,
            "description": st.one_of(st.none(), names),
            "stance": st.sampled_from(list(map(str, Stance))),
            "status": st.sampled_from(list(map(str, Status))),
            "purposes": st.lists(some["purposes"], max_size=2, unique=True),
            "usages": st.lists(usages(some["libraries"]), max_size=3, unique_by=lambda item: item["library"]),
            "evidence": st.lists(pieces(some["sources"]), min_size=1, max_size=2),
        },
    }[path]
    return st.fixed_dictionaries({"slug": st.just(slug), **fields}).map(without_nothing)


def usages(libraries):
    return st.fixed_dictionaries({"library": libraries, "role": st.sampled_from(list(map(str, Role)))})


def pieces(sources):
    mentions = st.lists(names, max_size=2)
    return st.fixed_dictionaries(
        {"source": sources, "line": st.just(7), "start": st.just(0), "mentions": mentions}
    )


def without_nothing(item):
    return {name: value for name, value in item.items() if value is not None}


def consistent(records):
    """Leave out what points at a record that is not there."""
    there = {path: {item["slug"] for item in items} for path, items in records.items()}
    teams = [item for item in records["teams"] if item["organization"] in there["organizations"]]
    teams = unique(teams, lambda item: (item["organization"], name_key(item["name"])))
    slugs_of_teams = {item["slug"] for item in teams}
    cases = [case for case in records["use-cases"] if case["team"] in slugs_of_teams]
    for case in cases:
        case["usages"] = [usage for usage in case["usages"] if usage["library"] in there["libraries"]]
        case["purposes"] = sorted(slug for slug in case["purposes"] if slug in there["purposes"])
    for item in records["libraries"]:
        if item.get("maker") not in there["organizations"]:
            item.pop("maker", None)
    return {**records, "teams": teams, "use-cases": cases}


def check_catalog(catalog, text):
    """See that each record is of its shape, and that each piece of evidence is where it says it is."""
    text = to_nfc(text)
    for path, items in catalog.records.items():
        assert [item["slug"] for item in items] == sorted({item["slug"] for item in items})
        for item in items:
            load(SCHEMAS[path], item)
        scoped = [(item.get("organization"), name_key(item["name"])) for item in items if "name" in item]
        assert len(set(scoped)) == len(scoped)
    for case in catalog.records.get("use-cases", ()):
        for piece in case["evidence"]:
            excerpt = text[piece["start"] : piece["end"]]
            assert excerpt == excerpt.strip() != ""
            assert hashlib.sha256(excerpt.encode()).hexdigest() == piece["excerpt_sha256"]
            assert text.count("\n", 0, piece["start"]) + 1 == piece["line"]
