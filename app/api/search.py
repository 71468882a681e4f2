"""Search over HTTP."""

from typing import Any

from app.api import facets
from app.api.contract import Call, Namespace, Resource, reads
from app.api.responses import linked
from app.schemas.facets import FacetsSchema, SearchFacetQuerySchema
from app.schemas.search import SearchAnswerSchema, SearchQuerySchema
from app.services.search.counting import count_hits
from app.services.search.searching import page_of_hits

ns = Namespace("search", path="/search", description="All kinds of records by any words.")


@ns.route("")
class Search(Resource):
    """All kinds of records, ranked."""

    @reads("search", query=SearchQuerySchema, returns=SearchAnswerSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Search records of all kinds, best first, whatever the spelling."""
        page = page_of_hits(call.reader, call.query)
        return {**page, "items": linked(page["items"])}


@ns.route("/facets")
class SearchFacets(Resource):
    """The hits, counted."""

    @reads("count_hits", query=SearchFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count the hits of a search by kind, up to 1,000 of each."""
        return facets.with_urls(count_hits(call.reader, call.query))
