"""poetry.lock, which does not tell what is direct: what nobody else in the lock needs.

Newer locks say for each package in which groups it is. What is in a group, and
needed by no other package of that group, can only have been declared in it.

Source: Poetry's source, `poetry.packages.locker`; lock versions 1.0 to 2.1.
"""

from collections.abc import Iterator, Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.graphs import tops
from app.manifests.places import Node, not_readable
from app.manifests.purls import exact, pypi_purl
from app.manifests.records import OPTIONAL, RUNTIME, Code
from app.manifests.toml_places import read_toml
from app.packages import pypi_name_key

MAIN = "main"
_LOCAL = ("directory", "file")


def read_poetry_lock(findings: Findings) -> str:
    """Read a lock of Poetry; it tells no name of the project, so "" is given."""
    document = read_toml(findings.text)
    if not document.text("metadata", "content-hash"):
        raise not_readable(findings.text, 0, "This is no lock of Poetry: `metadata.content-hash` is missing.")
    groups: dict[str, dict[str, Node]] = {}
    for package in findings.items(document, "package"):
        for group in _groups(package):
            groups.setdefault(group, {})[pypi_name_key(package.text("name"))] = package
    for group, packages in groups.items():
        _read_group(group, packages, findings)
    if groups:
        detail = "This lock does not tell what is direct: what no other package of its group needs."
        findings.remark(0, Code.INFERRED, detail)
    return ""


def _groups(package: Node) -> list[str]:
    """Give the groups that a package is in; older locks have one category, the oldest none."""
    groups = [item.value for item in package.get("groups").items() if isinstance(item.value, str)]
    return groups or [package.text("category") or MAIN]


def _read_group(group: str, packages: Mapping[str, Node], findings: Findings) -> None:
    needed: dict[str, list[str]] = {}
    optional: dict[str, list[str]] = {}
    for key, package in packages.items():
        needed[key], optional[key] = [], []
        for other, is_optional in _needs(package, packages):
            (optional if is_optional else needed)[key].append(other)
    for key in tops(needed, optional):
        package = packages[key]
        scope = f"group:{pypi_name_key(group)}" if group != MAIN else RUNTIME
        is_optional = group == MAIN and package.get("optional").value is True
        findings.add(_declared(package), OPTIONAL if is_optional else scope, package.start, package.end)


def _needs(package: Node, packages: Mapping[str, Node]) -> Iterator[tuple[str, bool]]:
    """Give what a package needs of the others, and whether with an extra only."""
    for name, node in package.get("dependencies").members().items():
        key = pypi_name_key(name)
        constraints = node.items() or [node]
        if key in packages:
            yield key, all(constraint.get("optional").value is True for constraint in constraints)


def _declared(package: Node) -> Declared:
    name = package.text("name")
    is_local = package.text("source", "type") in _LOCAL
    return Declared(
        name=name,
        purl=None if is_local else pypi_purl(name),
        version_range=exact(package.text("version").strip(), "pypi"),
    )
