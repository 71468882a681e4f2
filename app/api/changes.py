"""The change feed over HTTP."""

from typing import Any

from flask import request

from app.api.contract import Call, Namespace, Rendered, Resource, reads
from app.api.responses import link_each, next_url, origin
from app.formats.atom import ATOM_TYPE, write_atom
from app.formats.media_types import JSON, MEDIA_TYPES, NDJSON
from app.schemas.history import FeedQuerySchema, FeedSchema
from app.services.feed import feed, has_news

ns = Namespace("changes", path="/changes", description="What changed, in its order.")

_ATOM = "atom"
_FORMATS = {JSON: MEDIA_TYPES[JSON], NDJSON: MEDIA_TYPES[NDJSON], _ATOM: ATOM_TYPE}


@ns.route("")
class ChangeList(Resource):
    """The change log."""

    @reads(
        "list_changes",
        query=FeedQuerySchema,
        returns=FeedSchema,
        is_list=True,
        formats=_FORMATS,
        waits_for=has_news,
    )
    def get(self, call: Call) -> Any:
        """List the changes behind one, in the order in which they were made.

        Begin with `since=0`, or with the version of an export, and follow `next`: nothing is missing, nothing
        comes twice. At the end `next` goes on with what is still to come, with `wait` as soon as it is there.
        """
        found = feed(call.reader, call.query)
        items = link_each(found["items"])
        if call.format == _ATOM:
            here = origin() + request.full_path.rstrip("?")
            return Rendered(write_atom(list(items), here, next_url(found["next"]) or here, call.clock()))
        return {**found, "items": list(items) if call.query["limit"] else items}
