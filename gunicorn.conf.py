"""How gunicorn serves the atlas: limits, timeouts, log lines and the words at the start.

Gunicorn runs this file at its start and again on HUP; app/config.py says what the environment
may set. Standard output is for people, standard error carries the log, one line of JSON an event.
"""

import errno
import gc
import importlib.util
import json
import logging
import os
import socket
import subprocess
import sys
import uuid
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

import gunicorn.glogging
import gunicorn.http.wsgi
import gunicorn.util


def _load(name: str) -> ModuleType:
    """Load one file of app/, which needs nothing but the standard library.

    Importing the package would bring the whole application into the arbiter, whose workers
    would then run the old code after a HUP.
    """
    path = Path(__file__).resolve().parent / "app" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"atlas_{path.stem}", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is missing.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_config, _logs, _shares = _load("config"), _load("logs"), _load("front/shares")
try:
    _settings = _config.Settings.from_env()
except _config.SettingError as error:
    sys.exit(str(error))


# What reaches the application

_is_ipv6 = ":" in _settings.host
bind = f"[{_settings.host}]:{_settings.port}" if _is_ipv6 else f"{_settings.host}:{_settings.port}"
backlog = 512
workers = _settings.workers
# The front (app/front) holds connections without threads, and has its own short queue; without it, the
# connections of a worker are the queue.
wsgi_app = "asgi:app" if _settings.front else "wsgi:app"
worker_class = "asgi" if _settings.front else "gthread"
threads = 1 if _settings.front else _settings.threads
worker_connections = 2_000 if _settings.front else 64
asgi_loop = "asyncio"
asgi_lifespan = "on"
_shares_of_workers = _shares.Shares(workers)
timeout = 30
# Longer than the longest answer, which a change feed may hold back for 30 seconds.
graceful_timeout = 60
# Behind a proxy, longer than the proxy keeps its own idle connections (nginx: 60 seconds).
keepalive = 75 if _settings.proxies else 5
# Answers that are given again would use them up within a second.
max_requests = 0 if _settings.front else 20_000
max_requests_jitter = 0 if _settings.front else 2_000
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

http_protocols = "h1"
http_parser = "python"
proxy_protocol = "off"
# X_Y and X-Y would be one variable to the application.
header_map = "refuse"
forwarder_headers = ""
# By default gunicorn believes any local client that says it is a proxy.
forwarded_allow_ips = "127.0.0.1,::1" if _settings.proxies else ""

# HUP must load new code.
preload_app = False
# The socket cannot be made in a read-only container, and nothing here uses it.
control_socket_disable = True
# A heartbeat on a slow disk would make healthy workers look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - private files within

# Gunicorn's own comings and goings are worth a line only to somebody who looks for them.
loglevel = {"INFO": "warning"}.get(_settings.log_level, _settings.log_level.lower())
# The front writes its own lines of the same form.
accesslog = "-" if _settings.log_level in {"DEBUG", "INFO"} and not _settings.front else None


_SWITCH_SECONDS = 0.001


def on_starting(server: Any) -> None:
    """Stop at once when the address cannot be had; gunicorn would try for five seconds and say little."""
    if server.master_pid or "LISTEN_FDS" in os.environ:
        return  # The sockets are inherited.
    try:
        with socket.socket(socket.AF_INET6 if _is_ipv6 else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_settings.host, _settings.port))
    except OSError as error:
        sys.exit(_why_not_listening(error))


def when_ready(server: Any) -> None:
    """Say where the atlas is and what to ask it."""
    host, port = server.LISTENERS[0].getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not listened on
    origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    print(_BANNER.format(origin=origin), flush=True)
    _start_sender()


def on_reload(_server: Any) -> None:
    """Let the sender of webhooks run the new code, too."""
    _stop_sender()
    _start_sender()


def on_exit(_server: Any) -> None:
    """End the sender of webhooks; it would end by itself, but a little later."""
    _stop_sender()


def pre_fork(_server: Any, worker: Any) -> None:
    """Give a worker its place among those who share the connections."""
    worker.share = _shares_of_workers.take()


def child_exit(_server: Any, worker: Any) -> None:
    """Free the place of a worker that has ended; one from before a HUP may have had none."""
    if hasattr(worker, "share"):
        worker.share.give_back()


def post_fork(_server: Any, _worker: Any) -> None:
    """Prepare a worker: files for its user alone, and the workarounds."""
    os.umask(0o077)
    # Until the application is there: what is imported stays, and each collection would go through it.
    gc.disable()
    if _settings.front:
        from app.front import connections  # noqa: PLC0415  # in the worker: the arbiter must not hold old code

        connections.install()
    gunicorn.http.wsgi.Response.default_headers = _headers_without_server
    gunicorn.util.write_error = _write_problem


