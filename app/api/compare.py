"""Comparing over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.schemas.comparison import CompareQuerySchema, ComparisonSchema
from app.services.relations.comparing import compare

ns = Namespace("compare", path="/compare", description="Teams or libraries side by side.")


@ns.route("")
class Comparison(Resource):
    """Teams or libraries side by side."""

    @reads("compare", query=CompareQuerySchema, returns=ComparisonSchema, is_list=True, may_miss=True)
    def get(self, call: Call) -> Any:
        """Compare 2 to 5 teams by libraries and purposes, or 2 to 5 libraries by teams and purposes."""
        return compare(call.reader, call.query)
