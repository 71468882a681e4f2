"""Sources over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES, TEXT_TYPES
from app.formats.cleaning import decode_as_it_is
from app.models import Scope, Source
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.checking import CheckQuerySchema, CheckReportSchema, SourceTextSchema
from app.schemas.facets import FacetsSchema, SourceFacetQuerySchema
from app.schemas.queries import SourceQuerySchema, SourceShapeSchema, SourceUseCaseQuerySchema
from app.schemas.records import SourceSchema, UseCaseSchema
from app.schemas.views import page_of
from app.services import batches, reading, writing
from app.services.checking.undertaking import SourceCheck
from app.services.sources import SOURCES
from app.services.use_cases import USE_CASES

ns = Namespace("sources", path="/sources", description="The documents that say so.")


@ns.route("")
class SourceList(Resource):
    """All sources."""

    @reads("list_sources", query=SourceQuerySchema, returns=page_of(SourceSchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List sources."""
        return reading.page(call.reader, SOURCES, call.query, call.kept)

    @writes(
        "create_source",
        Scope.WRITE,
        body=Body(SourceSchema),
        returns=SourceSchema,
        status=201,
        creates=SOURCES,
    )
    def post(self, call: Call) -> Any:
        """Add a source."""
        return writing.create(call.session, SOURCES, call.body)


@ns.route("/<slug>")
class SourceItem(Resource):
    """One source."""

    @reads("get_source", query=SourceShapeSchema, returns=SourceSchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a source."""
        return reading.get(call.reader, SOURCES, slug, call.query, call.kept)

    @writes("put_source", Scope.WRITE, body=Body(SourceSchema), returns=SourceSchema, is_put=True)
    def put(self, call: Call, slug: str) -> Any:
        """Replace a source, or add it."""
        return writing.put(call.session, SOURCES, slug, call.body, call.condition)

    @writes(
        "patch_source",
        Scope.WRITE,
        body=Body(SourceSchema, PATCH_TYPES, is_partial=True),
        returns=SourceSchema,
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of a source; null sets one back to its default."""
        return writing.patch(call.session, SOURCES, slug, call.body, call.condition)

    @writes("delete_source", Scope.WRITE)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete a source that nothing points at."""
        writing.delete(call.session, SOURCES, slug, call.condition)


@ns.route("/facets")
class SourceFacets(Resource):
    """The values that sources have."""

    @reads("count_sources", query=SourceFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count sources by the values of filters."""
        return facets.count(call, SOURCES)


@ns.route("/batch")
class SourceBatch(Resource):
    """Several sources."""

    @reads(
        "batch_sources",
        query=SourceShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(SourceSchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 sources at once, in the order that is asked."""
        return batches.read(call.reader, SOURCES, call.body, call.query)


@ns.route("/<slug>/use-cases")
class SourceUseCases(Resource):
    """The use cases of a source."""

    @reads(
        "list_source_use_cases", query=SourceUseCaseQuerySchema, returns=page_of(UseCaseSchema), is_list=True
    )
    def get(self, call: Call, slug: str) -> Any:
        """List the use cases of a source."""
        return reading.page_within(call.reader, USE_CASES, call.query, call.kept, Source, slug)


@ns.route("/<slug>/check")
class SourceChecks(Resource):
    """The evidence of a source, checked against its text."""

    @writes(
        "check_source",
        Scope.WRITE,
        query=CheckQuerySchema,
        body=Body(SourceTextSchema, TEXT_TYPES, is_text=True),
        returns=CheckReportSchema,
        is_prepared=True,
    )
    def post(self, call: Call, slug: str) -> Any:
        """Check the evidence of a source against its text; the text is not kept.

        Each piece is `verified` (same place, same words), `moved` (its new place is offered, and written
        with `apply=true`), `altered` (something else stands there) or `gone`.
        """
        return SourceCheck(slug, decode_as_it_is(call.content), call.author, is_applied=call.query["apply"])


history.add_history(ns, SOURCES)
