"""Coverage over HTTP."""

from typing import Any

from app.api.contract import Call, Namespace, Resource, reads
from app.schemas.coverage import CoverageQuerySchema, CoverageSchema
from app.services.relations.coverage import page_of_coverage

ns = Namespace("coverage", path="/coverage", description="What is known, and what is not.")


@ns.route("")
class Coverage(Resource):
    """Teams by libraries."""

    @reads("get_coverage", query=CoverageQuerySchema, returns=CoverageSchema, is_list=True)
    def get(self, call: Call) -> Any:
        """Say for teams and libraries: used, stated not to be used, disputed, or not known.

        Where there is no evidence, nothing is known: that is no statement that a team does not use a
        library. Each team comes with the sources that looked at it.
        """
        return page_of_coverage(call.reader, call.query)
