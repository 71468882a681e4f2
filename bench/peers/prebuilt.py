"""Peers that do nothing but send bytes that are ready: the cost of each stack alone.

`BODY` names the file with the bytes: a page of the atlas's own.
"""

import os
from pathlib import Path
from typing import Any

import flask_restx
from flask import Flask, Response

_BODY = Path(os.environ["BODY"]).read_bytes()
_LENGTH = str(len(_BODY))

flask_app = Flask("bare_flask")
restx_app = Flask("bare_restx")
_api = flask_restx.Api(restx_app, doc=False)


@flask_app.get("/use-cases")
def _page() -> Response:
    return Response(_BODY, content_type="application/json")


@_api.route("/use-cases")
class _Page(flask_restx.Resource):  # type: ignore[misc]  # flask-restx has no types
    """The page."""

    def get(self) -> Response:
        """Give the bytes."""
        return Response(_BODY, content_type="application/json")


def wsgi_app(_environ: Any, start_response: Any) -> list[bytes]:
    """Give the bytes over plain WSGI."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", _LENGTH)])
    return [_BODY]


async def asgi_app(scope: Any, _receive: Any, send: Any) -> None:
    """Give the bytes over plain ASGI."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", _LENGTH.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})
