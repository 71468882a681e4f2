"""Entities of Backstage as they stand in a catalog-info.yaml: found, named, pointed at."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.catalogs.backstage_names import MARK, kind_in, mark, parse_reference, reference
from app.catalogs.catalog import Drafts
from app.catalogs.cleaning import clean_line, clean_slug
from app.catalogs.excerpts import unreadable
from app.catalogs.nodes import Node
from app.catalogs.yaml_nodes import read_yaml

LIBRARY_KINDS = ("component", "api", "resource")
ORGANIZATION_TYPES = frozenset({"organization", "organisation", "company"})


@dataclass(frozen=True)
class Entity:
    """An entity, and where it stands.

    Attributes:
        node: the whole of it.
        kind: in small letters.
        namespace: `default` where none is written.
        name: as written.
    """

    node: Node
    kind: str
    namespace: str
    name: str

    @property
    def reference(self) -> str:
        """Give the full reference of this entity."""
        return reference(self.kind, self.namespace, self.name)

    @property
    def title(self) -> str:
        """Give the name for people."""
        profile = self.node.text("spec", "profile", "displayName")
        title = self.node.text("metadata", "title")
        return clean_line(title) or clean_line(profile) or clean_line(self.name) or self.name

    @property
    def type(self) -> str:
        """Give the type, in small letters."""
        return (clean_line(self.node.text("spec", "type")) or "").lower()

    @property
    def is_organization(self) -> bool:
        """Tell whether this Group is an organization."""
        return self.kind == "group" and self.type in ORGANIZATION_TYPES

    @property
    def own_slug(self) -> str | None:
        """Give the slug that our own export has noted."""
        return clean_slug(self.marked("slug"))

    def marked(self, name: str) -> str | None:
        """Give one of our annotations."""
        return self.annotation(mark(name))

    def annotation(self, key: str) -> str | None:
        """Give an annotation."""
        return self.node.text("metadata", "annotations", key)

    def references(self, member: str, kind: str) -> list[str]:
        """Give the references of a list in the spec, in full.

        Args:
            member: of the spec.
            kind: of what is pointed at, where the reference does not tell.
        """
        written = (clean_line(item.value) for item in self.node.get("spec", member).items())
        return list(dict.fromkeys(parse_reference(item, kind, self.namespace) for item in written if item))

    def unreadable_references(self) -> list[Node]:
        """Give what stands in the lists of references, and is no text, such as `- component: x`."""
        lists = ("dependsOn", "consumesApis", "children")
        listed = (node for member in lists for node in self.node.get("spec", member).items())
        return [node for node in listed if clean_line(node.value) is None]

    def group_at(self, member: str) -> str | None:
        """Give the Group that a member of the spec points at, in full; another kind stays as it is."""
        written = clean_line(self.node.text("spec", member))
        return parse_reference(written, "group", self.namespace) if written else None


def read_entities(drafts: Drafts) -> list[Entity]:
    """Read the entities of a stream, each reference once; what is none gets a remark.

    Raises:
        BadRequest: the YAML holds aliases, or is nested too deeply.
        Invalid: it is no YAML, or holds no entity at all.
    """
    entities: dict[str, Entity] = {}
    for entity in _entities(drafts):
        if entity.reference in entities:
            drafts.remark(entity.node.start, "given_twice", "An entity of this reference was given before.")
        entities.setdefault(entity.reference, entity)
    if not entities:
        raise unreadable("There is no entity of Backstage in it.", 1)
    return list(entities.values())


def _entities(drafts: Drafts) -> Iterator[Entity]:
    for document in read_yaml(drafts.excerpts):
        for node in document.items() or [document]:
            entity = _entity(node)
            if entity:
                yield entity
            elif node.value is not None:
                detail = "This is no entity: apiVersion backstage.io/..., kind and metadata.name are missing."
                drafts.remark(node.start, "not_an_entity", detail)


def _entity(node: Node) -> Entity | None:
    version, kind = node.text("apiVersion") or "", clean_line(node.text("kind"))
    name = clean_line(node.text("metadata", "name"))
    if "backstage" not in version.lower() or not kind or not name:
        return None
    namespace = clean_line(node.text("metadata", "namespace")) or "default"
    return Entity(node, kind.lower(), namespace.lower(), name)


def not_carried(entity: Entity) -> list[str]:
    """Give the members of an entity that have no place in a record."""
    carried = {
        "metadata": {"name", "namespace", "title", "description", "annotations", "tags", "links"},
        "spec": {"type", "owner", "lifecycle", "dependsOn", "consumesApis", "profile", "parent", "children"},
    }
    left = [
        f"{part}.{clean_line(name)}"
        for part, known in carried.items()
        for name, node in entity.node.get(part).members().items()
        if name not in known and node.value not in (None, [], {})
    ]
    annotations = entity.node.get("metadata", "annotations").members()
    left += ["metadata.annotations"] * any(not _is_carried(name) for name in annotations)
    return left + ["spec.profile.email"] * bool(entity.node.text("spec", "profile", "email"))


def _is_carried(annotation: str) -> bool:
    return annotation.startswith(f"{MARK}/") or annotation in {
        "backstage.io/source-location",
        "github.com/project-slug",
    }


def is_library(reference_: str) -> bool:
    """Tell whether a full reference points at what becomes a library."""
    return kind_in(reference_) in LIBRARY_KINDS
