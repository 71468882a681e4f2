"""package-lock.json and npm-shrinkwrap.json, lockfile versions 1 to 3.

Source: the npm documentation of package-lock.json.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.manifests.findings import Declared, Findings
from app.manifests.graphs import tops
from app.manifests.json_places import read_json
from app.manifests.npm_ranges import npm_declared
from app.manifests.package_json import declarations
from app.manifests.places import Node, not_readable
from app.manifests.records import DEV, OPTIONAL, RUNTIME, Code
from app.text import to_nfc

DEEPEST = 128  # version 1 nests as deeply as node_modules did
_VERSIONS = (1, 2, 3)


def read_package_lock(findings: Findings) -> str:
    """Read a lock of npm and give the name of the project."""
    document = read_json(findings.text, DEEPEST)
    version = document.get("lockfileVersion").value
    if isinstance(version, bool) or version not in _VERSIONS:
        raise not_readable(findings.text, document.start, "This is no lock of npm of version 1 to 3.")
    if isinstance(document.get("packages").value, dict):
        _read_packages(document.get("packages"), findings)
    else:
        _read_tree(findings.members(document, "dependencies"), findings)
    return document.text("name") or document.text("packages", "", "name")


def _read_packages(packages: Node, findings: Findings) -> None:
    """Read what the root package declares, each with the version that was taken for it."""
    root = packages.get("")
    if root.value is None:
        findings.remark(
            packages.start, Code.NO_GRAPH, "The lock has no root package that would tell what is direct."
        )
    if root.get("workspaces").value is not None:
        detail = "What the workspaces need themselves is not read here; send their package.json too."
        findings.remark(root.get("workspaces").start, Code.NOT_READ, detail)
    for key, spec, node, scope in declarations(root, findings):
        locked = packages.get(f"node_modules/{key}")
        findings.add(_locked(npm_declared(key, spec), locked), scope, node.start, node.end)


def _locked(declared: Declared, locked: Node) -> Declared:
    """Put the version that was taken in the place of the range."""
    version = to_nfc(locked.text("version"))
    is_linked = locked.get("link").value is True
    purl = None if is_linked else declared.purl
    return replace(declared, purl=purl, version_range=version or declared.version_range)


def _read_tree(tree: Mapping[str, Node], findings: Findings) -> None:
    """Read version 1, which does not tell what is direct: what no other package requires."""
    needed = {key: list(_needed(entry, tree)) for key, entry in tree.items()}
    direct = tops(needed, {})
    for key in direct:
        entry = tree[key]
        scope = DEV if entry.get("dev").value is True else RUNTIME
        scope = OPTIONAL if entry.get("optional").value is True else scope
        findings.add(npm_declared(key, entry.text("version")), scope, entry.start, entry.end)
    if tree:
        findings.remark(
            0, Code.INFERRED, "This lock does not tell what is direct: what no other package requires."
        )


def _needed(entry: Node, tree: Mapping[str, Node]) -> Iterator[str]:
    """Give the packages at the top that one, or a package nested in it, requires."""
    waiting: list[tuple[Node, frozenset[str]]] = [(entry, frozenset())]
    while waiting:
        node, nearer = waiting.pop()
        nested = node.get("dependencies").members()
        nearer = nearer.union(nested)
        yield from (key for key in node.get("requires").members() if key in tree and key not in nearer)
        waiting += [(inner, nearer) for inner in nested.values()]
