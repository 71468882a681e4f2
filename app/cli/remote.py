"""Requests to an atlas over HTTP. The token goes to its origin alone, and into no message."""

import http.client
import re
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from urllib.request import Request as UrlRequest

from app.cli.clients import Answer, Request
from app.cli.trouble import Trouble, WrongInput
from app.config import VERSION

_PIECE_BYTES = 65_536
_PREFIX = "/api/v1"
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HINT = "Give the address of an atlas, such as https://atlas.example."


class Remote:
    """Carries requests to a server."""

    def __init__(self, url: str, token: str | None, timeout_seconds: float) -> None:
        """Make a carrier; connects to nothing yet.

        Args:
            url: of the atlas; `/api/v1` may stand at its end.
            token: to send along, or None.
            timeout_seconds: longest wait for the server to say something.

        Raises:
            WrongInput: the URL or the token cannot be one.
        """
        self.name = _base_of(url)
        self._timeout_seconds = timeout_seconds
        self._headers = {"Accept": "application/json", "User-Agent": f"toolatlas/{VERSION}"}
        if token:
            self._headers["Authorization"] = f"Bearer {_checked(token)}"
        self._opener = build_opener(_SameOrigin)

    def send(self, request: Request) -> Answer:
        """Send a request.

        Raises:
            Trouble: nothing answers.
        """
        url = self.name + _PREFIX + request.path
        headers = {**self._headers, **request.headers}
        asked = UrlRequest(url, request.body, headers, method=request.method)  # noqa: S310  # http(s) alone
        try:
            response = self._opener.open(asked, timeout=self._timeout_seconds)
        except HTTPError as error:
            response = error
        except (OSError, http.client.HTTPException) as error:
            raise self._trouble(error) from None
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(int(response.status), names, self._pieces(response), response.close)

    def _pieces(self, response: Any) -> Iterator[bytes]:
        try:
            while piece := response.read(_PIECE_BYTES):
                yield piece
            # http.client says nothing of it where it was asked for so many bytes.
            if response.length:
                raise http.client.IncompleteRead(b"", response.length)
        except (OSError, http.client.HTTPException) as error:
            raise self._trouble(error) from None

    def _trouble(self, error: Exception) -> Trouble:
        """Say what is in the way, in words that hold nothing of the request."""
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, TimeoutError):
            return Trouble(f"{self.name} says nothing for {self._timeout_seconds:g} s.")
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Trouble(f"{self.name} has no good certificate: {reason.verify_message}.")
        if isinstance(reason, (http.client.IncompleteRead, ConnectionResetError)):
            return Trouble(f"{self.name} hung up before its answer was whole.")
        if isinstance(reason, http.client.HTTPException):
            return Trouble(f"{self.name} does not speak HTTP.")
        words = getattr(reason, "strerror", None) or "no connection"
        return Trouble(f"{self.name} cannot be reached: {words}.")


class _SameOrigin(HTTPRedirectHandler):
    """Follows a redirect within one origin, so that the token goes nowhere else."""

    def redirect_request(
        self, req: UrlRequest, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> UrlRequest | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            fp.close()
            raise Trouble(
                f"{old.scheme}://{old.netloc} sends the request on to {new.scheme}://{new.netloc};"
                " give that address if it is the atlas's."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _base_of(url: str) -> str:
    """Give the part of an atlas's URL that every one of its URLs begins with."""
    try:
        parts = urlsplit(url.strip())
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        is_good = False
    if not is_good or not _VISIBLE.fullmatch(url.strip()) or parts.query or parts.fragment:
        raise WrongInput(f"This is no address of an atlas. {_HINT}")
    if parts.username is not None or parts.password is not None:
        raise WrongInput(f"The address holds a user or a password; a token goes by itself. {_HINT}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(_PREFIX)}"


def _checked(token: str) -> str:
    if not _VISIBLE.fullmatch(token):
        raise WrongInput("The token holds characters that no token has.")
    return token
