"""Graphs as text, each read by its own tool; Mermaid's own parser where node and the package are there."""

import re
import shutil
import subprocess

import networkx as nx
import pydot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.schemas.fields import Text
from app.services.graph.drawing import MOST_MERMAID_EDGES, to_dot, to_graphml, to_mermaid

HOSTILE = [
    *('a"b', "a]b", "a\\", 'a\\"b', "\\N", "\\n", "line\nbreak", '"]; n1["', "{a|b}", "a;b", "`code`"),
    *("x-->y", "-->", "<!--", "]]>", "<b>bold</b>", "<script>alert(1)</script>", "<<a>>", "@{shape: x}"),
    *("R&D", "a &amp; b", "&lt;", "&#65;", "#quot;", "#35;", "style x:y#35;", "classDef a:b#1;"),
    *("end", "graph", "subgraph", "node", "n0", "%% no", "%%{init: {}}%%", "click n0 call f()"),
    *("\u00fcn\u00ef \u6570\u636e \U0001f600", "\u202eabc", "a\u2028b", "\ufffe!"),
]
# pydot 4.0 calls pyparsing 3.3 by old names.
pytestmark = pytest.mark.filterwarnings("ignore::pyparsing.warnings.PyparsingDeprecationWarning")
MERMAID_LINE = re.compile(
    r"""flowchart\ LR
    |\ \ %%\ [\w :.]+
    |\ \ n\d+\["(?:[\w -.,()/+]|\#\d+;)+"\]
    |\ \ n\d+\ -->\|"[a-z ]+(?:\ \(\d+\))?"\|\ n\d+""",
    re.VERBOSE,
)
# Mermaid wants a page to be on; `npm install --no-save mermaid jsdom` brings both.
LOAD_MERMAID = """import("jsdom").then(({ JSDOM }) => {
  globalThis.window = new JSDOM().window;
  globalThis.document = window.document;
  return import("mermaid");
})"""
PARSE = '.then(mermaid => mermaid.default.parse(require("fs").readFileSync(0, "utf8")))'

labels = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


def graph_of(*names, edges=None, **members):
    """Make a graph: the first node in the middle, the others tied to it."""
    nodes = [
        {
            "id": f"library:l{place}",
            "kind": "library",
            "slug": f"l{place}",
            "label": name,
            "url": f"https://atlas.example/api/v1/libraries/l{place}",
            "distance": min(place, 1),
        }
        for place, name in enumerate(names)
    ]
    tied = [
        {"from": "library:l0", "to": node["id"], "kind": "built_on", "use_cases": 3} for node in nodes[1:]
    ]
    edges = tied if edges is None else edges
    return {
        "around": "library:l0",
        "nodes": nodes,
        "edges": edges,
        "truncated": False,
        "left_out": 0,
        **members,
    }


def as_shown(label):
    """Give a label as a format can hold it: XML knows no U+FFFE."""
    return re.sub("[\ufffe\uffff]", "\ufffd", label)


def dot_labels(text):
    """Give the labels of nodes as pydot reads them, unescaped as Graphviz does."""
    (graph,) = pydot.graph_from_dot_data(text)
    nodes = {node.get_name(): node for node in graph.get_nodes() if node.get_name() != "node"}
    quoted = [
        nodes[name].get_label() for name in sorted(nodes, key=lambda name: int(re.sub(r"\D", "", name)))
    ]
    return [unescape_dot(label[1:-1]) for label in quoted]


def unescape_dot(text):
    words = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
    plain = re.sub(r'\\[\\"n]', lambda match: words[match[0]], text)
    return re.sub(r"&amp;(?=#?\w+;)", "&", plain)


class TestToDot:
    @pytest.mark.parametrize("label", HOSTILE)
    def test_a_hostile_label_stays_a_label(self, label):
        assert dot_labels(to_dot(graph_of("Flask", label))) == ["Flask", as_shown(label)]

    @settings(deadline=None)
    @given(labels)
    def test_any_label_comes_back(self, label):
        assert dot_labels(to_dot(graph_of("Flask", label))) == ["Flask", as_shown(label)]

    def test_edges_say_what_and_how_often(self):
        (graph,) = pydot.graph_from_dot_data(to_dot(graph_of("Flask", "Winston")))
        (edge,) = graph.get_edges()
        ends = (edge.get_source(), edge.get_destination(), edge.get_label())
        assert ends == ('"library:l0"', '"library:l1"', '"built on (3)"')

    def test_nodes_lead_to_their_records(self):
        assert 'URL="https://atlas.example/api/v1/libraries/l0"' in to_dot(graph_of("Flask"))

    def test_it_says_that_something_is_missing(self):
        assert "// truncated: 5 nodes left out" in to_dot(graph_of("Flask", truncated=True, left_out=5))


