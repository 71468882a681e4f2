"""What one team uses, as members of a CycloneDX BOM.

Source: decision 0017; https://cyclonedx.org/docs/1.6/json/.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from app.catalogs.holdings import BASES, FlatRecord, Holdings, evidence_of, role_of, usages_of
from app.catalogs.licenses import license_choice
from app.models import LibraryKind, Lifecycle, Origin, Role
from app.text import fold

_NOT_IN_URIS = re.compile(r"[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_TYPES = {
    LibraryKind.LIBRARY: "library",
    LibraryKind.FRAMEWORK: "framework",
    LibraryKind.APPLICATION: "application",
    LibraryKind.PLATFORM: "platform",
    LibraryKind.SERVICE: "application",  # `services` have neither purl nor evidence
    LibraryKind.LANGUAGE: "platform",  # what runs or interprets other software
}
_LINKS = {"homepage_url": "website", "repository_url": "vcs", "documentation_url": "documentation"}
_PLAIN = ("language", "lifecycle_on", "lifecycle_note", "replaced_by")


class Bom:
    """What one team uses."""

    def __init__(self, holdings: Holdings, team: FlatRecord) -> None:
        self.holdings = holdings
        self.team = team
        self.cases = holdings.by_team.get(team["slug"], [])
        self.libraries = sorted({usage["library"] for case in self.cases for usage in usages_of(case)})

    def root(self) -> dict[str, Any]:
        """Give the team."""
        team = self.team
        properties = [("slug", team["slug"]), ("kind", "team"), ("area", team.get("area"))]
        url = team.get("contact_url")
        root = {
            "type": "application",
            "bom-ref": f"team:{team['slug']}",
            "group": self.holdings.name_of("organizations", team["organization"]),
            "name": team["name"],
            "description": team.get("description"),
            "externalReferences": [{"type": "support", "url": as_uri(url)}] if url else None,
            "properties": _properties(properties),
        }
        return _without_nothing(root)

    def components(self) -> list[dict[str, Any]]:
        """Give the libraries that it uses."""
        return [self._component(self.holdings.find("libraries", slug)) for slug in self.libraries]

    def dependencies(self) -> list[dict[str, Any]]:
        """Give what the team uses, and what stands on what: nothing is said of other libraries."""
        stands_on: dict[str, set[str]] = {}
        for case in self.cases:
            usages = usages_of(case)
            bases = {usage["library"] for usage in usages if role_of(usage) in BASES}
            for usage in usages:
                if role_of(usage) == Role.BUILDS:
                    stands_on.setdefault(usage["library"], set()).update(bases - {usage["library"]})
        return [
            _dependency(f"team:{self.team['slug']}", self.libraries),
            *(
                _dependency(_reference(slug), stands_on[slug])
                for slug in sorted(stands_on)
                if stands_on[slug]
            ),
        ]

    def _component(self, item: FlatRecord) -> dict[str, Any]:
        links = [{"type": kind, "url": as_uri(item[name])} for name, kind in _LINKS.items() if item.get(name)]
        maker = item.get("maker")
        component = {
            "type": _TYPES[LibraryKind(item.get("kind") or LibraryKind.LIBRARY)],
            "bom-ref": _reference(item["slug"]),
            "manufacturer": {"name": self.holdings.name_of("organizations", maker)} if maker else None,
            "name": item["name"],
            "description": item.get("summary"),
            "licenses": license_choice(item["license"]) if item.get("license") else None,
            "purl": item.get("purl"),
            "externalReferences": links,
            "evidence": {"occurrences": self._occurrences(item)},
            "tags": list(item.get("topics") or ()),
            "properties": _properties([*_facts(item), *self._claims(item["slug"])]),
        }
        return _without_nothing(component)

    def _cases_of(self, slug: str) -> list[FlatRecord]:
        return [case for case in self.cases if slug in {usage["library"] for usage in usages_of(case)}]

    def _claims(self, slug: str) -> list[tuple[str, Any]]:
        """Give what the team does with a library, and for which purposes."""
        cases = self._cases_of(slug)
        usages = [usage for case in cases for usage in usages_of(case) if usage["library"] == slug]
        purposes = {purpose for case in cases for purpose in case.get("purposes") or ()}
        ranges = {usage["version_range"] for usage in usages if usage.get("version_range")}
        return [
            *(("role", role) for role in sorted({role_of(usage).value for usage in usages})),
            *(("version-range", version_range) for version_range in sorted(ranges)),
            *(("purpose", purpose) for purpose in sorted(purposes)),
            *(("use-case", case["slug"]) for case in cases),
        ]

    def _occurrences(self, item: FlatRecord) -> list[dict[str, Any]]:
        pieces = [piece for case in self._cases_of(item["slug"]) for piece in evidence_of(case)]
        found = (self._occurrence(item, piece) for piece in pieces)
        unique = {json.dumps(occurrence, sort_keys=True): occurrence for occurrence in found}
        return list(unique.values())

    def _occurrence(self, item: FlatRecord, piece: FlatRecord) -> dict[str, Any]:
        """Give a piece of evidence; its symbol is what the library is called there, where that is told."""
        source = self.holdings.find("sources", piece["source"])
        names = {fold(name) for name in (item["name"], *(item.get("aliases") or ()))}
        mentions = list(piece.get("mentions") or ())
        symbol = next((mention for mention in mentions if fold(mention) in names), None)
        section = [f"Section: {piece['section']}"] if piece.get("section") else []
        called = [f"Mentions: {', '.join(mentions)}"] if mentions else []
        occurrence = {
            "location": source.get("url") or f"source:{piece['source']}",
            "line": piece.get("line"),
            "offset": piece.get("start"),
            "symbol": symbol,
            "additionalContext": "\n".join([*section, *called]),
        }
        return _without_nothing(occurrence)


def as_uri(url: str) -> str:
    """Escape what browsers take in an address, and RFC 3986 does not."""
    address, has_fragment, fragment = url.partition("#")
    escaped = [_NOT_IN_URIS.sub(_escape, part) for part in (address, fragment.replace("#", "%23"))]
    return has_fragment.join(escaped) if has_fragment else escaped[0]


def _escape(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _facts(item: FlatRecord) -> Iterable[tuple[str, Any]]:
    """Give what CycloneDX has no place for."""
    yield "slug", item["slug"]
    yield "kind", item.get("kind") or LibraryKind.LIBRARY
    yield "origin", item.get("origin") or Origin.OPEN_SOURCE
    yield "lifecycle", item.get("lifecycle") or Lifecycle.UNKNOWN
    yield from ((name.replace("_", "-"), item.get(name)) for name in _PLAIN)
    yield from (("alias", alias) for alias in item.get("aliases") or ())


def _properties(facts: Iterable[tuple[str, Any]]) -> list[dict[str, str]]:
    return [{"name": f"toolatlas:{name}", "value": str(value)} for name, value in facts if value]


def _dependency(reference: str, slugs: Iterable[str]) -> dict[str, Any]:
    return {"ref": reference, "dependsOn": [_reference(slug) for slug in sorted(slugs)]}


def _reference(slug: str) -> str:
    return f"library:{slug}"


def _without_nothing(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known, and empty lists."""
    empty: Sequence[Any] = (None, "", [], {"occurrences": []})
    return {name: value for name, value in members.items() if value not in empty}
