"""Libraries over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Library, Scope
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.facets import FacetsSchema, LibraryFacetQuerySchema
from app.schemas.impact import ImpactQuerySchema, ImpactSchema
from app.schemas.queries import (
    LibraryQuerySchema,
    LibraryShapeSchema,
    LibraryUseCaseQuerySchema,
    UsageQuerySchema,
)
from app.schemas.records import LibrarySchema, UseCaseSchema
from app.schemas.views import LibraryTeamSchema, RelatedLibrarySchema, page_of
from app.services import batches, reading, writing
from app.services.libraries import LIBRARIES
from app.services.relations import related, usage_views
from app.services.relations.impact import impact_of
from app.services.use_cases import USE_CASES

ns = Namespace("libraries", path="/libraries", description="Any tool that a team uses or makes.")


@ns.route("")
class LibraryList(Resource):
    """All libraries."""

    @reads("list_libraries", query=LibraryQuerySchema, returns=page_of(LibrarySchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List libraries."""
        return reading.page(call.reader, LIBRARIES, call.query, call.kept)

    @writes(
        "create_library",
        Scope.WRITE,
        body=Body(LibrarySchema),
        returns=LibrarySchema,
        status=201,
        creates=LIBRARIES,
    )
    def post(self, call: Call) -> Any:
        """Add a library."""
        return writing.create(call.session, LIBRARIES, call.body)


@ns.route("/<slug>")
class LibraryItem(Resource):
    """One library."""

    @reads("get_library", query=LibraryShapeSchema, returns=LibrarySchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a library."""
        return reading.get(call.reader, LIBRARIES, slug, call.query, call.kept)

    @writes("put_library", Scope.WRITE, body=Body(LibrarySchema), returns=LibrarySchema, is_put=True)
    def put(self, call: Call, slug: str) -> Any:
        """Replace a library, or add it."""
        return writing.put(call.session, LIBRARIES, slug, call.body, call.condition)

    @writes(
        "patch_library",
        Scope.WRITE,
        body=Body(LibrarySchema, PATCH_TYPES, is_partial=True),
        returns=LibrarySchema,
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of a library; null sets one back to its default."""
        return writing.patch(call.session, LIBRARIES, slug, call.body, call.condition)

    @writes("delete_library", Scope.WRITE)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete a library that nothing points at."""
        writing.delete(call.session, LIBRARIES, slug, call.condition)


@ns.route("/facets")
class LibraryFacets(Resource):
    """The values that libraries have."""

    @reads("count_libraries", query=LibraryFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count libraries by the values of filters."""
        return facets.count(call, LIBRARIES)


@ns.route("/batch")
class LibraryBatch(Resource):
    """Several libraries."""

    @reads(
        "batch_libraries",
        query=LibraryShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(LibrarySchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 libraries at once, in the order that is asked."""
        return batches.read(call.reader, LIBRARIES, call.body, call.query)


@ns.route("/<slug>/use-cases")
class LibraryUseCases(Resource):
    """The use cases of a library."""

    @reads(
        "list_library_use_cases",
        query=LibraryUseCaseQuerySchema,
        returns=page_of(UseCaseSchema),
        is_list=True,
    )
    def get(self, call: Call, slug: str) -> Any:
        """List the use cases of a library."""
        return reading.page_within(call.reader, USE_CASES, call.query, call.kept, Library, slug)


@ns.route("/<slug>/teams")
class LibraryTeams(Resource):
    """Who uses a library."""

    @reads("list_library_teams", query=UsageQuerySchema, returns=page_of(LibraryTeamSchema), is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List who uses a library, each team once, with purposes, roles, contact and the newest evidence."""
        return usage_views.page_of_teams(call.reader, slug, call.query)


@ns.route("/<slug>/related")
class LibraryRelated(Resource):
    """What is used together with a library."""

    @reads(
        "list_related_libraries", query=UsageQuerySchema, returns=page_of(RelatedLibrarySchema), is_list=True
    )
    def get(self, call: Call, slug: str) -> Any:
        """List what the teams that use a library use too, the closest first by Jaccard index."""
        return related.page_of_related(call.reader, slug, call.query)


@ns.route("/<slug>/impact")
class LibraryImpact(Resource):
    """Who is hit if a library goes."""

    @reads("get_library_impact", query=ImpactQuerySchema, returns=ImpactSchema, is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """Say who is hit if a library goes, for which purposes, what else there is, and whom to ask.

        In one use case the libraries that the team builds stand on those that it uses or extends; this
        is followed to any depth.
        """
        return impact_of(call.reader, slug, call.query["depth"], call.query["used_on"])


history.add_history(ns, LIBRARIES)
