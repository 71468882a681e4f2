"""Dependency groups of pyproject.toml, which may include one another.

Source: PEP 735.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.manifests.findings import Declared, Findings
from app.manifests.places import Node, not_readable
from app.manifests.python_requirements import declared_by
from app.manifests.records import Code
from app.packages import pypi_name_key

_MOST_STEPS = 100_000  # groups that groups include, all in all


@dataclass
class _Group:
    """A group: its own requirements, and the groups that it includes."""

    requirements: list[tuple[Declared, Node]] = field(default_factory=list)
    included: dict[str, Node] = field(default_factory=dict)


def read_groups(document: Node, findings: Findings) -> None:
    """Read `[dependency-groups]`: what a group includes belongs to it as well."""
    tables = findings.members(document, "dependency-groups")
    groups = {pypi_name_key(name): _group(node, findings) for name, node in tables.items()}
    _remark_on_unknown(groups, findings)
    steps = 0
    for name in groups:
        for part in _parts(name, groups, findings):
            steps += 1 + len(part.requirements)
            if steps > _MOST_STEPS:
                start = document.get("dependency-groups").start
                raise not_readable(findings.text, start, "The dependency groups include too much.")
            for declared, node in part.requirements:
                findings.add(declared, f"group:{name}", node.start, node.end)


def _group(node: Node, findings: Findings) -> _Group:
    group = _Group()
    for item in findings.items(node):
        included = item.text("include-group")
        if included:
            group.included[pypi_name_key(included)] = item
        elif declared := declared_by(item, findings):
            group.requirements.append((declared, item))
    return group


def _remark_on_unknown(groups: Mapping[str, _Group], findings: Findings) -> None:
    for group in groups.values():
        for name, node in group.included.items():
            if name not in groups:
                findings.remark(node.start, Code.UNKNOWN_GROUP, "There is no group of this name to include.")


def _parts(name: str, groups: Mapping[str, _Group], findings: Findings) -> Iterator[_Group]:
    """Give a group and each that it includes, once."""
    seen = {name}
    waiting = [name]
    while waiting:
        group = groups[waiting.pop()]
        yield group
        for included, node in group.included.items():
            if included == name:
                findings.remark(node.start, Code.CIRCLE, "This group includes itself.")
            if included in groups and included not in seen:
                seen.add(included)
                waiting.append(included)
