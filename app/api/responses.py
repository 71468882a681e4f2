"""Making answers: JSON bytes, ETags, 304, links, problem documents."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from werkzeug.http import http_date
from werkzeug.urls import uri_to_iri

from app.api.operations import Answer, Operation
from app.api.requests import args_of
from app.config import VERSION
from app.errors import PROBLEM_TYPE, AtlasError, problem_of
from app.formats.writing import to_json
from app.kept import Written
from app.models import Kind
from app.services.dumping import mark_of
from app.services.registry import COLLECTIONS
from app.services.standing import Standing

API_PREFIX = "/api/v1"
_REMEMBERED = 1_000
# Who has no token, in the log.
NOBODY = "nobody"


def origin() -> str:
    """Give the scheme and host that links begin with."""
    public: str = current_app.config["ATLAS_SETTINGS"].public_url
    return public or _origin_of(request.scheme, request.host)


@lru_cache(_REMEMBERED)
def _origin_of(scheme: str, host: str) -> str:
    """Write an origin as `request.host_url` does, which takes it apart each time."""
    return uri_to_iri(f"{scheme}://{host}")


def record_url(kind: Kind, slug: str) -> str:
    """Give the URL of a record."""
    return f"{origin()}{API_PREFIX}/{COLLECTIONS[kind].path}/{slug}"


def history_url(kind: Kind, slug: str) -> str:
    """Give the URL of the history of a record."""
    return f"{record_url(kind, slug)}/history"


def linked(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put the URL of the record that it stands for into each item."""
    return list(link_each(items))


def link_each(items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Put the URL of the record that it stands for into each item, as it comes."""
    return ({**item, "url": record_url(item["kind"], item["slug"])} for item in items)


def next_url(following: str | Mapping[str, Any] | None) -> str | None:
    """Give the URL of what follows: this one with another cursor, or with other parameters."""
    if following is None:
        return None
    changed = {"cursor": following} if isinstance(following, str) else following
    kept = _query_without(request.query_string, frozenset(changed))
    return f"{origin()}{request.path}?{kept}{urlencode(changed)}"


@lru_cache(_REMEMBERED)
def _query_without(query_string: bytes, names: frozenset[str]) -> str:
    """Give a query string without some parameters, for others to be put behind it."""
    args = args_of(query_string)
    kept = urlencode([(name, value) for name, value in args.items(multi=True) if name not in names])
    return f"{kept}&" if kept else ""


def list_tag(standing: Standing, seq: int, format_: str, horizon: datetime | None = None) -> str:
    """Make the ETag of what depends on the whole atlas: which atlas, its state, the code's, the format.

    Args:
        standing: of the atlas; pruning moves the beginning of its log, and no version.
        seq: version of the state that is shown.
        format_: of the answer.
        horizon: what the answer depends on beside those; None: nothing.
    """
    state = f"{seq}.{standing.anchor}" if standing.anchor else str(seq)
    tag = f"{standing.instance[:8]}-{state}-{VERSION}-{format_}"
    return f"{tag}-{horizon:%Y%m%d}" if horizon else tag


def item_tag(document: Mapping[str, Any], body: bytes) -> str:
    """Make the ETag of one record: a mark of its revision, where it has one, and a digest of what is sent."""
    mark = mark_of(document) if {"revision", "created_at"} <= document.keys() else ""
    return _tag(mark, body)


def _tag(mark: str, body: bytes) -> str:
    return f"{mark}-{hashlib.sha256(body).hexdigest()[:12]}"


def answer(
    body: bytes,
    status: int = 200,
    *,
    etag: str | None = None,
    modified: datetime | None = None,
    media_type: str = "application/json",
) -> Response:
    """Make an answer, in JSON unless said otherwise."""
    response = Response(body, status, content_type=media_type)
    if etag:
        response.set_etag(etag)
    if modified:
        response.headers["Last-Modified"] = http_date(modified)
    return response


def nothing(status: int) -> Response:
    """Make an answer without a body, and so without the kind of one."""
    response = Response(status=status)
    response.headers.pop("Content-Type", None)
    return response


def not_modified(etag: str) -> Response | None:
    """Make the 304 for a client that has this already, or None; the answer to a POST depends on its body."""
    if request.method == "POST" or "If-None-Match" not in request.headers:
        return None
    if not request.if_none_match.contains_weak(etag):
        return None
    response = nothing(304)
    response.set_etag(etag)
    return response


def list_answer(document: dict[str, Any], tag: str | None) -> Response:
    """Make the answer that is a page of a list, or what depends on the whole atlas; `next` becomes a URL."""
    following = next_url(document.get("next"))
    if "next" in document:
        document["next"] = following
    return with_next(answer(to_json(document), etag=tag), following)


def with_next(response: Response, following: str | None) -> Response:
    """Say in a header where the next page is."""
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def item_answer(document: Mapping[str, Any] | Written) -> Response:
    """Make the answer that is one record."""
    if isinstance(document, Written):
        tag = _tag(document.mark, document.json)
        return not_modified(tag) or answer(document.json, etag=tag, modified=document.modified)
    body = to_json(document)
    tag = item_tag(document, body)
    return not_modified(tag) or answer(body, etag=tag, modified=document.get("updated_at"))


def problem(error: AtlasError) -> Response:
    """Make the problem document of an error.

    Source: RFC 9457.
    """
    members = dict(error.members)
    record = members.pop("record", None)
    if record:
        members["conflict"] = record_url(*record)
    if "history" in members:
        members["history"] = history_url(*members["history"])
    document = problem_of(error.status, error.code, error.detail, error.flaws)
    document = {
        "type": f"{origin()}/problems/{error.code}",
        **document,
        "instance": request.path,
        "request_id": g.request_id,
    }
    response = Response(to_json({**document, **members}), error.status, content_type=PROBLEM_TYPE)
    response.headers.update(error.headers)
    if "history" in members:
        response.headers["Link"] = f'<{members["history"]}>; rel="version-history"'  # RFC 5829
    response.headers["Cache-Control"] = "no-store"
    return response


def without(operation: Operation, given: Any) -> Response:
    """Make the answer to a write for who asks again: what is given once is null."""
    return written_answer(operation, {**given, operation.hides: None})


def written_answer(operation: Operation, given: Any) -> Response:
    """Make the answer to a write, from what its method gave."""
    if operation.returns is None:
        return nothing(HTTPStatus.NO_CONTENT)
    if isinstance(given, Answer):
        return answer(to_json(given.document), given.status)
    document, is_new = given if isinstance(given, tuple) else (given, operation.status == HTTPStatus.CREATED)
    body = to_json(document)
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    tag = item_tag(document, body)
    response = answer(body, status, etag=tag, modified=document.get("updated_at"))
    if is_new:
        base = origin() + request.path.rstrip("/")
        response.headers["Location"] = (
            base if operation.is_put else f"{base}/{document.get('slug', document.get('id'))}"
        )
    return response
