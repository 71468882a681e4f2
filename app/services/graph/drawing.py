"""A graph as text that other tools read: DOT of Graphviz, Mermaid, GraphML.

Names of records may hold anything but control characters; each format has
its own way to keep them from being read as something else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.services.dumping import Document

# Mermaid draws no more unless its host is told to: https://mermaid.js.org/config/schema-docs/config.html
MOST_MERMAID_EDGES = 500

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# What graphviz would read as a character: https://graphviz.org/doc/char.html
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SAFE_IN_MERMAID = frozenset(" -_.,()/+")

_GRAPHML_KEYS = {
    "node": {"kind": "string", "label": "string", "url": "string", "distance": "int"},
    "edge": {"kind": "string", "use_cases": "int"},
    "graph": {"truncated": "boolean", "left_out": "int"},
}


def to_dot(graph: Mapping[str, Any]) -> str:
    """Write a graph in the language of Graphviz.

    Source: https://graphviz.org/doc/info/lang.html.
    """
    lines = [
        f"  {_dot_text(node['id'])} [label={_dot_text(node['label'])}, kind={_dot_text(node['kind'])}, "
        f"URL={_dot_text(node['url'])}];"
        for node in graph["nodes"]
    ]
    lines += [
        f"  {_dot_text(edge['from'])} -> {_dot_text(edge['to'])} [label={_dot_text(_told(edge))}];"
        for edge in graph["edges"]
    ]
    head = ["digraph atlas {", "  node [shape=box];", *(f"  // {remark}" for remark in _remarks(graph))]
    return "\n".join([*head, *lines, "}", ""])


def to_mermaid(graph: Mapping[str, Any]) -> str:
    """Write a graph as a flowchart of Mermaid, with at most 500 edges.

    Source: https://mermaid.js.org/syntax/flowchart.html.
    """
    names = {node["id"]: f"n{place}" for place, node in enumerate(graph["nodes"])}
    edges = _most_telling(graph, MOST_MERMAID_EDGES)
    remarks = [*_remarks(graph)]
    if len(edges) < len(graph["edges"]):
        remarks.append(
            f"{len(graph['edges']) - len(edges)} edges left out: Mermaid draws {MOST_MERMAID_EDGES}."
        )
    lines = [f'  {names[node["id"]]}["{_mermaid_text(node["label"])}"]' for node in graph["nodes"]]
    lines += [f'  {names[edge["from"]]} -->|"{_told(edge)}"| {names[edge["to"]]}' for edge in edges]
    return "\n".join(["flowchart LR", *(f"  %% {remark}" for remark in remarks), *lines, ""])


def to_graphml(graph: Mapping[str, Any]) -> str:
    """Write a graph as GraphML.

    Source: http://graphml.graphdrawing.org/specification.html.
    """
    lines = [
        f'  <key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'
        for owner, names in _GRAPHML_KEYS.items()
        for name, kind in names.items()
    ]
    lines += ['  <graph id="atlas" edgedefault="directed">', *_data("graph", graph)]
    for node in graph["nodes"]:
        lines += [f"    <node id={_xml_attribute(node['id'])}>", *_data("node", node), "    </node>"]
    for place, edge in enumerate(graph["edges"]):
        ends = f"source={_xml_attribute(edge['from'])} target={_xml_attribute(edge['to'])}"
        lines += [f'    <edge id="e{place}" {ends}>', *_data("edge", edge), "    </edge>"]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    return "\n".join([head, *lines, "  </graph>", "</graphml>", ""])


def _remarks(graph: Mapping[str, Any]) -> Iterator[str]:
    """Say what is missing."""
    if graph["truncated"]:
        left_out = graph["left_out"]
        yield "truncated" if left_out is None else f"truncated: {left_out} nodes left out"


def _told(edge: Mapping[str, Any]) -> str:
    """Label an edge: what it is, and how many use cases say so."""
    word = edge["kind"].replace("_", " ")
    return word if edge["use_cases"] is None else f"{word} ({edge['use_cases']})"


def _most_telling(graph: Mapping[str, Any], most: int) -> Sequence[Document]:
    """Choose edges: for each node the first that ties it to a nearer one, then others while there is room."""
    distances = {node["id"]: node["distance"] for node in graph["nodes"]}
    first: dict[str, Document] = {}
    for edge in graph["edges"]:
        near, far = sorted((edge["from"], edge["to"]), key=lambda id_: distances[id_])
        if distances[near] < distances[far]:
            first.setdefault(far, edge)
    kept = {id(edge) for edge in first.values()}
    others = (edge for edge in graph["edges"] if id(edge) not in kept)
    return [*first.values(), *others][:most]


def _dot_text(text: str) -> str:
    """Quote a text: backslashes and quotes escaped, no entity of HTML in it."""
    escaped = _clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{_ENTITY.sub("&amp;", escaped)}"'


def _mermaid_text(text: str) -> str:
    """Write all but letters, digits and a few harmless characters as entities."""
    return "".join(
        letter if letter.isalnum() or letter in _SAFE_IN_MERMAID else f"#{ord(letter)};"
        for letter in _clean(text)
    )


def _data(owner: str, values: Mapping[str, Any]) -> Iterator[str]:
    for name in _GRAPHML_KEYS[owner]:
        value = values[name]
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else _clean(str(value))
            yield f'      <data key="{owner}_{name}">{escape(text)}</data>'


def _xml_attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Replace what no format can hold; names of records have none of it but two that XML forbids."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
