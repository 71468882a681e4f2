"""CycloneDX SBOMs in JSON, versions 1.4 to 1.7.

Source: the CycloneDX specification (ECMA-424).
"""

from collections.abc import Iterator

from app.manifests.findings import Declared, Findings
from app.manifests.json_places import read_json
from app.manifests.places import Node, not_readable
from app.manifests.purls import exact, package_of
from app.manifests.records import DEV, OPTIONAL, RUNTIME, Code, Occurrence
from app.text import to_nfc

DEEPEST = 128  # components nest
MOST_OCCURRENCES = 100  # of one component
_VERSIONS = ("1.4", "1.5", "1.6", "1.7")
_SCOPES = {"optional": OPTIONAL, "excluded": DEV}
_NO_TOOLS = {"file", "data", "cryptographic-asset"}
_LONGEST_LOCATION = 500


def read_cyclonedx(findings: Findings) -> str:
    """Read an SBOM and give the name of the component that it is about."""
    document = read_json(findings.text, DEEPEST)
    if document.text("bomFormat") != "CycloneDX":
        raise not_readable(
            findings.text, document.start, "This is no CycloneDX SBOM: `bomFormat` does not say so."
        )
    if document.text("specVersion") not in _VERSIONS:
        raise not_readable(
            findings.text, document.get("specVersion").start, "CycloneDX 1.4 to 1.7 is read here."
        )
    root = document.get("metadata", "component")
    for component in _direct(document, root.text("bom-ref"), findings):
        _add(component, findings)
    package = package_of(root.text("purl"))  # npm's own SBOM calls the root by its folder
    return package.name if package else _full_name(root)


def _direct(document: Node, root: str, findings: Findings) -> Iterator[Node]:
    """Give the components that the root depends on; without graph or root, all at the top."""
    graph = {one.text("ref"): one for one in findings.items(document, "dependencies")}
    references = findings.items(graph[root], "dependsOn") if root and root in graph else []
    if not references:
        yield from _at_the_top(document, findings)
        return
    components = {one.text("bom-ref"): one for one in _components(document)}
    for reference in references:
        component = components.get(reference.value) if isinstance(reference.value, str) else None
        if component is None:
            findings.remark(
                reference.start, Code.UNKNOWN_REFERENCE, "The root depends on what is no component here."
            )
        else:
            yield component


def _at_the_top(document: Node, findings: Findings) -> Iterator[Node]:
    """Give all components at the top; some tools name a root, and join nothing to it."""
    components = [one for one in findings.items(document, "components") if one.text("type") not in _NO_TOOLS]
    if components:
        detail = "No dependency leads from the root, so that every component at the top counts as direct."
        findings.remark(document.start, Code.NO_GRAPH, detail)
    yield from components


def _components(document: Node) -> Iterator[Node]:
    """Give all components, nested ones too, also those within the root."""
    waiting = [document, document.get("metadata", "component")]
    while waiting:
        for component in waiting.pop().get("components").items():
            yield component
            waiting.append(component)


def _add(component: Node, findings: Findings) -> None:
    package = package_of(_purl(component))
    mention = to_nfc(component.text("name"))
    version = component.text("version") or (package.version if package else "")
    declared = Declared(
        name=to_nfc(package.called(mention)) if package else _full_name(component),
        purl=package.purl if package else None,
        version_range=exact(to_nfc(version.strip()), package.type if package else ""),
        mention=mention,
        occurrences=tuple(_occurrences(component)),
    )
    findings.add(declared, _scope(component), component.start, component.end)


def _purl(component: Node) -> str:
    """Give the package URL, or the one that evidence of identity concludes."""
    identity = component.get("evidence", "identity")
    for one in identity.items() or [identity]:  # an object up to 1.5, an array since 1.6
        if one.text("field") == "purl" and not component.text("purl"):
            return one.text("concludedValue")
    return component.text("purl")


def _full_name(component: Node) -> str:
    group, name = component.text("group").strip(), component.text("name").strip()
    return to_nfc(f"{group}/{name}" if group and name else name)


def _scope(component: Node) -> str:
    """Give the scope; npm and cyclonedx-npm mark what is for development by a property."""
    for item in component.get("properties").items():
        if item.text("name") == "cdx:npm:package:development" and item.text("value") == "true":
            return DEV
    return _SCOPES.get(component.text("scope"), RUNTIME)


def _occurrences(component: Node) -> Iterator[Occurrence]:
    for item in component.get("evidence", "occurrences").items()[:MOST_OCCURRENCES]:
        location = item.text("location")
        if location and len(location) <= _LONGEST_LOCATION:
            yield Occurrence(to_nfc(location), _whole(item, "line"), _whole(item, "offset"))


def _whole(node: Node, name: str) -> int | None:
    value = node.get(name).value
    is_whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return value if is_whole else None
