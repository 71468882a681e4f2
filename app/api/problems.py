"""The one place where an exception becomes an answer."""

import logging
from typing import Any

import sqlalchemy.exc
from flask import Flask, Response, current_app, g, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.api.responses import origin, problem
from app.errors import (
    AtlasError,
    Conflict,
    Forbidden,
    Invalid,
    Renamed,
    Unauthorized,
    from_database,
    from_http,
)

_log = logging.getLogger("atlas")


def register(app: Flask) -> None:
    """Put a handler in place for everything that can be raised."""
    app.register_error_handler(AtlasError, problem)
    app.register_error_handler(Unauthorized, _refuse)
    app.register_error_handler(Forbidden, _refuse)
    app.register_error_handler(Renamed, _redirect)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _other)


def _refuse(error: AtlasError) -> Response:
    """Note for the audit log who was refused what."""
    current_app.extensions["denials"].note(error)
    return problem(error)


def _redirect(error: Renamed) -> Response:
    """Lead from an old slug to the new one, whatever stands behind it in the URL."""
    path: dict[str, Any] = dict(request.view_args or {})
    path.update([(name, error.new) for name, value in path.items() if value == error.old])
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    location = origin() + url_for(str(request.endpoint), **path) + query
    error.headers = {**error.headers, "Location": location}
    return problem(error)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if not isinstance(error, MethodNotAllowed):
        return problem(from_http(status))
    allowed = ", ".join(sorted(error.valid_methods or ()))
    translated = from_http(status, f"This URL takes {allowed}.")
    translated.headers = {"Allow": allowed}
    return problem(translated)


def told(error: Exception, request_id: str) -> AtlasError:
    """Give any exception as one that a client can be told of; what is not the client's fault is logged."""
    if isinstance(error, AtlasError):
        return error
    translated = _from_database(error) if isinstance(error, sqlalchemy.exc.SQLAlchemyError) else None
    event = {"error": type(error).__name__, "request_id": request_id}
    if translated is None:
        _log.error("unexpected", exc_info=error, extra={"event": event})
        return from_http(500)
    _log.warning("database", extra={"event": {"code": translated.code, **event}})
    return translated


def _from_database(error: sqlalchemy.exc.SQLAlchemyError) -> AtlasError | None:
    translated = from_database(error)
    if translated is None and isinstance(error, sqlalchemy.exc.IntegrityError):
        translated = Conflict("Something else of the atlas is in the way: a name or a reference.")
    if translated is None and isinstance(error, sqlalchemy.exc.DataError):
        translated = Invalid("A value of the request does not fit into the database.")
    return translated


def _other(error: Exception) -> Response:
    return problem(told(error, g.request_id))
