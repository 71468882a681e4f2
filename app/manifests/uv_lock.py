"""uv.lock: what the project itself, or a member of its workspace, was locked to.

Source: uv's documentation, "Locking and syncing"; the lock's versions 1, revisions 1 to 3.
"""

from collections.abc import Iterator, Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.places import Node, not_readable
from app.manifests.purls import exact, pypi_purl
from app.manifests.records import RUNTIME, Code
from app.manifests.toml_places import read_toml
from app.packages import pypi_name_key

_OWN_SOURCES = ("virtual", "editable")
_LOCAL_SOURCES = ("virtual", "editable", "directory", "path")

_Packages = Mapping[str, Mapping[str, Node]]  # by name and version


def read_uv_lock(findings: Findings) -> str:
    """Read a lock of uv and give the name of the project, if it is one project."""
    document = read_toml(findings.text)
    if document.get("version").value != 1 or isinstance(document.get("version").value, bool):
        raise not_readable(
            findings.text, document.get("version").start, "This is no lock of uv of version 1."
        )
    packages: dict[str, dict[str, Node]] = {}
    for package in findings.items(document, "package"):
        packages.setdefault(pypi_name_key(package.text("name")), {})[package.text("version")] = package
    roots = list(_roots(document, packages))
    own = {pypi_name_key(root.text("name")) for root in roots}
    for root in roots:
        _read_root(root, own, packages, findings)
    _read_manifest_table(document, own, packages, findings)
    if not roots and not document.get("manifest").value:
        findings.remark(
            0, Code.NO_GRAPH, "The lock has no project of its own that would tell what is direct."
        )
    return roots[0].text("name") if len(roots) == 1 else ""


def _roots(document: Node, packages: _Packages) -> Iterator[Node]:
    """Give the project, or the members of the workspace."""
    members = [item.value for item in document.get("manifest", "members").items()]
    names = [pypi_name_key(name) for name in members if isinstance(name, str)]
    for name in dict.fromkeys(names or packages):
        for package in packages.get(name, {}).values():
            places = [package.text("source", source) for source in _OWN_SOURCES]
            if any(places) if names else "." in places:
                yield package


def _read_root(root: Node, own: set[str], packages: _Packages, findings: Findings) -> None:
    _read_list(root, "dependencies", RUNTIME, own, packages, findings)
    extras = Node(findings.members(root, "optional-dependencies"))
    for name in extras.members():
        _read_list(extras, name, f"extra:{pypi_name_key(name)}", own, packages, findings)
    groups = Node(findings.members(root, "dev-dependencies"))
    for name in groups.members():
        _read_list(groups, name, f"group:{pypi_name_key(name)}", own, packages, findings)


def _read_manifest_table(document: Node, own: set[str], packages: _Packages, findings: Findings) -> None:
    """Read what a script, or a workspace that is no project, needs."""
    manifest = document.get("manifest")
    _read_list(manifest, "requirements", RUNTIME, own, packages, findings)
    groups = Node(findings.members(manifest, "dependency-groups"))
    for name in groups.members():
        _read_list(groups, name, f"group:{pypi_name_key(name)}", own, packages, findings)


def _read_list(
    table: Node, name: str, scope: str, own: set[str], packages: _Packages, findings: Findings
) -> None:
    for item in findings.items(table, name):
        needed = item.text("name")
        if pypi_name_key(needed) in own:
            continue  # another member of the workspace, or the project's own extra
        versions = packages.get(pypi_name_key(needed), {})
        version = item.text("version")  # only where several were locked
        locked = [versions[version]] if version in versions else list(versions.values())
        if not locked:
            findings.remark(
                item.start, Code.UNKNOWN_REFERENCE, "This needs a package that is not in the lock."
            )
        for package in locked:
            findings.add(_declared(needed, package), scope, item.start, item.end)


def _declared(name: str, package: Node) -> Declared:
    source = package.get("source")
    is_local = any(source.text(kind) for kind in _LOCAL_SOURCES)
    version = package.text("version").strip()
    return Declared(
        name=name,
        purl=None if is_local else pypi_purl(name),
        version_range=exact(version, "pypi"),
        is_conditional=True,
    )
