"""The use cases that our own export has noted on the stack of a team."""

from collections.abc import Mapping
from typing import Any

from app.catalogs.backstage_entities import Entity
from app.catalogs.catalog import Drafts, Record, named
from app.catalogs.cleaning import clean_day, clean_line, clean_prose, clean_slug, clean_word
from app.catalogs.excerpts import Excerpts
from app.catalogs.json_nodes import read_json
from app.errors import AtlasError
from app.models import LIST_LENGTH, VERSION_RANGE_LENGTH, Role, Stance, Status


def own_claims(drafts: Drafts, entity: Entity, team: str) -> None:
    """Make the use cases of a team's stack, with the purposes that they serve.

    Args:
        drafts: that hold the libraries already.
        entity: the stack.
        team: slug of its owner.
    """
    purposes = {}
    for item in _marked_list(drafts, entity, "purposes"):
        slug = clean_slug(item.get("slug"))
        if slug:
            drafts.slug_for("purposes", slug, slug)
            record = {"slug": slug, "name": named(item.get("name"), slug)}
            purposes[slug] = drafts.add(
                "purposes", {**record, "description": clean_prose(item.get("description"))}
            )
    for item in _marked_list(drafts, entity, "use-cases"):
        slug, title = clean_slug(item.get("slug")), clean_line(item.get("title"))
        if slug and title:
            claim = _claim(drafts, entity, item, purposes)
            own = drafts.slug_for("use-cases", f"{team}/{slug}", slug)
            drafts.add("use-cases", {"slug": own, "team": team, "title": title, **claim})
        else:
            drafts.remark(entity.node.start, "bad_annotation", "A use case has no slug or no title.")


def _claim(
    drafts: Drafts, entity: Entity, item: Mapping[str, Any], purposes: Mapping[str, Record]
) -> dict[str, Any]:
    """Give what a noted use case claims, without what is not there or not right."""
    usages = _usages(drafts, entity, item.get("usages"))
    names = [str((drafts.find("libraries", usage["library"]) or usage)["name"]) for usage in usages]
    since, until = clean_day(item.get("since")), clean_day(item.get("until"))
    written = item.get("purposes")
    spec = entity.node.get("spec")
    section = f"{entity.node.text('kind')} {entity.name}"
    return {
        "description": clean_prose(item.get("description")),
        "stance": clean_word(Stance, item.get("stance")) or Stance.USES.value,
        "purposes": [slug for slug in (written if isinstance(written, list) else []) if slug in purposes][
            :LIST_LENGTH
        ],
        "usages": usages,
        "since": since,
        "until": None if since and until and until < since else until,
        "status": clean_word(Status, item.get("status")) or Status.DOCUMENTED.value,
        "evidence": [drafts.excerpts.evidence(spec.start, spec.end, names, section)],
    }


def _usages(drafts: Drafts, entity: Entity, written: Any) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for usage in written if isinstance(written, list) else ():
        slug = clean_slug(usage.get("library")) if isinstance(usage, dict) else None
        if slug is None or drafts.find("libraries", slug) is None:
            drafts.remark(
                entity.node.start, "bad_annotation", "A use case names a library that is not there."
            )
            continue
        role = clean_word(Role, usage.get("role")) or Role.USES.value
        version_range = clean_line(usage.get("version_range"), VERSION_RANGE_LENGTH)
        ranged = {"version_range": version_range} if version_range else {}
        found.setdefault((slug, role), {"library": slug, "role": role, **ranged})
    return list(found.values())[:LIST_LENGTH]


def _marked_list(drafts: Drafts, entity: Entity, name: str) -> list[Mapping[str, Any]]:
    """Read one of our annotations that holds a list of objects."""
    written = entity.marked(name)
    try:
        items = read_json(Excerpts(written, "")).plain() if written else []
    except AtlasError:
        items = None
    if not isinstance(items, list):
        drafts.remark(entity.node.start, "bad_annotation", f"The annotation of its {name} is no JSON list.")
        return []
    return [item for item in items if isinstance(item, dict)]
