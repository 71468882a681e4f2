"""SPDX 2.2 and 2.3 SBOMs in JSON, also wrapped in {"sbom": ...} as GitHub gives them.

Source: the SPDX specification 2.3, chapters 7 and 11.
"""

from collections.abc import Iterator, Mapping

from app.manifests.findings import Declared, Findings
from app.manifests.json_places import read_json
from app.manifests.places import Node, not_readable
from app.manifests.purls import exact, package_of
from app.manifests.records import BUILD, DEV, OPTIONAL, PEER, RUNTIME, Code
from app.text import to_nfc

DEEPEST = 32
_VERSIONS = ("SPDX-2.2", "SPDX-2.3")
_DOCUMENT = "SPDXRef-DOCUMENT"
_PURL_CATEGORIES = ("PACKAGE-MANAGER", "PACKAGE_MANAGER")
# The element on the left is needed by the one on the right.
_NEEDED_BY = {
    "DEPENDENCY_OF": RUNTIME,
    "RUNTIME_DEPENDENCY_OF": RUNTIME,
    "DEV_DEPENDENCY_OF": DEV,
    "DEV_TOOL_OF": DEV,
    "TEST_DEPENDENCY_OF": DEV,
    "TEST_TOOL_OF": DEV,
    "BUILD_DEPENDENCY_OF": BUILD,
    "BUILD_TOOL_OF": BUILD,
    "OPTIONAL_DEPENDENCY_OF": OPTIONAL,
    "PROVIDED_DEPENDENCY_OF": PEER,
    "PREREQUISITE_FOR": PEER,
}
# The element on the left needs the one on the right.
_NEEDS = {"DEPENDS_ON": RUNTIME, "HAS_PREREQUISITE": PEER}
# These say less than the others: where another one joins the same two elements, it counts.
_PLAIN = ("DEPENDS_ON", "DEPENDENCY_OF")


def read_spdx(findings: Findings) -> str:
    """Read an SBOM and give the name of the package that it is about."""
    whole = read_json(findings.text, DEEPEST)
    document = whole.get("sbom") if isinstance(whole.get("sbom").value, dict) else whole
    if document.text("spdxVersion") not in _VERSIONS:
        raise not_readable(
            findings.text, document.start, "This is no SPDX SBOM of version 2.2 or 2.3 in JSON."
        )
    packages = {one.text("SPDXID"): one for one in findings.items(document, "packages")}
    relationships = list(_relationships(document, findings))
    roots = _roots(document, relationships)
    direct = _direct(relationships, roots)
    if not direct:
        detail = (
            "No dependency leads from the package described, so that every other package counts as direct."
        )
        findings.remark(document.start, Code.NO_GRAPH, detail)
        direct = {identifier: {RUNTIME: 0} for identifier in packages if identifier not in roots}
    for identifier, scopes in direct.items():
        _add(identifier, scopes, packages, findings)
    return next((packages[root].text("name") for root in roots if root in packages), "")


def _relationships(document: Node, findings: Findings) -> Iterator[tuple[str, str, str, int]]:
    """Give the two elements of each relationship, its kind, and where it stands."""
    for item in findings.items(document, "relationships"):
        left, right = item.text("spdxElementId"), item.text("relatedSpdxElement")
        yield left, item.text("relationshipType"), right, item.start


def _roots(document: Node, relationships: list[tuple[str, str, str, int]]) -> dict[str, None]:
    """Give the packages that the document describes."""
    roots = [item.value for item in document.get("documentDescribes").items() if isinstance(item.value, str)]
    for left, kind, right, _start in relationships:
        if kind == "DESCRIBES" and left == _DOCUMENT:
            roots.append(right)
        elif kind == "DESCRIBED_BY" and right == _DOCUMENT:
            roots.append(left)
    return dict.fromkeys(roots)


def _direct(
    relationships: list[tuple[str, str, str, int]], roots: Mapping[str, None]
) -> dict[str, dict[str, int]]:
    """Give what the roots need: for each element its scopes, each with its relationship's place."""
    plain: dict[str, dict[str, int]] = {}
    scoped: dict[str, dict[str, int]] = {}
    for left, kind, right, start in relationships:
        user, needed = (left, right) if kind in _NEEDS else (right, left)
        scope = _NEEDS.get(kind) or _NEEDED_BY.get(kind)
        if scope and user in roots and needed not in roots:
            kept = plain if kind in _PLAIN else scoped
            kept.setdefault(needed, {}).setdefault(scope, start)
    return {needed: scoped.get(needed) or plain[needed] for needed in plain | scoped}


def _add(
    identifier: str, scopes: Mapping[str, int], packages: Mapping[str, Node], findings: Findings
) -> None:
    node = packages.get(identifier)
    if node is None:
        detail = "The package described needs something that is not in this document."
        findings.remark(min(scopes.values()), Code.UNKNOWN_REFERENCE, detail)
        return
    package = package_of(_purl(node))
    mention = to_nfc(node.text("name"))
    version = node.text("versionInfo").strip() or (package.version if package else "")
    declared = Declared(
        name=to_nfc(package.called(mention)) if package else mention,
        purl=package.purl if package else None,
        version_range=exact(to_nfc(version), package.type if package else ""),
        mention=mention,
    )
    for scope in scopes:
        findings.add(declared, scope, node.start, node.end)


def _purl(package: Node) -> str:
    for item in package.get("externalRefs").items():
        category = item.text("referenceCategory")
        if category in _PURL_CATEGORIES and item.text("referenceType") == "purl":
            return item.text("referenceLocator")
    return ""
