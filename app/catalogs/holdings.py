"""The records that a writer is given, with the ways between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.catalogs.catalog import Records
from app.models import Role, Stance, Status

FlatRecord = Mapping[str, Any]
BASES = {Role.USES, Role.EXTENDS}  # what a team builds in a use case stands on what it uses or extends there


@dataclass(frozen=True)
class Holdings:
    """Records by slug, and what is in use: what is claimed and not retired."""

    records: Records

    def all_of(self, path: str) -> list[FlatRecord]:
        """Give the records of a collection, by slug."""
        return sorted(self.records.get(path, ()), key=lambda record: str(record["slug"]))

    @cached_property
    def by_slug(self) -> dict[str, dict[str, FlatRecord]]:
        """Give the records by collection and slug."""
        return {path: {item["slug"]: item for item in items} for path, items in self.records.items()}

    def find(self, path: str, slug: str | None) -> FlatRecord:
        """Give a record; one that is not there is known by its slug alone."""
        return self.by_slug.get(path, {}).get(slug or "") or {"slug": slug, "name": slug, "title": slug}

    def name_of(self, path: str, slug: str | None) -> str:
        """Give the name of a record."""
        return str(self.find(path, slug)["name"])

    @cached_property
    def in_use(self) -> list[FlatRecord]:
        """Give the use cases that claim use and are not retired, by slug."""
        return [use_case for use_case in self.all_of("use-cases") if is_in_use(use_case)]

    @cached_property
    def by_library(self) -> dict[str, list[FlatRecord]]:
        """Give for each library the use cases that claim its use."""
        found: dict[str, list[FlatRecord]] = {}
        for use_case in self.in_use:
            for slug in dict.fromkeys(usage["library"] for usage in usages_of(use_case)):
                found.setdefault(slug, []).append(use_case)
        return found

    @cached_property
    def by_team(self) -> dict[str, list[FlatRecord]]:
        """Give for each team the use cases that claim use."""
        found: dict[str, list[FlatRecord]] = {}
        for use_case in self.in_use:
            found.setdefault(use_case["team"], []).append(use_case)
        return found

    def builders_of(self, library: str) -> list[str]:
        """Give the teams that build a library, by slug."""
        return sorted(
            {
                use_case["team"]
                for use_case in self.by_library.get(library, ())
                for usage in usages_of(use_case)
                if usage["library"] == library and role_of(usage) == Role.BUILDS
            }
        )


def is_in_use(use_case: FlatRecord) -> bool:
    """Tell whether a use case says that something is in use."""
    stance, status = use_case.get("stance", Stance.USES), use_case.get("status", Status.DOCUMENTED)
    return bool(stance == Stance.USES and status != Status.RETIRED)


def usages_of(use_case: FlatRecord) -> list[FlatRecord]:
    """Give the usages of a use case."""
    return list(use_case.get("usages") or ())


def role_of(usage: FlatRecord) -> Role:
    """Give the role of a usage."""
    return Role(usage.get("role") or Role.USES)


def evidence_of(use_case: FlatRecord) -> list[FlatRecord]:
    """Give the evidence of a use case."""
    return list(use_case.get("evidence") or ())


def counted(items: Iterable[Any], what: str) -> list[str]:
    """Say how many things are not carried; nothing where there are none.

    Args:
        items: the things.
        what: they are, such as `sources`.
    """
    number = sum(1 for _item in items)
    return [f"{what}: {number}"] if number else []
