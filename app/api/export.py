"""The whole atlas as one file, over HTTP."""

import base64
from collections.abc import Iterator
from typing import Any, BinaryIO

from flask import Response, request

from app.api.contract import Call, Namespace, Resource, reads
from app.formats.writing import PIECE_BYTES
from app.schemas.exports import ExportQuerySchema, ExportSchema
from app.services.exporting.formats import FORMATS

ns = Namespace("export", path="/export", description="The whole atlas as one file.")

_MEDIA_TYPES = {name: format_.media_type for name, format_ in FORMATS.items()}


@ns.route("")
class Export(Resource):
    """Every record, from one state of the atlas."""

    @reads("export_atlas", query=ExportQuerySchema, returns=ExportSchema, is_list=True, formats=_MEDIA_TYPES)
    def get(self, call: Call) -> Any:
        """Export every record as PUT takes it, sorted by slug, each kind behind those that it points at.

        The file is made before the first byte is sent, so that it is whole, has a length, and a digest
        in `Repr-Digest`; a large atlas takes a while. What the server alone sets is not in it.
        """
        response = Response(iter(()), content_type=_MEDIA_TYPES[call.format])
        name = f"tool-atlas-{call.seq}.{FORMATS[call.format].ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response if request.method == "HEAD" else _filled(response, call)


def _filled(response: Response, call: Call) -> Response:
    """Put the file into the answer."""
    from app.services.exporting.spooling import spool  # noqa: PLC0415  # writers that few requests need

    spooled = spool(call.reader, call.format)
    response.response = _pieces(spooled.file)
    response.call_on_close(spooled.file.close)
    response.content_length = spooled.size
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(spooled.sha256).decode()}:"
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece
