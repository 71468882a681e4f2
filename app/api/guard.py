"""What is refused before Flask sees it, and what stands on every answer.

flask-restx 1.3 answers a malformed Host with a bare 500 (its error router
fails outside its own `try`), and a body without Content-Length would be cut
at the limit without a word; see docs/decisions/0006.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from app.errors import EXPLANATIONS, PROBLEM_TYPE, problem_of

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
REQUEST_ID = "atlas.request_id"
# The version of the atlas and the beginning of its log, where an answer depends on nothing but these and the
# request; else None.
LASTING = "atlas.lasting"
# There where the front stands before: for how many seconds it may hold an answer that says nothing new, and
# in which state of the atlas (as above) there was nothing to tell; else None.
HELD = "atlas.held"
# There where the front stands before: a context in which a request that only waits lends its place to others.
LENDING = "atlas.lending"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(
    rf"(?:(?=.{{1,253}}(?::|\Z))(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9A-Fa-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"
)
_GOOD_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class Guard:
    """WSGI middleware around the application."""

    def __init__(self, app: WsgiApp, allowed_hosts: Iterable[str] = ()) -> None:
        """Wrap an application.

        Args:
            app: what answers a request that passes.
            allowed_hosts: host names to answer for; none: any well-formed one.
        """
        self.app = app
        self.allowed_hosts = frozenset(allowed_hosts)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = environ[REQUEST_ID] = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name.lower() for name, _value in headers}
            added = {**HEADERS, "Content-Security-Policy": API_POLICY, "X-Request-Id": request_id}
            headers += [(name, value) for name, value in added.items() if name.lower() not in present]
            return start_response(status, headers, exc_info)

        code, detail = self._flaw(environ)
        return _refuse(environ, start, code, detail) if code else self.app(environ, start)

    def _flaw(self, environ: Environ) -> tuple[str, str]:
        """Find what is wrong with a request: its code and a sentence, or nothing."""
        if "HTTP_TRANSFER_ENCODING" in environ:
            return "length_required", EXPLANATIONS["length_required"][2]
        if not self._is_good_host(environ.get("HTTP_HOST"), environ.get("SERVER_PROTOCOL")):
            return "bad_host", EXPLANATIONS["bad_host"][2]
        if environ["REQUEST_METHOD"] not in METHODS:
            return "method_not_allowed", f"The atlas takes {', '.join(sorted(METHODS))}."
        return "", ""

    def _is_good_host(self, host: str | None, protocol: str | None) -> bool:
        if host is None:
            return protocol == "HTTP/1.0" and not self.allowed_hosts
        if not _HOST.fullmatch(host):
            return False
        name, _, port = host.rpartition(":") if re.search(r":[0-9]+\Z", host) else (host, "", "0")
        return int(port) <= 65_535 and (not self.allowed_hosts or name.lower() in self.allowed_hosts)  # noqa: PLR2004  # the last port


def _refuse(environ: Environ, start: StartResponse, code: str, detail: str) -> list[bytes]:
    status, title, _text = EXPLANATIONS[code]
    document = {
        "type": f"/problems/{code}",
        **problem_of(status, code, detail),
        "instance": environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        "request_id": environ[REQUEST_ID],
    }
    body = orjson.dumps(document)
    headers = [
        ("Content-Type", PROBLEM_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    # What is left of the body is not read, so the connection cannot be used again.
    headers.append(("Connection", "close"))
    if code == "method_not_allowed":
        headers.append(("Allow", ", ".join(sorted(METHODS))))
    start(f"{status} {title}", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
