"""Our records as entities of Backstage: the catalog-info.yaml of a whole atlas.

Organizations and teams are Groups, libraries are Components, and each team
has one more Component, its stack, which depends on all that it uses.

Source: decision 0017; the entity policies of @backstage/catalog-model.
"""

from collections.abc import Iterator
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
    reference,
)
from app.catalogs.backstage_shapes import (
    Dumper,
    entity,
    group,
    is_url,
    metadata,
    purpose,
    repository_marks,
    with_links,
)
from app.catalogs.catalog import Records
from app.catalogs.holdings import FlatRecord, Holdings, counted, evidence_of, usages_of
from app.models import LibraryKind, Lifecycle, Origin

_LIFECYCLES = {
    Lifecycle.ACTIVE: "production",
    Lifecycle.MAINTENANCE: "production",
    Lifecycle.DEPRECATED: "deprecated",
    Lifecycle.ARCHIVED: "deprecated",
    Lifecycle.UNKNOWN: "unknown",
}
_MARKED = ("purl", "license", "language", "maker", "lifecycle_on", "lifecycle_note", "replaced_by")
_CLAIMED = ("slug", "title", "description", "stance", "purposes", "usages", "since", "until", "status")
_HOME, _CONTACT = {"homepage_url": "Homepage"}, {"contact_url": "Contact"}
_LINKS = {"homepage_url": "Homepage", "repository_url": "Repository", "documentation_url": "Documentation"}
_WIDEST = 2**31 - 1  # a line is never folded


def write_backstage(records: Records) -> str:
    """Write a multi-document catalog-info.yaml.

    Args:
        records: flat, by the path of their collection.
    """
    entities = _Entities(Holdings(records)).all()
    return yaml.dump_all(
        entities, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=_WIDEST, explicit_start=True
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
        *counted((url for url in _addresses(holdings) if not is_url(url)), "addresses that browsers refuse"),
        *counted(
            (team for team in teams if team not in holdings.by_slug.get("teams", {})),
            "teams that are only pointed at",
        ),
    ]


def _addresses(holdings: Holdings) -> Iterator[str]:
    paths = {"organizations": _HOME, "teams": _CONTACT, "libraries": _LINKS}
    for path, names in paths.items():
        yield from (item[name] for item in holdings.all_of(path) for name in names if item.get(name))


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
        meta = metadata(item, self.organizations[item["slug"]], ORGANIZATIONS, item.get("description"))
        meta = with_links(meta, item, _HOME)
        return entity("Group", meta, group(ORGANIZATION, item["name"]))

    def _team(self, item: FlatRecord) -> dict[str, Any]:
        marks = {"area": item.get("area"), "aliases": item.get("aliases")}
        meta = metadata(item, self.teams[item["slug"]], TEAMS, item.get("description"), marks)
        meta = with_links(meta, item, _CONTACT)
        spec = group("team", item["name"])
        organization = self.organizations.get(item["organization"])
        if organization:
            spec["parent"] = reference("group", ORGANIZATIONS, organization)
        return entity("Group", meta, spec)

    def _library(self, item: FlatRecord) -> dict[str, Any]:
        lifecycle = Lifecycle(item.get("lifecycle") or Lifecycle.UNKNOWN)
        marks = {name.replace("_", "-"): item.get(name) for name in _MARKED}
        marks |= {"origin": str(item.get("origin") or Origin.OPEN_SOURCE), "lifecycle": lifecycle.value}
        marks["aliases"] = item.get("aliases")
        meta = metadata(item, self.libraries[item["slug"]], LIBRARIES, item.get("summary"), marks)
        meta["annotations"] |= repository_marks(item)
        meta = with_links(meta, item, _LINKS)
        tags = [topic for topic in item.get("topics") or () if len(topic) <= LONGEST_NAME]
        spec = {
            "type": str(item.get("kind") or LibraryKind.LIBRARY),
            "lifecycle": _LIFECYCLES[lifecycle],
            "owner": self._owner(item),
        }
        return entity("Component", meta | ({"tags": tags} if tags else {}), spec)

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
            "purposes": [purpose(self.holdings.find("purposes", slug)) for slug in purposes],
        }
        name = self.names.take("component", f"{team['slug']}-{STACK}")
        item = {"slug": team["slug"], "name": f"{team['name']}: tools in use"}
        meta = metadata(item, name, LIBRARIES, f"What {team['name']} uses.", marks)
        owner = reference("group", TEAMS, self.teams[team["slug"]])
        spec: dict[str, Any] = {"type": STACK, "lifecycle": "production", "owner": owner}
        spec["dependsOn"] = [reference("component", LIBRARIES, name) for name in used]
        return entity("Component", meta, spec)
