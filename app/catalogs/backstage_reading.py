"""Entities of Backstage as our records: whose team builds what, and on what it stands.

Source: decision 0017; Backstage's descriptor format of catalog entities.
"""

from app.catalogs.backstage_claims import own_claims
from app.catalogs.backstage_entities import (
    LIBRARY_KINDS,
    Entity,
    is_library,
    not_carried,
    read_entities,
)
from app.catalogs.backstage_libraries import aliases_of, library_of
from app.catalogs.backstage_names import STACK, kind_in, name_in, slug_in
from app.catalogs.catalog import Catalog, Drafts, Record
from app.catalogs.cleaning import clean_line, clean_prose, clean_url
from app.catalogs.excerpts import Excerpts
from app.models import LIST_LENGTH, NAME_LENGTH, Origin, Role

_SHOWN = 10  # members that a remark names


def read_backstage(text: str, *, source: str, organization: str) -> Catalog:
    """Read a catalog-info.yaml, of several documents or one.

    Groups become teams, or organizations where that is their type; Components,
    APIs and Resources become libraries, and each one that a team owns a use
    case: the team builds it (it runs it, if it is a Resource), on top of what
    it depends on.

    Args:
        text: of the file.
        source: slug of the record that stands for it.
        organization: slug of the one that teams belong to where the file does not tell.

    Raises:
        BadRequest: the YAML holds aliases, or is nested too deeply.
        Invalid: it is no YAML, or holds no entity at all.
    """
    drafts = Drafts(Excerpts(text, source))
    reading = _Reading(drafts, read_entities(drafts), organization)
    reading.groups()
    reading.libraries()
    reading.use_cases()
    reading.rest()
    return drafts.catalog()


