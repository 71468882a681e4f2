"""Our records as entities of Backstage: the catalog-info.yaml of a whole atlas.

Organizations and teams are Groups, libraries are Components, and each team
has one more Component, its stack, which depends on all that it uses.

Source: decision 0017; the entity policies of @backstage/catalog-model.
"""

import json
import re
from typing import Any

import yaml

from app.catalogs.backstage_names import (
    LIBRARIES,
    LONGEST_NAME,
    ORGANIZATION,
    ORGANIZATIONS,
    STACK,
    TEAMS,
    UNKNOWN_OWNER,
    EntityNames,
    mark,
    reference,
)
from app.catalogs.catalog import Records
from app.catalogs.holdings import FlatRecord, Holdings, counted, evidence_of, usages_of
from app.models import LibraryKind, Lifecycle, Origin
from app.packages import repository_key

_VERSION = "backstage.io/v1alpha1"
_LIFECYCLES = {
    Lifecycle.ACTIVE: "production",
    Lifecycle.MAINTENANCE: "production",
    Lifecycle.DEPRECATED: "deprecated",
    Lifecycle.ARCHIVED: "deprecated",
    Lifecycle.UNKNOWN: "unknown",
}
_MARKED = ("purl", "license", "language", "maker", "lifecycle_on", "lifecycle_note", "replaced_by")
_CLAIMED = ("slug", "title", "description", "stance", "purposes", "usages", "since", "until", "status")
_LINKS = {"homepage_url": "Homepage", "repository_url": "Repository", "documentation_url": "Documentation"}
_WIDEST = 2**31 - 1  # a line is never folded
# What YAML 1.1 takes for text and YAML 1.2 for a number: 1e3, 0o17.
_LIKE_A_NUMBER = re.compile(r"[-+.0-9].*", re.DOTALL)


def write_backstage(records: Records) -> str:
    """Write a multi-document catalog-info.yaml.

    Args:
        records: flat, by the path of their collection.
    """
    entities = _Entities(Holdings(records)).all()
    return yaml.dump_all(
        entities, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDEST, explicit_start=True
    )


def backstage_losses(records: Records) -> list[str]:
    """Say what Backstage's entities cannot carry of these records."""
    holdings = Holdings(records)
    cases = holdings.all_of("use-cases")
    used = {purpose for case in cases for purpose in case.get("purposes") or ()}
    libraries = holdings.all_of("libraries")
    teams = {case["team"] for case in cases}
    return [
        *counted((piece for case in cases for piece in evidence_of(case)), "pieces of evidence"),
        *counted(holdings.all_of("sources"), "sources"),
        *counted((case for case in cases if case.get("confirmed_at")), "confirmations"),
        *counted(
            (item for item in holdings.all_of("purposes") if item["slug"] not in used),
            "purposes that no use case serves",
        ),
        *counted(
            (item for item in libraries if item.get("lifecycle_source") or item.get("replaced_by_source")),
            "sources of states of libraries",
        ),
        *counted(
            (topic for item in libraries for topic in item.get("topics") or () if len(topic) > LONGEST_NAME),
            "topics of more than 63 characters",
        ),
        *counted(
            (team for team in teams if team not in holdings.by_slug.get("teams", {})),
            "teams that are only pointed at",
        ),
    ]


