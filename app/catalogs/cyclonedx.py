"""What a team uses as a CycloneDX 1.6 BOM, and the BOMs of all teams in one archive.

The team is the root, an application that is made of what the team uses. Each
library is a component; what CycloneDX has no place for stands in properties
that begin with `toolatlas:`.

Source: decision 0017; https://cyclonedx.org/docs/1.6/json/.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from app.catalogs.catalog import Records
from app.catalogs.holdings import (
    BASES,
    FlatRecord,
    Holdings,
    counted,
    evidence_of,
    is_in_use,
    role_of,
    usages_of,
)
from app.catalogs.licenses import license_choice
from app.errors import NotFound
from app.models import LibraryKind, Lifecycle, Origin, Role
from app.text import fold

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
_SERIALS = UUID("5b0e7a6e-4a3c-5d0e-9c55-3f6f6d1f6a01")  # a space of our own for serial numbers
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip takes for no time at all


def write_cyclonedx(records: Records, team: str, *, at: datetime | None = None) -> str:
    """Write the BOM of a team.

    Args:
        records: flat, by the path of their collection.
        team: its slug.
        at: when the records were read; None leaves the time out.

    Raises:
        NotFound: there is no such team among the records.
    """
    return _write(Holdings(records), team, at)


def write_cyclonedx_archive(records: Records, *, at: datetime | None = None) -> bytes:
    """Write the BOMs of all teams that use something: a zip of `<team>.cdx.json`.

    Tools read one BOM a file, and none reads lines of them.
    """
    holdings = Holdings(records)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for team in holdings.all_of("teams"):
            if team["slug"] in holdings.by_team:
                member = zipfile.ZipInfo(f"{team['slug']}.cdx.json", _EARLIEST)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, _write(holdings, team["slug"], at))
    return buffer.getvalue()


def cyclonedx_losses(records: Records) -> list[str]:
    """Say what the BOMs cannot carry of these records."""
    holdings = Holdings(records)
    left = [case for case in holdings.all_of("use-cases") if not is_in_use(case)]
    used = [case for case in holdings.all_of("use-cases") if is_in_use(case)]
    unused = (item for item in holdings.all_of("libraries") if item["slug"] not in holdings.by_library)
    return [
        *counted(left, "use cases that are retired, or say that something is not used"),
        *counted(unused, "libraries that no team uses"),
        *counted((case for case in used if case.get("description")), "descriptions of use cases"),
        *counted((piece for case in used for piece in evidence_of(case) if piece.get("note")), "notes"),
        *counted((item for item in holdings.all_of("purposes") if item.get("description")), "descriptions"
                 " of purposes"),
    ]


def _write(holdings: Holdings, slug: str, at: datetime | None) -> str:
    if slug not in holdings.by_slug.get("teams", {}):
        raise NotFound("There is no such team.")
    team = holdings.find("teams", slug)
    bom = _Bom(holdings, team)
    document = {"components": bom.components(), "dependencies": bom.dependencies()}
    root = bom.root()
    digest = json.dumps([root, document], sort_keys=True)
    moment = {"timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")} if at else {}
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(_SERIALS, digest)}",
        "version": 1,
        "metadata": {**moment, "component": root},
    }
    return json.dumps(head | document, ensure_ascii=False, indent=2) + "\n"


class _Bom:
    """What one team uses."""

    def __init__(self, holdings: Holdings, team: FlatRecord) -> None:
        self.holdings = holdings
        self.team = team
        self.cases = holdings.by_team.get(team["slug"], [])
        self.libraries = sorted({usage["library"] for case in self.cases for usage in usages_of(case)})

    def root(self) -> dict[str, Any]:
        team = self.team
        properties = [("slug", team["slug"]), ("kind", "team"), ("area", team.get("area"))]
        url = team.get("contact_url")
        root = {
            "type": "application",
            "bom-ref": f"team:{team['slug']}",
            "group": self.holdings.name_of("organizations", team["organization"]),
            "name": team["name"],
            "description": team.get("description"),
            "externalReferences": [{"type": "support", "url": url}] if url else None,
            "properties": _properties(properties),
        }
        return _without_nothing(root)

    def components(self) -> list[dict[str, Any]]:
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
            *(_dependency(_reference(slug), stands_on[slug]) for slug in sorted(stands_on) if stands_on[slug]),
        ]

    def _component(self, item: FlatRecord) -> dict[str, Any]:
        links = [{"type": kind, "url": item[name]} for name, kind in _LINKS.items() if item.get(name)]
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