class TestToMermaid:
    @pytest.mark.parametrize("label", HOSTILE)
    def test_a_hostile_label_stays_a_label(self, label):
        self.check(to_mermaid(graph_of("Flask", label)), label)

    @settings(deadline=None)
    @given(labels)
    def test_any_label_comes_back(self, label):
        self.check(to_mermaid(graph_of("Flask", label)), label)

    def check(self, text, label):
        lines = text.removesuffix("\n").split("\n")
        assert [line for line in lines if not MERMAID_LINE.fullmatch(line)] == []
        written = re.fullmatch(r'  n1\["(.*)"\]', lines[2])[1]
        assert re.sub(r"#(\d+);", lambda match: chr(int(match[1])), written) == as_shown(label)

    def test_it_draws_no_more_edges_than_mermaid_does(self):
        names = [f"Library {number}" for number in range(20)]
        edges = [
            {"from": f"library:l{a}", "to": f"library:l{b}", "kind": kind, "use_cases": 1}
            for a in range(1, 20)
            for b in range(20)
            for kind in ("built_on", "replaced_by")
        ]
        text = to_mermaid(graph_of(*names, edges=edges))
        assert text.count("-->") == MOST_MERMAID_EDGES
        assert f"%% {len(edges) - MOST_MERMAID_EDGES} edges left out" in text

    def test_every_node_keeps_an_edge_to_a_nearer_one(self):
        edges = [
            {"from": "library:l1", "to": f"library:l{place % 3 + 2}", "kind": "uses", "use_cases": place}
            for place in range(MOST_MERMAID_EDGES)
        ]
        last = {"from": "library:l4", "to": "library:l0", "kind": "built_on", "use_cases": None}
        text = to_mermaid(graph_of(*"abcde", edges=[*edges, last]))
        assert '  n4 -->|"built on"| n0' in text.splitlines()

    def test_mermaid_itself_reads_it(self, tmp_path):
        node = shutil.which("node")
        if node is None or self.run(node, LOAD_MERMAID).returncode:
            pytest.skip("node or its package mermaid is not there")
        read = self.run(node, LOAD_MERMAID + PARSE, to_mermaid(graph_of("Flask", *HOSTILE)))
        assert read.returncode == 0, read.stderr

    def run(self, node, script, text=""):
        command = [node, "-e", f"{script}.catch(error => {{ console.error(error); process.exit(1) }})"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)  # noqa: S603  # our own words


class TestToGraphml:
    @pytest.mark.parametrize("label", HOSTILE)
    def test_a_hostile_label_stays_a_label(self, label):
        graph = nx.parse_graphml(to_graphml(graph_of("Flask", label)))
        assert [data["label"] for _id, data in graph.nodes(data=True)] == ["Flask", as_shown(label)]

    @settings(deadline=None)
    @given(labels)
    def test_any_label_comes_back(self, label):
        graph = nx.parse_graphml(to_graphml(graph_of("Flask", label)))
        assert graph.nodes["library:l1"]["label"] == as_shown(label)

    def test_nodes_and_edges_have_what_json_has(self):
        graph = nx.parse_graphml(to_graphml(graph_of("Flask", "Winston")))
        url = "https://atlas.example/api/v1/libraries/l1"
        assert graph.nodes["library:l1"] == {"kind": "library", "label": "Winston", "url": url, "distance": 1}
        assert list(graph.edges(data=True)) == [
            ("library:l0", "library:l1", {"id": "e0", "kind": "built_on", "use_cases": 3})
        ]

    def test_what_is_not_known_is_not_there(self):
        edges = [{"from": "library:l0", "to": "library:l1", "kind": "replaced_by", "use_cases": None}]
        graph = nx.parse_graphml(to_graphml(graph_of("Flask", "Winston", edges=edges)))
        assert graph.edges["library:l0", "library:l1"] == {"id": "e0", "kind": "replaced_by"}

    def test_it_says_that_something_is_missing(self):
        graph = nx.parse_graphml(to_graphml(graph_of("Flask", truncated=True, left_out=None)))
        assert graph.graph["truncated"] is True
        assert "left_out" not in graph.graph


def test_every_label_that_a_record_can_have_is_among_those_that_are_tried():
    assert Text(200).deserialize("a\u2028\ufffe") == "a\u2028\ufffe"
