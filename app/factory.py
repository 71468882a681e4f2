"""Putting the application together."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, logs
from app.api import site
from app.api.guard import Guard
from app.config import Settings
from app.db import Database

# What flask-restx 1.3 would do by itself, each a fault here: hints at other routes, a header that
# selects members (and crashes on `\xa0`), only those models that it can see.
_RESTX = {
    "RESTX_ERROR_404_HELP": False,
    "RESTX_MASK_HEADER": "",
    "RESTX_MASK_SWAGGER": False,
    "RESTX_INCLUDE_ALL_MODELS": True,
    "ERROR_INCLUDE_MESSAGE": False,
}
_MOST_FORM_BYTES = 65_536
_MOST_FORM_PARTS = 10


def build(settings: Settings) -> Flask:
    """Make the application; it owns every object that it needs, and there is nothing global."""
    logs.configure(settings.log_level)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        _RESTX,
        ATLAS_SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=_MOST_FORM_BYTES,
        MAX_FORM_PARTS=_MOST_FORM_PARTS,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["database"] = Database(settings)
    site.install(app)
    app.cli.add_command(cli.atlas)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]  # Flask's own way to wrap
    app.wsgi_app = Guard(app.wsgi_app, settings.allowed_hosts)  # type: ignore[method-assign]  # the same
    return app
