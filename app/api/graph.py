"""The graph around a record, over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Rendered, Resource, reads
from app.api.responses import record_url
from app.schemas.graphs import GraphQuerySchema, GraphSchema
from app.services.graph import drawing
from app.services.graph.surroundings import graph

ns = Namespace("graph", path="/graph", description="What is around a record.")

_FORMATS = {
    "json": "application/json",
    "dot": "text/vnd.graphviz",
    "mermaid": "text/vnd.mermaid",
    "graphml": "application/graphml+xml",
}
_WRITERS = {"dot": drawing.to_dot, "mermaid": drawing.to_mermaid, "graphml": drawing.to_graphml}


@ns.route("")
class Graph(Resource):
    """Nodes and edges around a record."""

    @reads(
        "get_graph",
        query=GraphQuerySchema,
        returns=GraphSchema,
        is_list=True,
        formats=_FORMATS,
        may_miss=True,
    )
    def get(self, call: Call) -> Any:
        """Draw what is around a record, nearest first.

        Teams, libraries and purposes are tied by the use cases that are in use; an edge says how many.
        Ask for `kinds=use_case` among others, and the use cases themselves stand between them.
        `truncated` says whether `limit` cut the graph.
        """
        document = graph(call.reader, call.query, record_url)
        write = _WRITERS.get(call.format)
        return Rendered(write(document)) if write else document
