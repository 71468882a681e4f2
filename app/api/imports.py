"""Imports over HTTP."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.api.contract import Answer, Body, Call, Namespace, Resource, writes
from app.api.requests import FILE_TYPES
from app.db import AtlasSession
from app.models import Scope
from app.schemas.imports import OWN_FORMATS, ImportFileSchema, ImportQuerySchema, ImportReportSchema
from app.services.importing.checking import check
from app.services.importing.files import read_items
from app.services.importing.undertaking import Import

if TYPE_CHECKING:
    from app.services.claiming.undertaking import FileImport

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

        With `format=` it also takes manifests, SBOMs and catalogs of others: each dependency becomes
        a library, and evidence of the use case in which the team uses it.
        """
        query = call.query
        if call.format not in OWN_FORMATS:
            return _of_others(call)
        checked = check(read_items(call.format, call.content, query["kind"]))
        return _Work(Import(checked, call.author, call.clock, query["mode"], is_dry_run=query["dry_run"]))


def _of_others(call: Call) -> "_Work":
    from app.services.claiming.undertaking import FileImport  # noqa: PLC0415  # parsers that few requests need

    return _Work(FileImport((call.format, call.content), call.query, call.author, call.clock))


class _Work:
    """An import that answers 207 where some items are rejected."""

    def __init__(self, undertaking: "Import | FileImport") -> None:
        """Begin."""
        self._import = undertaking

    def prepare(self, connection: Connection) -> Answer | None:
        """Plan it; give the answer where nothing is to be written."""
        report = self._import.prepare(connection)
        return None if report is None else _answer(report)

    def write(self, session: AtlasSession) -> Answer:
        """Write it."""
        return _answer(self._import.write(session))


def _answer(report: dict[str, Any]) -> Answer:
    return Answer(report, _SOME_REJECTED if report["rejected"] else 200)
