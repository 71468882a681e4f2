"""A manifest as evidence: what it declares stands under the team's claims.

A dependency of a library that the team says it uses becomes evidence of that
very use case; of any other library, a use case of its own. When the next
version of the manifest no longer declares it, that use case ends, and others
lose this evidence. Source: decision 0021.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.landmarks import digest, landmarks_of
from app.manifests.reading import MANIFEST_FORMATS
from app.manifests.records import Dependency, Manifest
from app.models import (
    NAME_LENGTH,
    NOTE_LENGTH,
    SCOPE_LENGTH,
    VERSION_RANGE_LENGTH,
    EvidenceKind,
    Kind,
    SourceKind,
)
from app.services.claiming.making import Library, new_libraries, new_use_case_slugs
from app.services.claiming.matching import match
from app.services.claiming.present import claims_of, names_of
from app.services.claiming.proposal import Origin, Proposal, Record, Remark
from app.services.claiming.sources import source_record
from app.services.dumping import Document

Declared = Mapping[str, Sequence[Dependency]]


def propose(connection: Connection, manifest: Manifest, origin: Origin) -> Proposal:
    """Work out what a manifest comes to.

    Args:
        connection: in a snapshot.
        manifest: as it was read.
        origin: where it comes from; its owner is the team.
    """
    matched = match(connection, manifest.dependencies)
    made = new_libraries(connection, [item for item in manifest.dependencies if item not in matched])
    slugs = matched | {item: library.slug for item, library in made.items()}
    declared: dict[str, list[Dependency]] = {}
    for item in manifest.dependencies:
        declared.setdefault(slugs[item], []).append(item)
    remarks = [Remark(remark.line, remark.code, remark.detail) for remark in manifest.remarks]
    proposal = Proposal(remarks=remarks)
    kind = SourceKind(MANIFEST_FORMATS[manifest.format].source_kind)
    proposal.records = {
        Kind.LIBRARY: _distinct(made.values()),
        Kind.SOURCE: [source_record(connection, kind, f"{origin.file} of {origin.owner.name}", origin)],
        Kind.USE_CASE: _use_cases(connection, declared, made, origin, proposal),
    }
    return proposal


def _distinct(libraries: Iterable[Library]) -> list[Record]:
    return [library.record() for library in dict.fromkeys(libraries)]


def _use_cases(
    connection: Connection,
    declared: Declared,
    made: Mapping[Dependency, Library],
    origin: Origin,
    proposal: Proposal,
) -> list[Record]:
    """Put each dependency under a use case, and take this source away where it says so no longer."""
    team = origin.owner
    present = claims_of(connection, team.slug, declared.keys(), origin.source)
    under = _under(present, declared, origin.source)
    changed: list[Record] = [
        _changed(present[slug], under.get(slug, {}), origin, proposal) for slug in present
    ]
    placed = {library for libraries in under.values() for library in libraries}
    fresh = sorted(declared.keys() - placed)
    names = names_of(connection, fresh) | {library.slug: library.name for library in made.values()}
    slugs = new_use_case_slugs(connection, team.slug, fresh)
    for library in fresh:
        title = f"{team.name} uses {names[library]}"[:NAME_LENGTH]
        record = {"slug": slugs[library], "team": team.slug, "title": title}
        usage = {"library": library, **_terms(declared[library])}
        evidence = _evidence({library: declared[library]}, origin)
        changed.append({**record, "usages": [usage], "evidence": evidence})
    return changed


def _under(present: Mapping[str, Document], declared: Declared, source: str) -> dict[str, dict[str, Any]]:
    """Choose the one use case for each library: one with this source, else of the fewest libraries."""
    chosen: dict[str, tuple[bool, int, str]] = {}
    for slug, record in present.items():
        rank = (not _stands_on(record, source), len(record["usages"]), slug)
        for usage in record["usages"]:
            if usage["library"] in declared and usage["role"] != "builds":
                chosen[usage["library"]] = min(rank, chosen.get(usage["library"], rank))
    under: dict[str, dict[str, Any]] = {}
    for library, (_is_new, _size, slug) in chosen.items():
        under.setdefault(slug, {})[library] = declared[library]
    return under


def _stands_on(record: Document, source: str) -> bool:
    return any(item["source"] == source for item in record["evidence"])


def _changed(record: Document, declared: Declared, origin: Origin, proposal: Proposal) -> Document:
    others = [item for item in record["evidence"] if item["source"] != origin.source]
    if not declared:
        return _ended(record, others, origin, proposal)
    usages = [
        {**usage, **_terms(declared[usage["library"]])}
        if usage["library"] in declared and usage["role"] != "builds"
        else usage
        for usage in record["usages"]
    ]
    is_own = not others
    evidence = [*others, *_evidence(declared, origin)]
    return {**record, "usages": usages, "evidence": evidence, **({"until": None} if is_own else {})}


def _ended(record: Document, others: list[Any], origin: Origin, proposal: Proposal) -> Document:
    """End a use case that only this source spoke of; from others take the evidence."""
    if not _stands_on(record, origin.source):
        return record
    if others:
        proposal.detached.append(record["slug"])
        return {**record, "evidence": others}
    if record["until"] is not None:
        return record
    proposal.ended.append(record["slug"])
    until = max(origin.today.isoformat(), record["since"] or "")
    return {**record, "until": until}


def _terms(items: Sequence[Dependency]) -> Document:
    """Give scope and range of versions, over all the places where the library is declared."""
    scopes = sorted({item.scope for item in items}, key=lambda scope: (scope != "runtime", scope))
    ranges = dict.fromkeys(item.version_range for item in items if item.version_range)
    return {
        "scope": ", ".join(scopes)[:SCOPE_LENGTH],
        "version_range": " || ".join(ranges)[:VERSION_RANGE_LENGTH] or None,
    }


def _evidence(declared: Declared, origin: Origin) -> list[Document]:
    items = sorted((item for items in declared.values() for item in items), key=lambda item: item.start)
    return [
        {
            "source": origin.source,
            "line": item.line,
            "start": item.start,
            "end": item.end,
            "excerpt_sha256": digest(origin.text[item.start : item.end]),
            "landmarks": str(landmarks_of(origin.text, item.start, item.end)),
            "mentions": [item.mention[:NAME_LENGTH]],
            "kind": EvidenceKind.MANIFEST,
            "note": _seen(item),
        }
        for item in items
    ]


def _seen(item: Dependency) -> str | None:
    """Say where an SBOM saw a component."""
    seen = item.occurrences[:5]
    places = [f"{place.location}:{place.line}" if place.line else place.location for place in seen]
    return f"Seen in {', '.join(places)}."[:NOTE_LENGTH] if places else None
