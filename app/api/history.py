"""The history of records over HTTP: two routes for each collection."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.api.responses import history_url
from app.schemas.exports import flat
from app.schemas.history import HistoryQuerySchema, RevisionSchema
from app.schemas.views import page_of
from app.services import history
from app.services.collections import Collection
from app.services.dumping import Document


def add_history(ns: Namespace, collection: Collection) -> None:
    """Add the history of a collection's records to its URLs."""

    @ns.route("/<slug>/history")
    class History(Resource):
        """The changes of one record."""

        @reads(
            f"list_{collection.kind}_history",
            query=HistoryQuerySchema,
            returns=page_of(RevisionSchema),
            is_list=True,
        )
        def get(self, call: Call, slug: str) -> Any:
            """List the changes of a record, newest first, each member by member.

            They go through all of its slugs, and answer also when it is gone. Where another record had the
            slug before, its changes are here too.
            """
            page = history.history(call.reader, collection, slug, call.query)
            return {**page, "items": _linked(collection, slug, page["items"])}

    @ns.route("/<slug>/history/<seq>")
    class Revision(Resource):
        """What one record was."""

        @reads(f"get_{collection.kind}_revision", returns=flat(collection.schema, is_whole=True))
        def get(self, call: Call, slug: str, seq: str) -> Any:
            """Read what a record was behind a change of it, as PUT takes it back.

            References are bare slugs. What the server alone sets is there too; PUT passes over it.
            """
            return history.state_of(call.reader, collection, slug, seq)


def _linked(collection: Collection, slug: str, items: Any) -> Any:
    """Put into each change the URL of what the record was behind it; lists stay lists."""
    base = history_url(collection.kind, slug)
    linked = (_with_url(item, f"{base}/{item['seq']}") for item in items)
    return list(linked) if isinstance(items, list) else linked


def _with_url(item: Document, url: str) -> Document:
    return {**item, "url": url}
