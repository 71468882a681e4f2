"""What is not a resource: the map of URLs, the documents, Swagger UI, problems explained, health."""

from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Response, current_app, send_from_directory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.api import responses
from app.api.contract import database
from app.config import PROJECT_FOLDER, SCHEMA_REVISION, VERSION
from app.errors import EXPLANATIONS, NotFound
from app.formats.writing import to_json
from app.services.standing import version_of
from app.services.verifying import heads_of

pages = Blueprint("pages", __name__)

_WEB = PROJECT_FOLDER / "app" / "web"
_SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
_SWAGGER_UI_FILES = frozenset(
    {"swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png"}
)
_WEB_FILES = frozenset({"init.js", "atlas.css"})
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@pages.get("/")
def show_map() -> Response:
    """Give the URLs worth knowing."""
    here = responses.origin()
    api = here + responses.API_PREFIX
    collections = ("organizations", "teams", "libraries", "purposes", "use-cases", "sources")
    return _json(
        {
            "name": "Tool Atlas",
            "about": "Who uses which tool, for what, and how do we know?",
            "version": VERSION,
            "documentation": f"{here}/docs",
            "openapi": f"{here}/openapi.json",
            "swagger": f"{api}/swagger.json",
            "collections": {name: f"{api}/{name}" for name in collections},
            "try": {
                "Who uses NumPy, and for what?": f"{api}/libraries/numpy/teams",
                "What does Insight Engineering use?": f"{api}/teams/insight-engineering/libraries",
                "What is used to analyse alerts?": f"{api}/use-cases?q=alert",
            },
            "health": {"alive": f"{here}/livez", "ready": f"{here}/readyz"},
        }
    )


@pages.get("/openapi.json")
def show_openapi() -> Response:
    """Give the OpenAPI 3.1 document."""
    return _json(current_app.extensions["documents"].openapi)


@pages.get(f"{responses.API_PREFIX}/swagger.json")
def show_swagger() -> Response:
    """Give the Swagger 2.0 document."""
    return _json(current_app.extensions["documents"].swagger)


@pages.get("/docs")
def show_docs() -> Response:
    """Show Swagger UI."""
    return _page(send_from_directory(_WEB, "swagger.html"))


@pages.get("/docs/<name>")
def show_docs_file(name: str) -> Response:
    """Give a file of the documentation page."""
    return _page(send_from_directory(_WEB, name)) if name in _WEB_FILES else _no_such_page()


@pages.get("/docs/assets/<name>")
def show_swagger_ui_file(name: str) -> Response:
    """Give a file of Swagger UI."""
    return _page(send_from_directory(_SWAGGER_UI, name)) if name in _SWAGGER_UI_FILES else _no_such_page()


@pages.get("/problems")
def list_problems() -> Response:
    """List every kind of problem."""
    return _json({"problems": [_explained(code) for code in EXPLANATIONS]})


@pages.get("/problems/<code>")
def explain_problem(code: str) -> Response:
    """Explain a kind of problem."""
    return _json(_explained(code)) if code in EXPLANATIONS else _no_such_page()


@pages.get("/livez")
def show_alive() -> Response:
    """Say that the process runs; looks at nothing else."""
    return _json({"status": "alive"})


@pages.get("/readyz")
def show_ready() -> Response:
    """Say whether requests can be served: database reachable, migrated, and which one it is."""
    state: dict[str, Any] = {"database": database().describe(), "schema": SCHEMA_REVISION}
    try:
        with database().reading() as connection:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            instance, version = version_of(connection)
            is_current = revision == SCHEMA_REVISION
            heads = heads_of(connection) if is_current else {}
            if not database().is_sqlite:
                state["database"]["version"] = connection.scalar(text("SHOW server_version"))
    except SQLAlchemyError:
        return _json({"status": "not ready", "reason": "The database cannot be read.", **state}, 503)
    if not is_current:
        reason = f"The database is at schema {revision}; run `flask atlas migrate`."
        return _json({"status": "not ready", "reason": reason, **state}, 503)
    return _json({"status": "ready", "atlas": instance, "version": version, **heads, **state})


def _explained(code: str) -> dict[str, Any]:
    status, title, explanation = EXPLANATIONS[code]
    url = f"{responses.origin()}/problems/{code}"
    return {"type": url, "code": code, "status": status, "title": title, "explanation": explanation}


def _no_such_page() -> Response:
    raise NotFound(f"There is no such page. {responses.origin()}/ is a map of those that there are.")


def _json(document: Any, status: int = 200) -> Response:
    return responses.answer(to_json(document), status)


def _page(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return response
