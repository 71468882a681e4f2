"""Poetry's tables of dependencies in pyproject.toml.

Source: Poetry's documentation, "The pyproject.toml file" and "Dependency specification".
"""

from collections.abc import Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.places import Node
from app.manifests.purls import pypi_purl
from app.manifests.records import OPTIONAL, RUNTIME, Code
from app.packages import pypi_name_key

_CONDITIONS = ("python", "platform", "markers")
_PLACES = ("path", "file")


def read_poetry(poetry: Node, findings: Findings) -> None:
    """Read `[tool.poetry]`: its dependencies, its groups, and the older `dev-dependencies`."""
    extras = _extras_of(poetry, findings)
    for key, node in findings.members(poetry, "dependencies").items():
        _add(key, node, extras.get(pypi_name_key(key), []), findings)
    _read_group(poetry, "dev-dependencies", "dev", findings)
    for name, group in findings.members(poetry, "group").items():
        _read_group(group, "dependencies", pypi_name_key(name), findings)


def _extras_of(poetry: Node, findings: Findings) -> Mapping[str, list[str]]:
    """Give for each package that is optional the extras that it belongs to."""
    extras: dict[str, list[str]] = {}
    for extra, node in findings.members(poetry, "extras").items():
        for item in findings.items(node):
            if isinstance(item.value, str):
                extras.setdefault(pypi_name_key(item.value), []).append(f"extra:{pypi_name_key(extra)}")
    return extras


def _read_group(table: Node, name: str, group: str, findings: Findings) -> None:
    for key, node in findings.members(table, name).items():
        _add(key, node, [f"group:{group}"], findings)


def _add(key: str, node: Node, scopes: list[str], findings: Findings) -> None:
    """Add what one key declares: a range, a table, or several tables for different environments."""
    if key == "python":
        return
    for constraint in node.items() or [node]:
        declared = _declared(key, constraint)
        if declared is None:
            findings.remark(node.start, Code.UNREADABLE, "This is no dependency of Poetry.")
            return
        is_optional = constraint.get("optional").value is True
        is_group = scopes[:1] and scopes[0].startswith("group:")
        default = [OPTIONAL] if is_optional else [RUNTIME]
        for scope in scopes if is_group or (is_optional and scopes) else default:
            findings.add(declared, scope, node.start, node.end)


def _declared(key: str, constraint: Node) -> Declared | None:
    if isinstance(constraint.value, str):
        return Declared(key, pypi_purl(key), constraint.value.strip())
    if not isinstance(constraint.value, dict):
        return None
    is_local = any(constraint.get(name).value is not None for name in _PLACES)
    is_conditional = any(constraint.get(name).value is not None for name in _CONDITIONS)
    purl = None if is_local else pypi_purl(key)
    return Declared(key, purl, constraint.text("version").strip(), is_conditional=is_conditional)
