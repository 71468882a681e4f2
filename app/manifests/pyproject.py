"""pyproject.toml: PEP 621, dependency groups (PEP 735), what the build needs, and Poetry's own tables.

Source: the pyproject.toml specification of packaging.python.org; Poetry's documentation.
"""

from collections.abc import Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.groups import Group, add_groups
from app.manifests.places import Node
from app.manifests.poetry_tables import read_poetry
from app.manifests.purls import pypi_purl
from app.manifests.python_requirements import declared_by
from app.manifests.records import BUILD, RUNTIME, Code
from app.manifests.toml_places import read_toml
from app.packages import pypi_name_key


def read_pyproject(findings: Findings) -> str:
    """Read a pyproject.toml and give the name of the project."""
    document = read_toml(findings.text)
    subject = document.text("project", "name") or document.text("tool", "poetry", "name")
    project = Node(findings.members(document, "project"))
    _read_list(project, "dependencies", RUNTIME, findings)
    _read_extras(project, subject, findings)
    _remark_on_dynamic(project, findings)
    _read_groups(document, findings)
    _read_list(Node(findings.members(document, "build-system")), "requires", BUILD, findings)
    read_poetry(document.get("tool", "poetry"), findings)
    return subject


def _read_list(table: Node, name: str, scope: str, findings: Findings) -> None:
    for item in findings.items(table, name):
        declared = declared_by(item, findings)
        if declared:
            findings.add(declared, scope, item.start, item.end)


def _read_extras(project: Node, subject: str, findings: Findings) -> None:
    """Read the extras; one that names the project itself only gathers other extras."""
    own = pypi_purl(subject) if subject else None
    extras: Mapping[str, Node] = findings.members(project, "optional-dependencies")
    for extra, node in extras.items():
        for item in findings.items(node):
            declared: Declared | None = declared_by(item, findings)
            if declared and declared.purl != own:
                findings.add(declared, f"extra:{pypi_name_key(extra)}", item.start, item.end)


def _remark_on_dynamic(project: Node, findings: Findings) -> None:
    for item in findings.items(project, "dynamic"):
        if item.value in ("dependencies", "optional-dependencies"):
            detail = f"`{item.value}` are worked out when the project is built."
            findings.remark(item.start, Code.DYNAMIC, detail)


def _read_groups(document: Node, findings: Findings) -> None:
    groups: dict[str, Group] = {}
    for name, node in findings.members(document, "dependency-groups").items():
        group = groups.setdefault(pypi_name_key(name), Group())
        for item in findings.items(node):
            included = item.text("include-group")
            if included:
                group.included[pypi_name_key(included)] = item
            elif declared := declared_by(item, findings):
                group.declared.append((declared, item))
    add_groups(groups, findings)
