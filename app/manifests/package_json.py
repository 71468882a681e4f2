"""package.json of npm, and of those who write it alike.

Source: the npm documentation of package.json.
"""

from collections.abc import Iterator, Mapping

from app.manifests.findings import Findings
from app.manifests.json_places import read_json
from app.manifests.npm_ranges import npm_declared
from app.manifests.places import Node, not_readable
from app.manifests.records import DEV, OPTIONAL, PEER, RUNTIME, Code

DEEPEST = 32
SCOPES = {
    "dependencies": RUNTIME,
    "devDependencies": DEV,
    "peerDependencies": PEER,
    "optionalDependencies": OPTIONAL,
}


def read_package_json(findings: Findings) -> str:
    """Read a package.json and give the name of the package."""
    document = read_json(findings.text, DEEPEST)
    if not isinstance(document.value, dict):
        raise not_readable(findings.text, document.start, "A package.json is one JSON object.")
    for key, spec, node, scope in declarations(document, findings):
        findings.add(npm_declared(key, spec), scope, node.start, node.end)
    return document.text("name")


def declarations(document: Node, findings: Findings) -> Iterator[tuple[str, str, Node, str]]:
    """Give name, range, place and scope of all that the four maps declare.

    What is optional is often written among the dependencies too; npm takes it as optional then.
    """
    optional: Mapping[str, Node] = document.get("optionalDependencies").members()
    for name, scope in SCOPES.items():
        for key, node in findings.members(document, name).items():
            if not isinstance(node.value, str):
                findings.remark(node.start, Code.UNREADABLE, "What stands behind the name is no string.")
            elif scope != RUNTIME or key not in optional:
                yield key, node.value, node, scope
