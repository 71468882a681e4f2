"""Lists in NDJSON, YAML and CSV: written as they are read, from one state of the atlas.

The connection stays open until the last byte is sent, or the client goes away.
The first piece is made before the answer begins, so that what fails at once is
an ordinary problem. What fails later ends the stream with a line that says so,
and then the connection, so that nobody takes a part for the whole.
"""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any, Protocol

import marshmallow as ma
from flask import Response, g, request
from sqlalchemy import Connection

from app.api.problems import told
from app.api.responses import API_PREFIX, next_url, with_next
from app.db import hold_open
from app.errors import problem_of
from app.formats.csv_columns import Column, columns_of
from app.formats.media_types import CSV, JSON, MEDIA_TYPES, NDJSON, YAML
from app.formats.writing import to_json, write_csv, write_ndjson, write_yaml
from app.schemas.queries import has_list_formats
from app.schemas.records import Schema, shape_of
from app.services.registry import COLLECTIONS
from app.text import slugify

Query = dict[str, Any]

_ERROR_LINES = {NDJSON: b'{"error":%b}\n', YAML: b"# error: %b\n", CSV: b"# error: %b\r\n"}


class Call(Protocol):
    """What is to be known of a call."""

    @property
    def reader(self) -> Connection:
        """Give the connection, in a snapshot."""

    @property
    def query(self) -> Query:
        """Give the loaded query string: `members`, `expand`, `bom`."""

    @property
    def format(self) -> str:
        """Give what to answer in: `ndjson`, `yaml` or `csv`."""


def formats_of(query: type[Schema]) -> Mapping[str, str]:
    """Give the media types of what takes a query string, by format; JSON comes first."""
    return MEDIA_TYPES if has_list_formats(query) else {JSON: MEDIA_TYPES[JSON]}


def stream(
    read: Callable[[], Mapping[str, Any]], page: type[Schema] | None, call: Call, tag: str, stack: ExitStack
) -> Response:
    """Answer with a list that is read while it is sent; the connection is closed behind it.

    Args:
        read: gives `items`, read as they are written, and the cursor `next`.
        page: shape of a page of the list.
        call: its query, where no limit is asked, comes to ask for the whole list.
        tag: ETag.
        stack: holds the connection.
    """
    hold_open(call.reader)
    _ask_for_all(call.query)
    document = read()
    pieces = _write(document["items"], page, call.query, call.format)
    if request.method != "HEAD":
        first = list(islice(pieces, 1))
        pieces = chain(first, pieces)
    close = stack.pop_all().close
    pieces = _guarded(pieces, call.format, g.request_id, close)
    response = Response(pieces, content_type=MEDIA_TYPES[call.format])
    response.set_etag(tag)
    response.call_on_close(close)  # also where no piece is asked for
    if call.format == CSV:
        response.headers["Content-Disposition"] = f'attachment; filename="{_file_name()}.csv"'
    return with_next(response, next_url(document["next"]))


def _ask_for_all(query: Query) -> None:
    """Ask for a whole list, unless the client asks for a page; nobody sees a count."""
    query["total"] = False
    if not {"limit", "cursor"} & request.args.keys():
        query["limit"] = None


def _write(
    items: Iterable[Mapping[str, Any]], page: type[Schema] | None, query: Query, format_: str
) -> Iterator[bytes]:
    if format_ == CSV:
        return write_csv(items, _columns(page, query), has_mark=query["bom"])
    return write_yaml(items) if format_ == YAML else write_ndjson(items)


def _columns(page: type[Schema] | None, query: Query) -> list[Column]:
    """Give the columns of a list's items, where asked only some of them or with whole records in them."""
    listed: Any = shape_of(page or Schema).fields["items"]
    item: type[ma.Schema] = type(listed.inner.schema)
    expanded = {}
    for word in query.get("expand", ()):
        collection = next(known for known in COLLECTIONS.values() if known.schema is item)
        path, kind = collection.expands[word]
        expanded[path] = COLLECTIONS[kind].schema
    return columns_of(item, query.get("members", ()), expanded)


def _guarded(
    pieces: Iterable[bytes], format_: str, request_id: str, close: Callable[[], Any]
) -> Iterator[bytes]:
    """Pass pieces on, and close behind the last; what fails in between is told in a last line.

    Raises:
        ConnectionResetError: after that line; gunicorn then closes the connection and says no more.
    """
    try:
        yield from pieces
    except Exception as error:  # noqa: BLE001  # whatever it is, the client must see that this is not all
        failure = told(error, request_id)
        problem = problem_of(failure.status, failure.code, failure.detail)
        yield _ERROR_LINES[format_] % to_json({**problem, "request_id": request_id})
        raise ConnectionResetError(errno.ECONNRESET, "the list could not be read to its end") from None
    finally:
        close()


def _file_name() -> str:
    """Name the file after the path: `teams-core-libraries`."""
    return slugify(request.path.removeprefix(API_PREFIX).replace("/", " "))