class _Reading:
    """The entities, and what was made of them so far."""

    def __init__(self, drafts: Drafts, entities: list[Entity], organization: str) -> None:
        self.drafts = drafts
        self.entities = {entity.reference: entity for entity in entities}
        self.organization = organization
        # A child may name its parent, or a parent its children.
        groups = [entity for entity in entities if entity.kind == "group"]
        named = {
            child: group.reference for group in groups for child in group.references("children", "group")
        }
        self.parents = named | {
            group.reference: above for group in groups if (above := group.group_at("parent")) is not None
        }

    def groups(self) -> None:
        """Make organizations first, so that teams can point at them."""
        found = [entity for entity in self.entities.values() if entity.kind == "group"]
        for entity in found:
            if entity.is_organization:
                self.organization_of(entity)
        for entity in found:
            if not entity.is_organization:
                self.team(entity.reference)

    def libraries(self) -> None:
        """Make a library of each entity that is one, before anything points at it by name alone."""
        for entity in self.entities.values():
            if entity.kind in LIBRARY_KINDS and not _is_stack(entity):
                self.library(entity.reference)

    def use_cases(self) -> None:
        """Make a use case of each library that a team owns."""
        for entity in self.entities.values():
            if entity.kind not in LIBRARY_KINDS:
                continue
            owner = self.owner_of(entity)
            if owner and _is_stack(entity):
                own_claims(self.drafts, entity, self.team(owner))
            elif owner and not entity.own_slug:
                self.use_case(entity, owner)

    def rest(self) -> None:
        """Say what was left out."""
        for entity in self.entities.values():
            for node in entity.unreadable_references():
                self.drafts.remark(node.start, "bad_reference", "This is no reference: it is not text.")
            if entity.kind not in {"group", *LIBRARY_KINDS}:
                detail = f"Entities of the kind {entity.node.text('kind')} have no place in the atlas."
                self.drafts.remark(entity.node.start, "kind_not_carried", (clean_line(detail) or detail))
            elif left := not_carried(entity):
                more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
                detail = f"Not carried: {', '.join(left[:_SHOWN])}{more}."
                self.drafts.remark(entity.node.start, "not_carried", detail)

    def organization_of(self, entity: Entity) -> str:
        slug = self.slug("organizations", entity.reference)
        links = [clean_url(item.text("url")) for item in entity.node.get("metadata", "links").items()]
        record = {"slug": slug, "name": entity.title, "homepage_url": next(filter(None, links), None)}
        description = clean_prose(entity.node.text("metadata", "description"))
        return str(self.drafts.add("organizations", {**record, "description": description})["slug"])

    def team(self, reference: str) -> str:
        """Give the slug of a Group's team; one that is elsewhere is known by its name alone."""
        slug = self.slug("teams", reference)
        entity = self.entities.get(reference)
        name = clean_line(name_in(reference)) or slug
        record: Record = {"slug": slug, "name": name, "organization": self.organization}
        if entity:
            links = [clean_url(item.text("url")) for item in entity.node.get("metadata", "links").items()]
            record |= {
                "name": entity.title,
                "organization": self.home_of(entity),
                "area": clean_line(entity.marked("area")),
                "description": clean_prose(entity.node.text("metadata", "description")),
                "contact_url": next(filter(None, links), None),
                "aliases": aliases_of(entity) or None,
            }
        return str(self.drafts.add("teams", record)["slug"])

    def home_of(self, entity: Entity) -> str:
        """Give the organization above a Group, as far as the file tells."""
        seen: set[str] = set()
        above = self.parents.get(entity.reference)
        while above in self.entities and above not in seen:
            seen.add(above)
            if self.entities[above].is_organization:
                return self.slug("organizations", above)
            above = self.parents.get(above)
        return self.organization

    def library(self, reference: str) -> str:
        """Give the slug of an entity's library; one that is elsewhere is known by its name alone."""
        slug = self.slug("libraries", reference)
        if self.drafts.find("libraries", slug) is None:
            entity = self.entities.get(reference)
            elsewhere = {"name": clean_line(name_in(reference)) or slug, "origin": Origin.IN_HOUSE.value}
            record = library_of(self.drafts, entity) if entity else elsewhere
            self.drafts.add("libraries", {"slug": slug, **record})
        return slug

    def slug(self, path: str, reference: str) -> str:
        entity = self.entities.get(reference)
        wanted = (entity and entity.own_slug) or slug_in(reference)
        return self.drafts.slug_for(path, reference, wanted)

    def owner_of(self, entity: Entity) -> str | None:
        """Give the team that owns an entity; anyone else gets a remark."""
        owner = entity.group_at("owner")
        if owner is None:
            self.drafts.remark(entity.node.start, "no_owner", "It is not said which team owns this.")
        elif kind_in(owner) != "group" or "@" in owner:
            detail = "Its owner is no Group: people have no place in the atlas."
            self.drafts.remark(entity.node.start, "owner_not_a_team", detail)
        elif owner in self.entities and self.entities[owner].is_organization:
            if not entity.own_slug:
                detail = "Its owner is a whole organization, no team."
                self.drafts.remark(entity.node.start, "owner_not_a_team", detail)
        else:
            return owner
        return None

    def use_case(self, entity: Entity, owner: str) -> None:
        team, library = self.team(owner), self.library(entity.reference)
        is_resource = entity.kind == "resource"
        needed = entity.references("dependsOn", "component") + entity.references("consumesApis", "api")
        usages = [{"library": library, "role": Role.USES.value if is_resource else Role.BUILDS.value}]
        for reference in dict.fromkeys(needed):
            if not is_library(reference):
                self.drafts.remark(entity.node.start, "not_carried", "It depends on what is no library.")
            elif reference != entity.reference and len(usages) < LIST_LENGTH:
                usages.append({"library": self.library(reference), "role": Role.USES.value})
        title = f"{'Runs' if is_resource else 'Builds'} {entity.title}"[:NAME_LENGTH]
        spec = entity.node.get("spec")
        mentions = [entity.name, *map(name_in, needed)]
        section = f"{entity.node.text('kind')} {entity.name}"
        self.drafts.add(
            "use-cases",
            {
                "slug": self.drafts.slug_for("use-cases", entity.reference, f"{team}-{library}"),
                "team": team,
                "title": title,
                "purposes": [],
                "usages": usages,
                "evidence": [self.drafts.excerpts.evidence(spec.start, spec.end, mentions, section)],
            },
        )


def _is_stack(entity: Entity) -> bool:
    return entity.type == STACK and entity.marked("use-cases") is not None
