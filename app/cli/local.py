"""Requests to the atlas of this host, within this process: the same application, without a server."""

import json
from dataclasses import replace

import click
from flask import Flask
from flask.cli import ScriptInfo
from werkzeug.test import Client as HttpClient

from app import create_app
from app.cli.clients import Answer, Request
from app.cli.trouble import Trouble, WrongInput
from app.config import SettingError, Settings

_PREFIX = "/api/v1"
_READY = 200
_APP = "toolatlas.app"


class Local:
    """Carries requests to the application itself."""

    name = "The atlas of this host"

    def __init__(self, app: Flask, token: str | None) -> None:
        """Make a carrier.

        Args:
            app: of the atlas.
            token: to send along, or None.

        Raises:
            Trouble: the database cannot be read, or has no atlas in it.
        """
        check_ready(app)
        self._origin = _origin_of(app)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = HttpClient(app)

    def send(self, request: Request) -> Answer:
        """Send a request; its answer comes from one state of the database."""
        response = self._http.open(
            _PREFIX + request.path,
            method=request.method,
            base_url=self._origin,
            data=request.body,
            headers={**self._headers, **request.headers},
            follow_redirects=True,
        )
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, names, response.iter_encoded(), response.close)


def local_app() -> Flask:
    """Give the application of this host: Flask's, under `flask atlas`, or one of our own.

    Whoever may read the database needs no token to read, whatever is asked of others.

    Raises:
        WrongInput: a setting is wrong.
    """
    context = click.get_current_context()
    info = context.find_object(ScriptInfo)
    if info is not None:
        return info.load_app()
    if _APP not in context.meta:
        context.meta[_APP] = _own_app()
    app: Flask = context.meta[_APP]
    return app


def check_ready(app: Flask) -> None:
    """Look whether the database can serve.

    Raises:
        Trouble: it cannot be read, or has no atlas in it.
    """
    answer = HttpClient(app).get("/readyz", base_url=_origin_of(app), buffered=True)
    if answer.status_code != _READY:
        reason = json.loads(answer.data)["reason"]
        raise Trouble(f"{reason} (DATABASE_URL names the database; --url asks an atlas elsewhere.)")


def _own_app() -> Flask:
    try:
        settings = Settings.from_env()
    except SettingError as error:
        raise WrongInput(f"A setting is wrong. {error}") from None
    return create_app(replace(settings, reads_require_token=False, allowed_hosts=(), log_level="ERROR"))


def _origin_of(app: Flask) -> str:
    hosts: tuple[str, ...] = app.config["ATLAS_SETTINGS"].allowed_hosts
    return f"http://{hosts[0] if hosts else 'localhost'}"
