"""Rings and quadrants of technology radars: how they follow from records, and what they say in turn.

Source: decision 0017.
"""

import re
from collections.abc import Iterable

from app.catalogs.holdings import FlatRecord, Holdings
from app.models import LibraryKind, Lifecycle, Stance, Status

ADOPT, TRIAL, ASSESS, HOLD = "Adopt", "Trial", "Assess", "Hold"
RINGS = (ADOPT, TRIAL, ASSESS, HOLD)
LANGUAGES, PLATFORMS, TOOLS, TECHNIQUES = "Languages & Frameworks", "Platforms", "Tools", "Techniques"
QUADRANTS = (LANGUAGES, PLATFORMS, TOOLS, TECHNIQUES)
ENOUGH_TO_ADOPT = 2

_QUADRANTS = {
    LibraryKind.LANGUAGE: LANGUAGES,
    LibraryKind.FRAMEWORK: LANGUAGES,
    LibraryKind.LIBRARY: LANGUAGES,
    LibraryKind.PLATFORM: PLATFORMS,
    LibraryKind.SERVICE: PLATFORMS,
    LibraryKind.APPLICATION: TOOLS,
}
_WORDS = re.compile("[a-z]+")
_LEAVING = {Lifecycle.DEPRECATED, Lifecycle.ARCHIVED}

# What radars call their rings; the first line that fits tells. A ring that none fits is not understood.
_NOT_IN_USE = ("do not use", "don t use", "avoid", "never", "reject", "rejected", "forbidden", "banned")
_ENDED = (
    *(
        "retire",
        "retired",
        "remove",
        "removed",
        "sunset",
        "decommission",
        "decommissioned",
        "drop",
        "dropped",
    ),
    *("deprecate", "deprecated", "phase out", "end of life", "eol"),
)
_LOOKED_AT = (
    *("assess", "assessing", "assessed", "assessment", "evaluate", "evaluating", "evaluation", "evaluar"),
    *("explore", "exploring", "investigate", "research", "watch", "candidate"),
)
_HELD = ("hold", "holding", "caution", "contain", "restrict", "restricted", "legacy", "migrate", "endure")
_IN_USE = (
    *(
        "adopt",
        "adopted",
        "adoption",
        "adoptar",
        "use",
        "used",
        "uses",
        "using",
        "in use",
        "standard",
        "core",
    ),
    *(
        "trial",
        "trialing",
        "probar",
        "pilot",
        "experiment",
        "emerging",
        "keep",
        "maintain",
        "default",
        "invest",
    ),
    *("scale", "prefer", "preferred", "recommend", "recommended", "production", "tolerate"),
)
_MEANINGS: tuple[tuple[tuple[str, ...], tuple[Stance, Status] | None], ...] = (
    (_NOT_IN_USE, (Stance.DOES_NOT_USE, Status.DOCUMENTED)),
    (_ENDED, (Stance.USES, Status.RETIRED)),
    (_LOOKED_AT, None),
    (_HELD, (Stance.USES, Status.DISPUTED)),
    (_IN_USE, (Stance.USES, Status.DOCUMENTED)),
)
_TECHNIQUES = (
    *("technique", "techniques", "practice", "practices", "practise", "practises", "method", "methods"),
    *("methodology", "methodologies", "process", "processes", "pattern", "patterns"),
)
_KINDS = (
    (("library", "libraries", "languages and", "language and", "languages frameworks"), LibraryKind.LIBRARY),
    (("language", "languages"), LibraryKind.LANGUAGE),
    (("framework", "frameworks"), LibraryKind.FRAMEWORK),
    (
        (
            "platform",
            "platforms",
            "infrastructure",
            "cloud",
            "data store",
            "datastore",
            "datastores",
            "database",
        ),
        LibraryKind.PLATFORM,
    ),
    (("service", "services"), LibraryKind.SERVICE),
    (("tool", "tools", "tooling", "application", "applications"), LibraryKind.APPLICATION),
)

Meaning = tuple[Stance, Status]


def ring_of(holdings: Holdings, library: FlatRecord, team: str | None) -> str | None:
    """Derive the ring of a library.

    Hold: in use, and deprecated, archived or replaced. Adopt: in use by two
    teams or more (in the radar of one team: in two use cases or more). Trial:
    in use once. Assess: not in use, but the successor of something that is.

    Args:
        holdings: that the library is of.
        library: flat.
        team: slug of the team whose radar it is; None: everybody's.

    Returns: None for what is in no use, and so on no radar.
    """
    cases = cases_of(holdings, library["slug"], team)
    if not cases:
        followed = [item["slug"] for item in holdings.all_of("libraries") if is_successor(library, item)]
        return ASSESS if any(cases_of(holdings, slug, team) for slug in followed) else None
    if library.get("lifecycle") in _LEAVING or library.get("replaced_by"):
        return HOLD
    spread = cases if team else {case["team"] for case in cases}
    return ADOPT if len(spread) >= ENOUGH_TO_ADOPT else TRIAL


def is_successor(library: FlatRecord, other: FlatRecord) -> bool:
    """Tell whether a library is the one to move to from another."""
    return bool(other.get("replaced_by") == library["slug"])


def cases_of(holdings: Holdings, library: str, team: str | None) -> list[FlatRecord]:
    """Give the use cases that claim use of a library, of one team or of all."""
    return [case for case in holdings.by_library.get(library, ()) if team in {None, case["team"]}]


def quadrant_of(library: FlatRecord) -> str:
    """Derive the quadrant of a library from its kind; no library is a technique."""
    return _QUADRANTS[LibraryKind(library.get("kind") or LibraryKind.LIBRARY)]


def is_understood(ring: str) -> bool:
    """Tell whether a ring has a name that says what it means."""
    return any(_says(ring, phrases) for phrases, _meaning in _MEANINGS)


def meaning_of(ring: str) -> Meaning | None:
    """Tell what a ring claims: stance and status; None: nothing, it is only being looked at.

    Held, or of a name that is not understood: in use, but disputed, for the
    radar does not tell whether it still is.
    """
    for phrases, meaning in _MEANINGS:
        if _says(ring, phrases):
            return meaning
    return Stance.USES, Status.DISPUTED


def is_technique(quadrant: str) -> bool:
    """Tell whether a quadrant holds ways of working, no tools."""
    return _says(quadrant, _TECHNIQUES) and not any(_says(quadrant, phrases) for phrases, _kind in _KINDS)


def kind_in(quadrant: str) -> LibraryKind:
    """Tell the kind of the tools in a quadrant, as far as its name does."""
    return next((kind for phrases, kind in _KINDS if _says(quadrant, phrases)), LibraryKind.LIBRARY)


def _says(name: str, phrases: Iterable[str]) -> bool:
    """Tell whether a name holds one of the phrases, word for word; `&` and signs make no difference."""
    words = f" {' '.join(_WORDS.findall(name.lower().replace('&', ' and ')))} "
    return any(f" {phrase} " in words for phrase in phrases)
