"""The whole API, put together: namespaces, documents, pages, errors, headers."""

from datetime import UTC, timedelta

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BaseConverter

from app.api import (
    changes,
    compare,
    conflicts,
    coverage,
    diff,
    export,
    graph,
    imports,
    libraries,
    limits,
    lookup,
    organizations,
    problems,
    purposes,
    search,
    sources,
    suggest,
    teams,
    tokens,
    use_cases,
    webhooks,
)
from app.api.browsers import let_in
from app.api.contract import database, serve
from app.api.denials import Denials
from app.api.describing import Documents
from app.api.gathering import Gathering
from app.api.guard import REQUEST_ID
from app.api.limits import Buckets
from app.api.pages import pages
from app.api.retries import Running
from app.api.waiting import Waiters
from app.services.standing import version_of
from app.services.writing import RESERVED_SLUGS

NAMESPACES = [
    module.ns
    for module in (
        organizations,
        teams,
        libraries,
        purposes,
        use_cases,
        sources,
        lookup,
        search,
        suggest,
        compare,
        coverage,
        conflicts,
        graph,
        imports,
        export,
        tokens,
        webhooks,
        changes,
        diff,
    )
]

_WARNED_BEFORE = timedelta(days=14)
_VERSIONED = ("/api/", "/openapi.json")


class _Word(BaseConverter):
    """A part of a path; not a word that stands for something else there, so that Allow tells them apart."""

    part_isolating = True
    regex = rf"(?!(?:{'|'.join(sorted(RESERVED_SLUGS))})(?:/|\Z))[^/]+"


def install(app: Flask) -> None:
    """Put the API into an application."""
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # its redirect would be a page of HTML
    app.url_map.converters["default"] = _Word
    app.before_request(_name_request)
    app.after_request(_put_headers)
    problems.register(app)
    app.extensions["running"] = Running()
    app.extensions["gathering"] = Gathering()
    app.extensions["denials"] = Denials()
    app.extensions["buckets"] = Buckets()
    # Half of the threads go on answering, whoever waits.
    app.extensions["waiters"] = Waiters(app.config["ATLAS_SETTINGS"].threads // 2)
    app.register_blueprint(pages)
    app.extensions["documents"] = Documents(serve(app, NAMESPACES), NAMESPACES)
    let_in(app)


def _name_request() -> None:
    g.request_id = request.environ[REQUEST_ID]


def _put_headers(response: Response) -> Response:
    """Say which version answered, and who may keep the answer."""
    if request.path.startswith(_VERSIONED):
        version = g.get("version")
        version = _look_up_version() if version is None else version
        if version is not None:
            response.headers["Atlas-Version"] = str(version)
        if "as_of" in g:
            response.headers["Atlas-As-Of"] = str(g.as_of)
        response.headers["Vary"] = "Accept, Authorization"
        is_private = "Authorization" in request.headers
        response.headers.setdefault("Cache-Control", "private, no-store" if is_private else "no-cache")
        _warn_of_end(response)
        limits.tell(response)
    return response


def _warn_of_end(response: Response) -> None:
    """Say when the token ends, in its last two weeks."""
    bearer = g.get("bearer")
    if bearer and bearer.expires_at - database().clock() <= _WARNED_BEFORE:
        ends = bearer.expires_at.astimezone(UTC).isoformat(timespec="seconds")
        response.headers["Atlas-Token-Expires"] = ends.replace("+00:00", "Z")


def _look_up_version() -> int | None:
    """Give the version for an answer that was made without a look at the database, such as most errors.

    Returns: None when the database cannot be read, which the answer then says itself.
    """
    try:
        with database().reading() as connection:
            return version_of(connection)[1]
    except SQLAlchemyError:
        return None
