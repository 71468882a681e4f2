"""Search over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.api.responses import linked
from app.schemas.search import SearchAnswerSchema, SearchQuerySchema
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
