"""Completions over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.api.responses import linked
from app.schemas.search import SuggestAnswerSchema, SuggestQuerySchema
from app.services.search.suggesting import suggest

ns = Namespace("suggest", path="/suggest", description="Names while they are typed.")


@ns.route("")
class Suggest(Resource):
    """Completions while typing."""

    @reads("suggest", query=SuggestQuerySchema, returns=SuggestAnswerSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Complete a name or alias while it is typed, the most used first."""
        query = call.query
        return {"items": linked(suggest(call.reader, query["q"], query["kind"], query["limit"]))}
