"""Purposes over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Purpose, Scope
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.facets import FacetsSchema, PurposeFacetQuerySchema
from app.schemas.queries import (
    PurposeQuerySchema,
    PurposeShapeSchema,
    PurposeUseCaseQuerySchema,
    UsageQuerySchema,
)
from app.schemas.records import PurposeSchema, UseCaseSchema
from app.schemas.views import PurposeLibrarySchema, page_of
from app.services import batches, reading, writing
from app.services.purposes import PURPOSES
from app.services.relations import usage_views
from app.services.use_cases import USE_CASES

ns = Namespace("purposes", path="/purposes", description="Jobs to be done.")


@ns.route("")
class PurposeList(Resource):
    """All purposes."""

    @reads("list_purposes", query=PurposeQuerySchema, returns=page_of(PurposeSchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List purposes."""
        return reading.page(call.reader, PURPOSES, call.query, call.kept)

    @writes(
        "create_purpose",
        Scope.WRITE,
        body=Body(PurposeSchema),
        returns=PurposeSchema,
        status=201,
        creates=PURPOSES,
    )
    def post(self, call: Call) -> Any:
        """Add a purpose."""
        return writing.create(call.session, PURPOSES, call.body)


@ns.route("/<slug>")
class PurposeItem(Resource):
    """One purpose."""

    @reads("get_purpose", query=PurposeShapeSchema, returns=PurposeSchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a purpose."""
        return reading.get(call.reader, PURPOSES, slug, call.query, call.kept)

    @writes("put_purpose", Scope.WRITE, body=Body(PurposeSchema), returns=PurposeSchema, is_put=True)
    def put(self, call: Call, slug: str) -> Any:
        """Replace a purpose, or add it."""
        return writing.put(call.session, PURPOSES, slug, call.body, call.condition)

    @writes(
        "patch_purpose",
        Scope.WRITE,
        body=Body(PurposeSchema, PATCH_TYPES, is_partial=True),
        returns=PurposeSchema,
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of a purpose; null sets one back to its default."""
        return writing.patch(call.session, PURPOSES, slug, call.body, call.condition)

    @writes("delete_purpose", Scope.WRITE)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete a purpose that nothing points at."""
        writing.delete(call.session, PURPOSES, slug, call.condition)


@ns.route("/facets")
class PurposeFacets(Resource):
    """The values that purposes have."""

    @reads("count_purposes", query=PurposeFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count purposes by the values of filters."""
        return facets.count(call, PURPOSES)


@ns.route("/batch")
class PurposeBatch(Resource):
    """Several purposes."""

    @reads(
        "batch_purposes",
        query=PurposeShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(PurposeSchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 purposes at once, in the order that is asked."""
        return batches.read(call.reader, PURPOSES, call.body, call.query)


@ns.route("/<slug>/use-cases")
class PurposeUseCases(Resource):
    """The use cases of a purpose."""

    @reads(
        "list_purpose_use_cases",
        query=PurposeUseCaseQuerySchema,
        returns=page_of(UseCaseSchema),
        is_list=True,
    )
    def get(self, call: Call, slug: str) -> Any:
        """List the use cases of a purpose."""
        return reading.page_within(call.reader, USE_CASES, call.query, call.kept, Purpose, slug)


@ns.route("/<slug>/libraries")
class PurposeLibraries(Resource):
    """What is used for a purpose."""

    @reads(
        "list_purpose_libraries", query=UsageQuerySchema, returns=page_of(PurposeLibrarySchema), is_list=True
    )
    def get(self, call: Call, slug: str) -> Any:
        """List what is used for a purpose, each library once, those of most teams first."""
        return usage_views.page_for_purpose(call.reader, slug, call.query)


history.add_history(ns, PURPOSES)