def post_worker_init(worker: Any) -> None:
    """Share connections among workers, keep the garbage collector off what lives on, let threads take turns.

    Else each collection goes through the whole application, which takes a third of the time of a long list.
    And one thread that computes would make each statement of the others wait for 5 milliseconds: SQLite's
    driver lets go of the interpreter's lock for each.
    """
    if _settings.front:
        from app.front import door  # noqa: PLC0415  # as above

        door.install(worker)
    gc.collect()
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(_SWITCH_SECONDS)


_BANNER = """
Tool Atlas is up:

  {origin}/                              a map of what there is
  {origin}/docs                          read about every call, and try it
  {origin}/api/v1/libraries/numpy/teams  who uses NumPy

Ask it from another terminal:

  Who uses NumPy, and for what?
  curl -s {origin}/api/v1/libraries/numpy/teams

  What does the Insight Engineering team do with it all?
  curl -s '{origin}/api/v1/use-cases?team=insight-engineering'

  Who does something about alerts?
  curl -s '{origin}/api/v1/use-cases?q=alert'

Ctrl+C stops it.
"""


def _why_not_listening(error: OSError) -> str:
    place = f"port {_settings.port} of {_settings.host}"
    if error.errno == errno.EADDRINUSE:
        other = min(_settings.port + 1, 65_535)
        return f"Cannot listen on {place}: it is taken. Take another one: PORT={other} make run"
    if error.errno == errno.EACCES:
        return f"Cannot listen on {place}: it needs privileges. Take one above 1023: PORT=8000 make run"
    return f"Cannot listen on {place}: {error.strerror}. HOST must be an address of this machine."


# Webhooks

_SENDER_NICENESS = 10
_sender: "subprocess.Popen[bytes] | None" = None


def _start_sender() -> None:
    """Start who keeps the sender running, which tells endpoints of changes and is in nobody's way."""
    global _sender  # noqa: PLW0603  # gunicorn keeps no place for what hooks know
    if _settings.webhooks_sender:
        watcher = Path(__file__).resolve().parent / "app" / "watching.py"
        command = [sys.executable, "-I", "-S", str(watcher), str(os.getpid())]
        _sender = subprocess.Popen(  # noqa: S603  # our own
            command,
            cwd=Path(__file__).resolve().parent,
            preexec_fn=_step_back,  # noqa: PLW1509  # safe: the arbiter has one thread
        )


def _step_back() -> None:
    """Let answering come first, from the sender's first import on."""
    os.nice(_SENDER_NICENESS)


def _stop_sender() -> None:
    if _sender is not None:
        _sender.terminate()


# Log


class _JsonLogger(gunicorn.glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's logger, with both of its logs as JSON on standard error."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(_logs.JsonFormatter())
                handler.setStream(sys.stderr)

    def access(self, resp: Any, _req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        # The query string is left out: people paste secrets into URLs.
        event = {
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "status": resp.status and int(resp.status[:3]),
            "bytes": resp.sent,
            "milliseconds": round(request_time / timedelta(milliseconds=1), 1),
            "client": environ.get("REMOTE_ADDR"),
            "request_id": next(
                (value for name, value in resp.headers if name.lower() == "x-request-id"), None
            ),
        }
        self.access_log.info("request", extra={"event": event})


# Workarounds for gunicorn 27, which has no settings for these

_default_headers = gunicorn.http.wsgi.Response.default_headers
# As in app/errors.py, which explains them.
_CODES = {414: "uri_too_long", 431: "headers_too_large", 500: "internal_error", 501: "not_implemented"}


def _headers_without_server(self: Any) -> list[str]:
    """Leave out `Server`: only an attacker has a use for it."""
    return [line for line in _default_headers(self) if not line.startswith("Server:")]


def _write_problem(sock: socket.socket, status: int, _reason: str, _message: str) -> None:
    """Refuse what never reaches the application in the API's own form; gunicorn repeats the input in HTML."""
    is_ours = status == HTTPStatus.INTERNAL_SERVER_ERROR
    request_id = uuid.uuid4().hex
    code = _CODES.get(status, "bad_request")
    document = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": "Something went wrong here."
        if is_ours
        else "This is not well-formed HTTP, or exceeds a limit.",
        "code": code,
        "request_id": request_id,
        "errors": [],
    }
    event = {"status": status, "request_id": request_id}
    logging.getLogger("gunicorn.error").warning("refused", extra={"event": event})
    body = json.dumps(document)
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        f"X-Request-Id: {request_id}",
    ]
    gunicorn.util.write_nonblock(sock, "\r\n".join([*lines, "", body]).encode("ascii"))


logger_class = _JsonLogger
