"""Libraries over HTTP."""

from typing import Any

from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Library, Scope
from app.schemas.queries import (
    LibraryQuerySchema,
    LibraryShapeSchema,
    LibraryUseCaseQuerySchema,
    ListQuerySchema,
)
from app.schemas.records import LibrarySchema, UseCaseSchema
from app.schemas.views import LibraryTeamSchema, page_of
from app.services import reading, usage_views, writing
from app.services.libraries import LIBRARIES
from app.services.use_cases import USE_CASES

ns = Namespace("libraries", path="/libraries", description="Any tool that a team uses or makes.")


@ns.route("")
class LibraryList(Resource):
    """All libraries."""

    @reads("list_libraries", query=LibraryQuerySchema, returns=page_of(LibrarySchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List libraries."""
        return reading.page(call.reader, LIBRARIES, call.query)

    @writes("create_library", Scope.WRITE, body=Body(LibrarySchema), returns=LibrarySchema, status=201)
    def post(self, call: Call) -> Any:
        """Add a library."""
        return writing.create(call.session, LIBRARIES, call.body)


@ns.route("/<slug>")
class LibraryItem(Resource):
    """One library."""

    @reads("get_library", query=LibraryShapeSchema, returns=LibrarySchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a library."""
        return reading.get(call.reader, LIBRARIES, slug, call.query)

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
        return reading.page_within(call.reader, USE_CASES, call.query, Library, slug)


@ns.route("/<slug>/teams")
class LibraryTeams(Resource):
    """Who uses a library."""

    @reads("list_library_teams", query=ListQuerySchema, returns=page_of(LibraryTeamSchema), is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List who uses a library, each team once, with purposes, roles, contact and the newest evidence."""
        return usage_views.page_of_teams(call.reader, slug, call.query)
