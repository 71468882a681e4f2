"""Graphs of 300 made-up use cases, compared with what plain Python makes of the same records."""

import pytest

from app.errors import NotFound
from app.schemas.graphs import GraphQuerySchema
from app.services.graph import ties
from app.services.graph.surroundings import graph
from tests.graph_by_hand import distances, edges_among, records_of

ALL = ["organization", "team", "library", "purpose", "use_case", "source"]
DEFAULT = ["organization", "team", "library", "purpose"]
# What stands in the middle, among which kinds, how deep.
PLACES = [
    ("library", DEFAULT, 2),
    ("library", ["library"], 5),
    ("library", ["library", "use_case"], 2),
    ("library", ["team"], 1),
    ("team", DEFAULT, 1),
    ("team", [*DEFAULT, "source"], 2),
    ("organization", DEFAULT, 3),
    ("purpose", ["team", "library"], 2),
    ("source", DEFAULT, 1),
    ("source", ALL, 2),
    ("use_case", DEFAULT, 1),
    ("use_case", ALL, 2),
]


@pytest.fixture
def atlas(generated):
    """The database of the made-up atlas."""
    return generated.app.extensions["database"]


@pytest.fixture
def records(atlas):
    return records_of(atlas)


def draw(database, around, **query):
    query = {"around": around, **{name: str(value) for name, value in query.items()}}
    with database.reading() as connection:
        return graph(connection, GraphQuerySchema().load(query), lambda kind, slug: f"/{kind}/{slug}")


def middles(records, kind, count=4):
    """Give a few records of a kind, spread over all of them."""
    ids = [id_ for id_ in records if id_.startswith(f"{kind}:")]
    return ids[:: max(1, len(ids) // count)]


class TestGraph:
    @pytest.mark.parametrize(("kind", "kinds", "depth"), PLACES)
    def test_it_is_what_the_records_say(self, atlas, records, kind, kinds, depth):
        for root in middles(records, kind):
            drawn = draw(atlas, root, kinds=",".join(kinds), depth=depth, limit=500)
            edges = edges_among(records, set(kinds), root)
            nodes = distances(edges, set(kinds), root, depth)
            expected = {edge: n for edge, n in edges.items() if edge[0] in nodes and edge[2] in nodes}
            assert (drawn["truncated"], drawn["left_out"]) == (False, 0)
            assert {node["id"]: node["distance"] for node in drawn["nodes"]} == nodes
            assert {(e["from"], e["kind"], e["to"]): e["use_cases"] for e in drawn["edges"]} == expected

    def test_a_limit_leaves_out_the_last_ones(self, atlas, records):
        (root, *_rest) = middles(records, "library")
        whole = draw(atlas, root, depth=1, limit=500)
        part = draw(atlas, root, depth=1, limit=4)
        assert part["nodes"] == whole["nodes"][:4]
        assert (part["truncated"], part["left_out"]) == (True, len(whole["nodes"]) - 4)

    def test_what_is_behind_a_limit_is_not_counted(self, atlas, records):
        part = draw(atlas, middles(records, "library")[0], depth=5, limit=4)
        assert (part["truncated"], part["left_out"]) == (True, None)

    def test_a_limit_that_is_just_enough_leaves_nothing_out(self, atlas, records):
        (root, *_rest) = middles(records, "library")
        whole = draw(atlas, root, depth=1, limit=500)
        part = draw(atlas, root, depth=1, limit=len(whole["nodes"]))
        assert (part["truncated"], part["left_out"]) == (False, 0)

    def test_a_limit_that_is_full_says_that_there_is_more(self, atlas, records):
        (root, *_rest) = middles(records, "library")
        near = draw(atlas, root, depth=1, limit=500)
        part = draw(atlas, root, depth=2, limit=len(near["nodes"]))
        assert part["nodes"] == near["nodes"]
        assert part["truncated"] is True

    def test_edges_tie_what_is_shown(self, atlas, records):
        part = draw(atlas, middles(records, "team")[0], depth=3, limit=30)
        shown = {node["id"] for node in part["nodes"]}
        assert part["edges"]
        assert {end for edge in part["edges"] for end in (edge["from"], edge["to"])} <= shown

    def test_the_heaviest_come_first_then_by_name(self, atlas, records):
        root = middles(records, "team")[0]
        drawn = draw(atlas, root, depth=1, kinds="purpose")
        counts = edges_among(records, {"team", "purpose"}, root)
        keys = [
            (-counts[root, "serves", node["id"]], node["label"].casefold(), node["slug"])
            for node in drawn["nodes"][1:]
        ]
        assert keys == sorted(keys)

    def test_a_hub_is_read_in_part_and_says_so(self, atlas, records, monkeypatch):
        monkeypatch.setattr(ties, "MOST_USE_CASES", 10)
        (root, *_rest) = middles(records, "team")
        part = draw(atlas, root, depth=1, kinds="use_case", limit=500)
        assert len(part["nodes"]) <= 11
        assert (part["truncated"], part["left_out"]) == (True, None)

    def test_a_hub_gives_its_newest_use_cases(self, atlas, records, monkeypatch):
        (root, *_rest) = middles(records, "team")
        own = [id_ for id_, record in records.items() if f"team:{record.get('team')}" == root]
        monkeypatch.setattr(ties, "MOST_USE_CASES", 10)
        part = draw(atlas, root, depth=1, kinds="use_case", limit=500)
        assert {node["id"] for node in part["nodes"][1:]} <= set(own[-10:])

    def test_too_many_ties_are_read_in_part(self, atlas, records, monkeypatch):
        monkeypatch.setattr(ties, "MOST_TIES", 5)
        part = draw(atlas, middles(records, "team")[0], depth=1)
        assert (part["truncated"], part["left_out"]) == (True, None)

    def test_too_many_edges_are_cut(self, atlas, records, monkeypatch):
        monkeypatch.setattr("app.services.graph.surroundings.MOST_EDGES", 3)
        part = draw(atlas, middles(records, "team")[0], depth=1)
        assert len(part["edges"]) == 3
        assert (part["truncated"], part["left_out"]) == (True, 0)

    def test_a_record_that_is_not_there_is_not_found(self, atlas):
        with pytest.raises(NotFound):
            draw(atlas, "team:nowhere")
