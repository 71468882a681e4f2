"""Components, APIs and Resources of Backstage as libraries."""

import re
from typing import Any

from app.catalogs.backstage_entities import Entity
from app.catalogs.catalog import Drafts
from app.catalogs.cleaning import (
    clean_day,
    clean_license,
    clean_line,
    clean_prose,
    clean_purl,
    clean_slug,
    clean_topics,
    clean_url,
    clean_word,
)
from app.catalogs.excerpts import Excerpts
from app.catalogs.json_nodes import read_json
from app.errors import AtlasError
from app.models import LIST_LENGTH, NOTE_LENGTH, SUMMARY_LENGTH, WORD_LENGTH, LibraryKind, Lifecycle, Origin

# What catalogs write as the type of a Component, and is none of our kinds.
_KINDS = {
    "app": LibraryKind.APPLICATION,
    "website": LibraryKind.APPLICATION,
    "webapp": LibraryKind.APPLICATION,
    "frontend": LibraryKind.APPLICATION,
    "mobile": LibraryKind.APPLICATION,
    "tool": LibraryKind.APPLICATION,
    "cli": LibraryKind.APPLICATION,
    "backend": LibraryKind.SERVICE,
    "microservice": LibraryKind.SERVICE,
    "job": LibraryKind.SERVICE,
    "infrastructure": LibraryKind.PLATFORM,
}
_KINDS_OF_ENTITIES = {"api": LibraryKind.SERVICE, "resource": LibraryKind.PLATFORM}
_LIFECYCLES = {
    "production": Lifecycle.ACTIVE,
    "experimental": Lifecycle.ACTIVE,
    "development": Lifecycle.ACTIVE,
    "retired": Lifecycle.ARCHIVED,
    "decommissioned": Lifecycle.ARCHIVED,
}
_DOCUMENTATION = re.compile("doc|wiki|manual|guide|runbook", re.IGNORECASE)
_REPOSITORY = re.compile("repo|source|github|gitlab|bitbucket", re.IGNORECASE)


def library_of(drafts: Drafts, entity: Entity) -> dict[str, Any]:
    """Give the library that an entity stands for, without its slug."""
    description = entity.node.text("metadata", "description")
    if description and len(description) > SUMMARY_LENGTH:
        drafts.remark(entity.node.start, "cut", f"Its description is cut to {SUMMARY_LENGTH} characters.")
    tags = [item.value for item in entity.node.get("metadata", "tags").items()]
    is_known = clean_word(LibraryKind, entity.type) is not None
    return {
        "name": entity.title,
        "kind": _kind_of(entity),
        "origin": clean_word(Origin, entity.marked("origin")) or Origin.IN_HOUSE.value,
        "maker": clean_slug(entity.marked("maker")),
        "summary": clean_line(description, SUMMARY_LENGTH),
        **_links_of(drafts, entity),
        "purl": clean_purl(entity.marked("purl")),
        "license": clean_license(entity.marked("license")),
        "language": clean_line(entity.marked("language"), WORD_LENGTH),
        "topics": clean_topics(tags if is_known else [*tags, entity.type])[:LIST_LENGTH],
        "lifecycle": _lifecycle_of(entity),
        "lifecycle_on": clean_day(entity.marked("lifecycle-on")),
        "lifecycle_note": clean_prose(entity.marked("lifecycle-note"), NOTE_LENGTH),
        "replaced_by": clean_slug(entity.marked("replaced-by")),
        "aliases": aliases_of(entity),
    }


def aliases_of(entity: Entity) -> list[str]:
    """Give the other names that our own export has noted."""
    written = entity.marked("aliases")
    try:
        found = read_json(Excerpts(written, "")).plain() if written else []
    except AtlasError:
        found = []
    names = map(clean_line, found) if isinstance(found, list) else ()
    return sorted({name for name in names if name})[:LIST_LENGTH]


def _kind_of(entity: Entity) -> str:
    known = clean_word(LibraryKind, entity.type)
    default = _KINDS_OF_ENTITIES.get(entity.kind, LibraryKind.APPLICATION)
    return known or _KINDS.get(entity.type, default).value


def _lifecycle_of(entity: Entity) -> str:
    own = clean_word(Lifecycle, entity.marked("lifecycle"))
    written = (clean_line(entity.node.text("spec", "lifecycle")) or "").lower()
    known = own or clean_word(Lifecycle, written)
    return known or _LIFECYCLES.get(written, Lifecycle.UNKNOWN).value


def _links_of(drafts: Drafts, entity: Entity) -> dict[str, str]:
    """File links by what they are called; the first of each kind is taken."""
    found: dict[str, str] = {}
    for link in entity.node.get("metadata", "links").items():
        url = clean_url(link.text("url"))
        called = f"{link.text('title') or ''} {link.text('type') or ''}"
        member = "homepage_url"
        if _DOCUMENTATION.search(called):
            member = "documentation_url"
        elif _REPOSITORY.search(called):
            member = "repository_url"
        if url is None or member in found:
            drafts.remark(link.start, "link_not_carried", "A link has no place, or is no http or https URL.")
        else:
            found[member] = url
    return _repository_of(entity) | found


def _repository_of(entity: Entity) -> dict[str, str]:
    slug = entity.annotation("github.com/project-slug")
    location = (entity.annotation("backstage.io/source-location") or "").removeprefix("url:")
    url = clean_url(location) or clean_url(f"https://github.com/{slug}" if slug else None)
    return {"repository_url": url} if url else {}
