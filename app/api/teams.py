"""Teams over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Scope, Team
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.facets import FacetsSchema, TeamFacetQuerySchema
from app.schemas.queries import (
    CascadeSchema,
    TeamQuerySchema,
    TeamShapeSchema,
    TeamUseCaseQuerySchema,
    UsageQuerySchema,
)
from app.schemas.records import TeamSchema, UseCaseSchema
from app.schemas.views import TeamLibrarySchema, page_of
from app.schemas.worklist import WorklistPageSchema, WorklistQuerySchema
from app.services import batches, reading, writing
from app.services.relations import usage_views
from app.services.relations.worklist import page_of_worklist
from app.services.teams import TEAMS
from app.services.use_cases import USE_CASES

ns = Namespace("teams", path="/teams", description="The people who use tools.")


@ns.route("")
class TeamList(Resource):
    """All teams."""

    @reads("list_teams", query=TeamQuerySchema, returns=page_of(TeamSchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List teams."""
        return reading.page(call.reader, TEAMS, call.query, call.kept)

    @writes("create_team", Scope.WRITE, body=Body(TeamSchema), returns=TeamSchema, status=201, creates=TEAMS)
    def post(self, call: Call) -> Any:
        """Add a team."""
        return writing.create(call.session, TEAMS, call.body)


@ns.route("/<slug>")
class TeamItem(Resource):
    """One team."""

    @reads("get_team", query=TeamShapeSchema, returns=TeamSchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a team."""
        return reading.get(call.reader, TEAMS, slug, call.query, call.kept)

    @writes("put_team", Scope.WRITE, body=Body(TeamSchema), returns=TeamSchema, is_put=True)
    def put(self, call: Call, slug: str) -> Any:
        """Replace a team, or add it."""
        return writing.put(call.session, TEAMS, slug, call.body, call.condition)

    @writes(
        "patch_team", Scope.WRITE, body=Body(TeamSchema, PATCH_TYPES, is_partial=True), returns=TeamSchema
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of a team; null sets one back to its default."""
        return writing.patch(call.session, TEAMS, slug, call.body, call.condition)

    @writes("delete_team", Scope.WRITE, query=CascadeSchema)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete a team that nothing points at; with cascade=true its use cases too."""
        writing.delete(call.session, TEAMS, slug, call.condition, cascade=call.query["cascade"])


@ns.route("/facets")
class TeamFacets(Resource):
    """The values that teams have."""

    @reads("count_teams", query=TeamFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count teams by the values of filters."""
        return facets.count(call, TEAMS)


@ns.route("/batch")
class TeamBatch(Resource):
    """Several teams."""

    @reads(
        "batch_teams",
        query=TeamShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(TeamSchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 teams at once, in the order that is asked."""
        return batches.read(call.reader, TEAMS, call.body, call.query)


@ns.route("/<slug>/use-cases")
class TeamUseCases(Resource):
    """The use cases of a team."""

    @reads("list_team_use_cases", query=TeamUseCaseQuerySchema, returns=page_of(UseCaseSchema), is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List the use cases of a team."""
        return reading.page_within(call.reader, USE_CASES, call.query, call.kept, Team, slug)


@ns.route("/<slug>/libraries")
class TeamLibraries(Resource):
    """What a team uses."""

    @reads("list_team_libraries", query=UsageQuerySchema, returns=page_of(TeamLibrarySchema), is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List what a team uses, each library once, with purposes, roles and the newest evidence."""
        return usage_views.page_of_libraries(call.reader, slug, call.query)


@ns.route("/<slug>/worklist")
class TeamWorklist(Resource):
    """What a team has to look at."""

    @reads("list_team_worklist", query=WorklistQuerySchema, returns=WorklistPageSchema, is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List the use cases of a team that want attention, with the reasons.

        Stale, disputed, with evidence that was never checked or is lost, without purpose, on deprecated or
        archived libraries; those longest unsaid come first. `counts` is of the whole worklist.
        """
        return page_of_worklist(call.reader, slug, call.query)


history.add_history(ns, TEAMS)
