"""Pages of other sites may ask too: what browsers are told about that.

What they are told with an answer is the same whoever asks, so flask-cors works
it out once; only what comes before a request (a preflight) is told anew.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol.
"""

from flask import Flask, Response, request
from flask_cors.core import get_cors_headers, get_cors_options, set_cors_headers
from werkzeug.datastructures import Headers

_EXPOSED = [
    "ETag",
    "Last-Modified",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Allow",
    "Atlas-Version",
    "Atlas-Token-Expires",
    "Atlas-As-Of",
    "Content-Disposition",
    "Idempotent-Replayed",
    "Repr-Digest",
    "X-Request-Id",
]
_TAKEN = [
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Atlas-Min-Version",
    "Idempotency-Key",
    "X-Request-Id",
]
_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
_PREFLIGHT_SECONDS = 86_400


def let_in(app: Flask) -> None:
    """Let pages of any site ask an application, and read its answers."""
    rules = get_cors_options(
        app,
        {
            "send_wildcard": True,
            "expose_headers": _EXPOSED,
            "allow_headers": _TAKEN,
            "methods": _METHODS,
            "max_age": _PREFLIGHT_SECONDS,
        },
    )
    told = [(name, str(value)) for name, value in get_cors_headers(rules, Headers(), "GET").items()]

    @app.after_request
    def tell(response: Response) -> Response:
        if request.method == "OPTIONS":
            return set_cors_headers(response, rules)
        for name, value in told:
            response.headers[name] = value
        return response
