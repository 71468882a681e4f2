"""Asking an atlas: one client, whatever carries its requests (remote.py, local.py)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from app.cli.trouble import Refused, Trouble

Parameters = Sequence[tuple[str, str]]
Document = dict[str, Any]

# The path of each kind's collection.
PATHS = {
    "organization": "organizations",
    "team": "teams",
    "library": "libraries",
    "purpose": "purposes",
    "use_case": "use-cases",
    "source": "sources",
}
LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024
_FIRST_REDIRECT, _FIRST_ERROR = 300, 400


@dataclass(frozen=True)
class Request:
    """What is asked.

    Attributes:
        method: of HTTP.
        path: below /api/v1, quoted, with the query string.
        body: to be sent.
        headers: beside those that a carrier sets.
    """

    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        headers: by name in lower case.
        pieces: the body, piece by piece; may be read once.
        close: lets go of the connection, read or not.
    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    close: Callable[[], None]

    @property
    def media_type(self) -> str:
        """Give the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Carrier(Protocol):
    """What takes a request to an atlas."""

    @property
    def name(self) -> str:
        """Give what to call that atlas in messages."""

    def send(self, request: Request) -> Answer:
        """Send a request.

        Raises:
            Trouble: nothing answers.
        """


class Client:
    """Asks an atlas for documents."""

    def __init__(self, carrier: Carrier) -> None:
        """Speak through a carrier.

        Attributes:
            version: of the atlas, as the last answer told it; None: it did not.
        """
        self.name = carrier.name
        self.version: str | None = None
        self._carrier = carrier

    def get(self, path: str, parameters: Parameters = ()) -> Document:
        """Give the document at a path below /api/v1.

        Raises:
            Refused: with what the atlas says.
            Trouble: it cannot be asked, or does not answer as an atlas does.
        """
        with closing(self._send("GET", path, parameters)) as answer:
            return self._document(answer)

    def stream(self, path: str, parameters: Parameters = ()) -> Answer:
        """Give the answer at a path, to be read piece by piece and closed; raises what `get` does."""
        return self._send("GET", path, parameters)

    def post(self, path: str, parameters: Parameters, body: bytes, headers: Mapping[str, str]) -> Document:
        """Send a body, and give the document that comes back; raises what `get` does."""
        with closing(self._send("POST", path, parameters, body, headers)) as answer:
            return self._document(answer)

    def page_after(self, document: Document, name: str = "cursor") -> tuple[str, str] | None:
        """Give the parameter that leads to the next page; None: this is the last one.

        It alone is taken from the link: where to send requests, and with them the token, is not
        for an answer to say.
        """
        link = document.get("next")
        if link is None:
            return None
        cursors = parse_qs(urlsplit(str(link)).query).get(name)
        if not cursors:
            raise self.strange()
        return name, cursors[0]

    def items_of(self, document: Document) -> list[Any]:
        """Give the items of a page; raises Trouble where it is none."""
        items = document.get("items")
        if not isinstance(items, list):
            raise self.strange()
        return items

    def strange(self) -> Trouble:
        """Make the error for an answer that is not an atlas's."""
        return Trouble(f"{self.name} answers, but not as an atlas does.")

    def _send(
        self,
        method: str,
        path: str,
        parameters: Parameters,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        query = f"?{urlencode(parameters)}" if parameters else ""
        answer = self._carrier.send(Request(method, path + query, body, headers or {}))
        if answer.status >= _FIRST_REDIRECT:
            with closing(answer):
                raise self._refusal(answer)
        self.version = answer.headers.get("atlas-version")
        return answer

    def _refusal(self, answer: Answer) -> Refused | Trouble:
        if answer.status < _FIRST_ERROR or answer.media_type != "application/problem+json":
            return Trouble(f"{self.name} answers with {answer.status}, and not as an atlas does.")
        return Refused(answer.status, self._document(answer), answer.headers.get("retry-after"))

    def _document(self, answer: Answer) -> Document:
        if answer.media_type not in {"application/json", "application/problem+json"}:
            raise self.strange()
        try:
            document = json.loads(self._whole(answer))
        except (ValueError, RecursionError):
            raise self.strange() from None
        if not isinstance(document, dict):
            raise self.strange()
        return document

    def _whole(self, answer: Answer) -> bytes:
        body = bytearray()
        for piece in answer.pieces:
            body += piece
            if len(body) > LARGEST_DOCUMENT_BYTES:
                raise Trouble(f"{self.name} sends more than {LARGEST_DOCUMENT_BYTES:,} bytes at once.")
        return bytes(body)


def step(name: str) -> str:
    """Quote a name, so that it is one step of a path whatever it holds."""
    return quote(name, safe="")
