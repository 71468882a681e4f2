"""Use cases over HTTP."""

from typing import Any

from app.api import facets, history
from app.api.contract import Body, Call, Namespace, Resource, reads, writes
from app.api.requests import PATCH_TYPES
from app.models import Scope
from app.schemas.batches import BatchSchema, batch_of
from app.schemas.facets import FacetsSchema, UseCaseFacetQuerySchema
from app.schemas.judging import ConfirmationSchema, DisputeSchema
from app.schemas.queries import StateQuerySchema, UseCaseQuerySchema, UseCaseShapeSchema, ViewQuerySchema
from app.schemas.records import EvidenceSchema, UseCaseSchema
from app.schemas.views import page_of
from app.services import batches, confirming, evidence, reading, writing
from app.services.use_cases import USE_CASES

ns = Namespace(
    "use-cases", path="/use-cases", description="Which team uses which libraries, for what, and who says so."
)


@ns.route("")
class UseCaseList(Resource):
    """All use cases."""

    @reads("list_use_cases", query=UseCaseQuerySchema, returns=page_of(UseCaseSchema), is_list=True)
    def get(self, call: Call) -> Any:
        """List use cases."""
        return reading.page(call.reader, USE_CASES, call.query, call.kept)

    @writes(
        "create_use_case",
        Scope.WRITE,
        body=Body(UseCaseSchema),
        returns=UseCaseSchema,
        status=201,
        creates=USE_CASES,
    )
    def post(self, call: Call) -> Any:
        """Add a use case."""
        return writing.create(call.session, USE_CASES, call.body)


@ns.route("/<slug>")
class UseCaseItem(Resource):
    """One use case."""

    @reads("get_use_case", query=UseCaseShapeSchema, returns=UseCaseSchema)
    def get(self, call: Call, slug: str) -> Any:
        """Read a use case."""
        return reading.get(call.reader, USE_CASES, slug, call.query, call.kept)

    @writes("put_use_case", Scope.WRITE, body=Body(UseCaseSchema), returns=UseCaseSchema, is_put=True)
    def put(self, call: Call, slug: str) -> Any:
        """Replace a use case, or add it."""
        return writing.put(call.session, USE_CASES, slug, call.body, call.condition)

    @writes(
        "patch_use_case",
        Scope.WRITE,
        body=Body(UseCaseSchema, PATCH_TYPES, is_partial=True),
        returns=UseCaseSchema,
    )
    def patch(self, call: Call, slug: str) -> Any:
        """Change members of a use case; null sets one back to its default."""
        return writing.patch(call.session, USE_CASES, slug, call.body, call.condition)

    @writes("delete_use_case", Scope.WRITE)
    def delete(self, call: Call, slug: str) -> Any:
        """Delete a use case that nothing points at."""
        writing.delete(call.session, USE_CASES, slug, call.condition)


@ns.route("/facets")
class UseCaseFacets(Resource):
    """The values that use cases have."""

    @reads("count_use_cases", query=UseCaseFacetQuerySchema, returns=FacetsSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Count use cases by the values of filters."""
        return facets.count(call, USE_CASES)


@ns.route("/batch")
class UseCaseBatch(Resource):
    """Several use cases."""

    @reads(
        "batch_use_cases",
        query=UseCaseShapeSchema,
        body=Body(BatchSchema),
        returns=batch_of(UseCaseSchema),
        is_list=True,
    )
    def post(self, call: Call) -> Any:
        """Read up to 200 use cases at once, in the order that is asked."""
        return batches.read(call.reader, USE_CASES, call.body, call.query)


@ns.route("/<slug>/evidence")
class EvidenceList(Resource):
    """The evidence of a use case."""

    @reads("list_evidence", query=ViewQuerySchema, returns=page_of(EvidenceSchema), is_list=True)
    def get(self, call: Call, slug: str) -> Any:
        """List the evidence of a use case."""
        return evidence.page_of_evidence(call.reader, slug, call.query)

    @writes("add_evidence", Scope.WRITE, body=Body(EvidenceSchema), returns=EvidenceSchema, status=201)
    def post(self, call: Call, slug: str) -> Any:
        """Add evidence to a use case."""
        return evidence.add(call.session, slug, writing.load(EvidenceSchema, call.body), call.condition)


@ns.route("/<slug>/evidence/<int:id>")
class EvidenceItem(Resource):
    """One piece of evidence."""

    @reads("get_evidence", query=StateQuerySchema, returns=EvidenceSchema)
    def get(self, call: Call, slug: str, id: int) -> Any:  # noqa: A002  # named so in the URL
        """Read a piece of evidence."""
        return evidence.get_evidence(call.reader, slug, id)

    @writes("delete_evidence", Scope.WRITE)
    def delete(self, call: Call, slug: str, id: int) -> Any:  # noqa: A002  # named so in the URL
        """Remove evidence from a use case; the last one stays."""
        evidence.remove(call.session, slug, id, call.condition)


@ns.route("/<slug>/confirm")
class UseCaseConfirmation(Resource):
    """That a use case is still true."""

    @writes("confirm_use_case", Scope.WRITE, body=Body(ConfirmationSchema), returns=UseCaseSchema)
    def post(self, call: Call, slug: str) -> Any:
        """Say that a use case is still true; a dispute ends so."""
        values = writing.load(ConfirmationSchema, call.body)
        return confirming.confirm(call.session, slug, values, call.condition)


@ns.route("/<slug>/dispute")
class UseCaseDispute(Resource):
    """That a use case is not true."""

    @writes("dispute_use_case", Scope.WRITE, body=Body(DisputeSchema), returns=UseCaseSchema)
    def post(self, call: Call, slug: str) -> Any:
        """Say that a use case is not true, and why."""
        values = writing.load(DisputeSchema, call.body)
        return confirming.dispute(call.session, slug, values, call.condition)


history.add_history(ns, USE_CASES)
