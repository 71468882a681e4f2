"""What differs between two states of the atlas, over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.api.responses import history_url
from app.schemas.history import DiffPageSchema, DiffQuerySchema
from app.services.diffing import diff

ns = Namespace("diff", path="/diff", description="What differs between two states of the atlas.")


@ns.route("")
class Diff(Resource):
    """The records that differ."""

    @reads("diff", query=DiffQuerySchema, returns=DiffPageSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """List the records that differ between two states, each member by member.

        They were added, removed or changed; one that came and went in between is not told. Sorted by their
        last changes.
        """
        found = diff(call.reader, call.query, call.clock())
        items = ({**item, "url": history_url(item["kind"], item["slug"])} for item in found["items"])
        return {**found, "items": list(items) if call.query["limit"] else items}
