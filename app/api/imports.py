"""Imports over HTTP."""

from typing import Any

from sqlalchemy import Connection

from app.api.contract import Answer, Body, Call, Namespace, Resource, writes
from app.api.requests import FILE_TYPES
from app.db import AtlasSession
from app.models import Scope
from app.schemas.imports import ImportFileSchema, ImportQuerySchema, ImportReportSchema
from app.services.importing.checking import check
from app.services.importing.files import read_items
from app.services.importing.undertaking import Import

ns = Namespace("import", path="/import", description="Many records at once.")

_SOME_REJECTED = 207


@ns.route("")
class ImportList(Resource):
    """All that comes in at once."""

    @writes(
        "import_records",
        Scope.IMPORT,
        query=ImportQuerySchema,
        body=Body(ImportFileSchema, FILE_TYPES, is_file=True),
        returns=ImportReportSchema,
        also=(_SOME_REJECTED,),
        is_prepared=True,
    )
    def post(self, call: Call) -> Any:
        """Create and replace many records by their slugs.

        Records may point at one another, in any order. What is so already is not written.
        """
        items = read_items(call.format, call.content, call.query["kind"])
        return _Work(call, check(items))


class _Work:
    """An import that answers 207 where some items are rejected."""

    def __init__(self, call: Call, checked: Any) -> None:
        """Begin."""
        query = call.query
        self._import = Import(checked, call.author, call.clock, query["mode"], is_dry_run=query["dry_run"])

    def prepare(self, connection: Connection) -> Answer | None:
        """Plan it; give the answer where nothing is to be written."""
        report = self._import.prepare(connection)
        return None if report is None else _answer(report)

    def write(self, session: AtlasSession) -> Answer:
        """Write it."""
        return _answer(self._import.write(session))


def _answer(report: dict[str, Any]) -> Answer:
    return Answer(report, _SOME_REJECTED if report["rejected"] else 200)