class _Dumper(yaml.CSafeDumper):
    """YAML that readers of 1.1 and of 1.2 understand alike."""


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _LIKE_A_NUMBER.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _Entities:
    """The entities of an atlas, each with the name that others point at."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.names = EntityNames()
        self.organizations = self._named("organizations", "group-of-organizations")
        self.teams = self._named("teams", "group")
        self.libraries = self._named("libraries", "component")

    def all(self) -> list[dict[str, Any]]:
        holdings = self.holdings
        return [
            *map(self._organization, holdings.all_of("organizations")),
            *map(self._team, holdings.all_of("teams")),
            *map(self._library, holdings.all_of("libraries")),
            *(self._stack(team) for team in holdings.all_of("teams") if self._cases_of(team)),
        ]

    def _named(self, path: str, kind: str) -> dict[str, str]:
        return {item["slug"]: self.names.take(kind, item["slug"]) for item in self.holdings.all_of(path)}

    def _organization(self, item: FlatRecord) -> dict[str, Any]:
        meta = _meta(item, self.organizations[item["slug"]], ORGANIZATIONS, item.get("description"))
        meta = _with_links(meta, item, {"homepage_url": "Homepage"})
        return _entity("Group", meta, _group(ORGANIZATION, item["name"]))

    def _team(self, item: FlatRecord) -> dict[str, Any]:
        marks = {"area": item.get("area"), "aliases": item.get("aliases")}
        meta = _meta(item, self.teams[item["slug"]], TEAMS, item.get("description"), marks)
        meta = _with_links(meta, item, {"contact_url": "Contact"})
        spec = _group("team", item["name"])
        organization = self.organizations.get(item["organization"])
        if organization:
            spec["parent"] = reference("group", ORGANIZATIONS, organization)
        return _entity("Group", meta, spec)

    def _library(self, item: FlatRecord) -> dict[str, Any]:
        lifecycle = Lifecycle(item.get("lifecycle") or Lifecycle.UNKNOWN)
        marks = {name.replace("_", "-"): item.get(name) for name in _MARKED}
        marks |= {"origin": str(item.get("origin") or Origin.OPEN_SOURCE), "lifecycle": lifecycle.value}
        marks["aliases"] = item.get("aliases")
        meta = _meta(item, self.libraries[item["slug"]], LIBRARIES, item.get("summary"), marks)
        meta["annotations"] |= _repository_marks(item)
        meta = _with_links(meta, item, _LINKS)
        tags = [topic for topic in item.get("topics") or () if len(topic) <= LONGEST_NAME]
        spec = {
            "type": str(item.get("kind") or LibraryKind.LIBRARY),
            "lifecycle": _LIFECYCLES[lifecycle],
            "owner": self._owner(item),
        }
        return _entity("Component", meta | ({"tags": tags} if tags else {}), spec)

    def _owner(self, item: FlatRecord) -> str:
        """Give who answers for a library: the one team that builds it, else its maker."""
        builders = self.holdings.builders_of(item["slug"])
        if len(builders) == 1 and builders[0] in self.teams:
            return reference("group", TEAMS, self.teams[builders[0]])
        maker = self.organizations.get(item.get("maker") or "")
        return reference("group", ORGANIZATIONS, maker or UNKNOWN_OWNER)

    def _cases_of(self, team: FlatRecord) -> list[FlatRecord]:
        return [case for case in self.holdings.all_of("use-cases") if case["team"] == team["slug"]]

    def _stack(self, team: FlatRecord) -> dict[str, Any]:
        cases = self._cases_of(team)
        used = sorted(
            {
                self.libraries[usage["library"]]
                for case in self.holdings.by_team.get(team["slug"], ())
                for usage in usages_of(case)
                if usage["library"] in self.libraries
            }
        )
        purposes = sorted({slug for case in cases for slug in case.get("purposes") or ()})
        marks = {
            "use-cases": [{name: case[name] for name in _CLAIMED if case.get(name)} for case in cases],
            "purposes": [_purpose(self.holdings.find("purposes", slug)) for slug in purposes],
        }
        name = self.names.take("component", f"{team['slug']}-{STACK}")
        item = {"slug": team["slug"], "name": f"{team['name']}: tools in use"}
        meta = _meta(item, name, LIBRARIES, f"What {team['name']} uses.", marks)
        owner = reference("group", TEAMS, self.teams[team["slug"]])
        spec: dict[str, Any] = {"type": STACK, "lifecycle": "production", "owner": owner}
        spec["dependsOn"] = [reference("component", LIBRARIES, name) for name in used]
        return _entity("Component", meta, spec)


def _entity(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": _VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def _group(kind: str, name: str) -> dict[str, Any]:
    return {"type": kind, "profile": {"displayName": name}, "children": []}


def _meta(
    item: FlatRecord,
    name: str,
    namespace: str,
    description: str | None,
    marks: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the metadata; what is no text in an annotation is written as JSON."""
    annotations = {mark("slug"): item["slug"]}
    for key, value in (marks or {}).items():
        if value:
            annotations[mark(key)] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    about = {"description": description} if description else {}
    named = {"name": name, "namespace": namespace, "title": item["name"]}
    return {**named, **about, "annotations": annotations}


def _with_links(meta: dict[str, Any], item: FlatRecord, titles: dict[str, str]) -> dict[str, Any]:
    links = [{"url": item[name], "title": title} for name, title in titles.items() if item.get(name)]
    return meta | ({"links": links} if links else {})


def _repository_marks(item: FlatRecord) -> dict[str, str]:
    """Give the annotations by which Backstage's own plugins find a repository."""
    url = item.get("repository_url")
    key = repository_key(url) if url else None
    if key is None:
        return {}
    host, _, path = key.partition("/")
    slug = {"github.com/project-slug": path} if host == "github.com" else {}
    return {"backstage.io/source-location": f"url:{url}", **slug}


def _purpose(item: FlatRecord) -> dict[str, Any]:
    return {name: item[name] for name in ("slug", "name", "description") if item.get(name)}
