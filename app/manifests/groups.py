"""Groups of dependencies that may include one another, as Python projects have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.manifests.findings import Declared, Findings
from app.manifests.places import Node, not_readable
from app.manifests.records import RUNTIME, Code

MAIN = "main"  # what Poetry calls the dependencies that are in no group
_MOST_STEPS = 100_000  # what groups include, all in all


@dataclass
class Group:
    """A group: what it declares itself, each with its place, and the groups that it includes."""

    declared: list[tuple[Declared, Node]] = field(default_factory=list)
    included: dict[str, Node] = field(default_factory=dict)


def add_groups(groups: Mapping[str, Group], findings: Findings) -> None:
    """Add what is in each group; what a group includes belongs to it as well.

    Args:
        groups: by normalised name.
        findings: takes them.

    Raises:
        Invalid: they include too much.
    """
    _remark_on_unknown(groups, findings)
    steps = 0
    for name in groups:
        scope = RUNTIME if name == MAIN else f"group:{name}"
        for part in _parts(name, groups, findings):
            steps += 1 + len(part.declared)
            if steps > _MOST_STEPS:
                raise not_readable(findings.text, 0, "The groups of dependencies include too much.")
            for declared, node in part.declared:
                findings.add(declared, scope, node.start, node.end)


def _remark_on_unknown(groups: Mapping[str, Group], findings: Findings) -> None:
    for group in groups.values():
        for name, node in group.included.items():
            if name not in groups:
                findings.remark(node.start, Code.UNKNOWN_GROUP, "There is no group of this name to include.")


def _parts(name: str, groups: Mapping[str, Group], findings: Findings) -> Iterator[Group]:
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
