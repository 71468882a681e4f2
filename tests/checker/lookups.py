"""How the model finds a library by another name."""

import re

from tests.checker.states import fold, slugify


def by_name(state, name):
    """Find who is called so: pairs of rank and library, with what matched."""
    key = fold(name)
    exact = _called(state, lambda text: text == key)
    like = exact or _called(state, lambda text: _as_on_pypi(text) == _as_on_pypi(key))
    return like or by_purl(state, f"pkg:pypi/{_as_on_pypi(key)}")


def by_purl(state, purl):
    """Find whose package it is, whatever its version."""
    key = purl.partition("@")[0]
    return [(0, one, "purl") for one in state.of("library") if one["purl"] == key]


def by_repository(state, url):
    """Find what lives in a repository; what is called like it comes first."""
    key = _place(url)
    name = slugify(key.rpartition("/")[2])
    there = [
        one for one in state.of("library") if one["repository_url"] and _place(one["repository_url"]) == key
    ]
    return [(0 if one["slug"] == name else 1, one, "repository") for one in there]


def find(state, asked):
    """Find the one library that all of what is asked fits; None: there is none."""
    ways = {"purl": by_purl, "repository": by_repository, "name": by_name}
    found = [ways[way](state, asked[way]) for way in ways if way in asked]
    fitting = set.intersection(*({one["id"] for _rank, one, _word in some} for some in found))
    likely = [(rank, one["slug"], one, word) for rank, one, word in found[0] if one["id"] in fitting]
    if not likely:
        return None
    _rank, _slug, library, word = min(likely, key=lambda found: found[:2])
    return library, word


def _called(state, fits):
    found = []
    for one in state.of("library"):
        found += [(0, one, "slug")] if fits(one["slug"]) else []
        found += [(1, one, "name")] if fits(fold(one["name"])) else []
        found += [(2, one, "slug")] if any(map(fits, one["old_slugs"])) else []
        found += [(3, one, "alias")] if any(fits(fold(alias)) for alias in one["aliases"]) else []
    return found


def _as_on_pypi(name):
    return re.sub(r"[-_.\s]+", "-", name).strip("-").lower()


def _place(url):
    place = re.sub(r"^https?://(?:www\.)?", "", url.lower())
    return re.sub(r"(?:\.git|/(?:tree|issues).*)$", "", place)
