"""Organizations over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Scope
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.facets import FacetsSchema, OrganizationFacetQuerySchema
from app.schemas.queries import OrganizationQuerySchema, OrganizationShapeSchema
from app.schemas.records import OrganizationSchema
from app.schemas.views import page_of
from app.services import batches, reading, writing
from app.services.organizations import ORGANIZATIONS

ns = Namespace(
    "organizations", path="/organizations", description="Who teams belong to, and who makes tools."
)


@ns.route("")
class OrganizationList(Resource):
    """All organizations."""

    @reads(
        "list_organizations", query=OrganizationQuerySchema, returns=page_of(OrganizationSchema), is_list=True
    )
    def get(self, call: Call) -> Any:
        """List organizations."""
        return reading.page(call.reader, ORGANIZATIONS, call.query, call.kept)

    @writes(
        "create_organization",
        Scope.WRITE,
        body=Body(OrganizationSchema),
        returns=OrganizationSchema,
        status=201,
        creates=ORGANIZATIONS,
    )
    def post(self, call: Call) -> Any:
        """Add an organization."""
        return writing.create(call.session, ORGANIZATIONS, call.body)


@ns.route("/<slug>")
class OrganizationItem(Resource):
    """One organization."""

    @reads("get_organization", query=OrganizationShapeSchema, returns=OrganizationSchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read an organization."""
        return reading.get(call.reader, ORGANIZATIONS, slug, call.query, call.kept)

    @writes(
        "put_organization",
        Scope.WRITE,
        body=Body(OrganizationSchema),
        returns=OrganizationSchema,
        is_put=True,
    )
    def put(self, call: Call, slug: str) -> Any:
        """Replace an organization, or add it."""
        return writing.put(call.session, ORGANIZATIONS, slug, call.body, call.condition)

    @writes(
        "patch_organization",
        Scope.WRITE,
        body=Body(OrganizationSchema, PATCH_TYPES, is_partial=True),
        returns=OrganizationSchema,
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of an organization; null sets one back to its default."""
        return writing.patch(call.session, ORGANIZATIONS, slug, call.body, call.condition)

    @writes("delete_organization", Scope.WRITE)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete an organization that nothing points at."""
        writing.delete(call.session, ORGANIZATIONS, slug, call.condition)


@ns.route("/facets")
class OrganizationFacets(Resource):
    """The values that organizations have."""

    @reads("count_organizations", query=OrganizationFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count organizations by the values of filters."""
        return facets.count(call, ORGANIZATIONS)


@ns.route("/batch")
class OrganizationBatch(Resource):
    """Several organizations."""

    @reads(
        "batch_organizations",
        query=OrganizationShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(OrganizationSchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 organizations at once, in the order that is asked."""
        return batches.read(call.reader, ORGANIZATIONS, call.body, call.query)


history.add_history(ns, ORGANIZATIONS)
