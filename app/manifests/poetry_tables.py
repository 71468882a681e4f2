"""Poetry's tables of dependencies in pyproject.toml.

Source: Poetry's documentation, "The pyproject.toml file" and "Dependency specification".
"""

from collections.abc import Iterator, Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.groups import Group, add_groups
from app.manifests.places import Node
from app.manifests.purls import pypi_purl
from app.manifests.records import OPTIONAL, RUNTIME, Code
from app.packages import pypi_name_key

_CONDITIONS = ("python", "platform", "markers")
_PLACES = ("path", "file")


def read_poetry(poetry: Node, findings: Findings) -> None:
    """Read `[tool.poetry]`: its dependencies, its groups, and the older `dev-dependencies`."""
    extras = _extras_of(poetry, findings)
    for declared, node, is_optional in _declarations(poetry, "dependencies", findings):
        scopes = extras.get(pypi_name_key(declared.name), [OPTIONAL]) if is_optional else [RUNTIME]
        for scope in scopes:
            findings.add(declared, scope, node.start, node.end)
    groups: dict[str, Group] = {}
    for name, table in findings.members(poetry, "group").items():
        group = groups.setdefault(pypi_name_key(name), Group())
        group.declared += [one[:2] for one in _declarations(table, "dependencies", findings)]
        for item in findings.items(table, "include-groups"):
            group.included[pypi_name_key(str(item.value))] = item
    older = [one[:2] for one in _declarations(poetry, "dev-dependencies", findings)]
    if older:
        groups.setdefault("dev", Group()).declared += older
    add_groups(groups, findings)


def _extras_of(poetry: Node, findings: Findings) -> Mapping[str, list[str]]:
    """Give for each package that is optional the extras that it belongs to."""
    extras: dict[str, list[str]] = {}
    for extra, node in findings.members(poetry, "extras").items():
        for item in findings.items(node):
            if isinstance(item.value, str):
                extras.setdefault(pypi_name_key(item.value), []).append(f"extra:{pypi_name_key(extra)}")
    return extras


def _declarations(table: Node, name: str, findings: Findings) -> Iterator[tuple[Declared, Node, bool]]:
    """Give what a table declares, where, and whether it is optional.

    Behind a key stands a range, a table, or several tables for different environments.
    """
    for key, node in findings.members(table, name).items():
        for constraint in [] if key == "python" else node.items() or [node]:
            declared = _declared(key, constraint)
            if declared:
                yield declared, node, constraint.get("optional").value is True
            else:
                findings.remark(constraint.start, Code.UNREADABLE, "This is no dependency of Poetry.")


def _declared(key: str, constraint: Node) -> Declared | None:
    if isinstance(constraint.value, str):
        return Declared(key, pypi_purl(key), constraint.value.strip())
    if not isinstance(constraint.value, dict):
        return None
    is_local = any(constraint.get(name).value is not None for name in _PLACES)
    is_conditional = any(constraint.get(name).value is not None for name in _CONDITIONS)
    purl = None if is_local else pypi_purl(key)
    return Declared(key, purl, constraint.text("version").strip(), is_conditional=is_conditional)
