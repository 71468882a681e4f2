"""Conflicts over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.schemas.conflicts import ConflictQuerySchema, ConflictSchema
from app.schemas.views import page_of
from app.services.relations.conflicts import page_of_conflicts

ns = Namespace("conflicts", path="/conflicts", description="Claims that contradict one another.")


@ns.route("")
class ConflictList(Resource):
    """All contradictions."""

    @reads("list_conflicts", query=ConflictQuerySchema, returns=page_of(ConflictSchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List claims that a team uses a library beside claims that it does not.

        Both are true at some time, by `since` and `until`, and neither is retired.
        """
        return page_of_conflicts(call.reader, call.query)
