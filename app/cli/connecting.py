"""Which atlas a command asks: `--url` and `--token`, the environment, else the atlas of this host.

The options may stand before the command or behind it; what is nearest to the
end counts.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from app.cli.clients import Client
from app.cli.remote import Remote
from app.cli.trouble import WrongInput

URL, TOKEN = "TOOLATLAS_URL", "TOOLATLAS_TOKEN"
DEFAULT_SECONDS = 30.0

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any] | click.Command)


def connection_options(command: _Decorated) -> _Decorated:
    """Give a command the options that say which atlas it asks."""
    for option in reversed(_options(is_hidden=False)):
        command = option(command)
    return command


def host_options(command: _Decorated) -> _Decorated:
    """Give a command the same options, that it may refuse them; help leaves them out."""
    for option in reversed(_options(is_hidden=True)):
        command = option(command)
    return command


def connect(seconds: float | None = None) -> Client:
    """Make a client of the atlas that is asked.

    Args:
        seconds: longest wait, where nobody said another one.

    Raises:
        Trouble: it is this host's, and cannot be read.
        WrongInput: its address, the token or a setting is wrong.
    """
    url, token = remote_url(), _given("token", TOKEN)
    if url:
        return connect_to(url, token, seconds)
    # Flask, SQLAlchemy and all the rest take a second to import, and asking a server needs none of them.
    from app.cli.local import Local, local_app  # noqa: PLC0415  # see above

    return Client(Local(local_app(), token))


def connect_to(url: str, token: str | None, seconds: float | None = None) -> Client:
    """Make a client of the atlas at a URL; raises what `connect` does."""
    return Client(Remote(url, token, patience(seconds or DEFAULT_SECONDS)))


def patience(seconds: float) -> float:
    """Give the longest wait for a server that somebody asked for, else this one."""
    return _meta("timeout") or seconds


def remote_url() -> str | None:
    """Give the URL of the atlas that is asked; None: it is this host's."""
    return _given("url", URL)


def is_asked_elsewhere() -> bool:
    """Say whether a server is asked, or this host's atlas as one would be: with a token."""
    return bool(remote_url() or _given("token", TOKEN))


def stay_on_host() -> None:
    """Refuse to do on this host what was likely meant for another one.

    Raises:
        WrongInput: a URL is given.
    """
    if remote_url():
        raise WrongInput(f"This is done on the atlas's own host. There, leave out --url (or unset {URL}).")


def _given(name: str, variable: str) -> str | None:
    return _meta(name) or os.environ.get(variable, "").strip() or None


def _meta(name: str) -> Any:
    return click.get_current_context().meta.get(f"toolatlas.{name}")


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        context.meta[f"toolatlas.{parameter.name}"] = value


def _options(*, is_hidden: bool) -> list[Callable[[Any], Any]]:
    shared: dict[str, Any] = {"expose_value": False, "callback": _remember, "hidden": is_hidden}
    url = f"Ask the atlas at this address [else: {URL}, else the database of this host]."
    token = f"Token to send; others on this machine can see it here, but not in {TOKEN}."
    timeout = f"Longest wait for a server to say something [default: {DEFAULT_SECONDS:g}]."
    seconds = click.FloatRange(0.1, 3600)
    return [
        click.option("--url", metavar="URL", help=url, **shared),
        click.option("--token", metavar="TOKEN", help=token, **shared),
        click.option("--timeout", type=seconds, metavar="SECONDS", help=timeout, **shared),
    ]
