"""The contract: one declaration a method, from which everything about it follows.

`reads` and `writes` declare a method of a resource: its query string, body,
answer, scope. From the declaration comes what happens around each call

    check the token and the scope -> load the query string and the body
    -> open the transaction -> call the method -> write the answer -> commit

and both documents (documents.py). An exception rolls back and goes to
problems.py. This is the only file that uses flask-restx.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection

from app.api import gathering, limits, requests, responses, retries, streams
from app.api.guard import LASTING
from app.api.operations import SWAGGER_SECURITY, Answer, Body, Call, Document, Operation, Rendered
from app.api.restx import restx
from app.api.waiting import Waiters, leave_to_front
from app.config import VERSION, Settings
from app.db import Author, Database
from app.errors import Forbidden, Unauthorized, Unavailable
from app.models import Scope
from app.schemas.queries import QuerySchema, is_streamed
from app.schemas.records import Schema
from app.services import tokens
from app.services.collections import Collection
from app.services.freshness import horizon_of
from app.services.importing.memory import without_collecting
from app.services.keeping import keeper_of
from app.services.past import find_past, look_back
from app.services.remembering import past_keeper_of
from app.services.retries import Retry
from app.services.standing import standing_of, version_of
from app.services.tokens import Bearer

Method = Callable[..., Any]
# What resources need beside this file's own.
__all__ = ["Answer", "Body", "Call", "Operation", "Rendered"]


class Resource(restx.Resource):  # type: ignore[misc]  # flask-restx has no types
    """A URL and its methods: get, post, put, patch, delete, always in this order."""


class Namespace(restx.Namespace):  # type: ignore[misc]  # flask-restx has no types
    """The URLs of one resource."""


class Api(restx.Api):  # type: ignore[misc]  # flask-restx has no types
    """Routing and Swagger 2.0; errors are Flask's business (flask-restx 1.3 would answer with `exc.data`)."""

    def error_router(self, original_handler: Callable[[Exception], Any], e: Exception) -> Any:
        """Leave every error to the handlers of problems.py."""
        return original_handler(e)

    def name_shapes(self, shapes: Mapping[str, Document]) -> None:
        """Take the shapes that the Swagger document points at, by name."""
        self.models.update({name: restx.SchemaModel(name, shape) for name, shape in shapes.items()})

    def _register_apidoc(self, _app: Flask) -> None:
        """Serve no pages of flask-restx: Swagger UI is served by pages.py."""


def reads(
    id_: str,
    *,
    query: type[Schema] = QuerySchema,
    body: Body | None = None,
    returns: type[Schema],
    is_list: bool = False,
    may_miss: bool = False,
    formats: Mapping[str, str] | None = None,
    scope: Scope | None = None,
    waits_for: Callable[[Connection, Document], bool] | None = None,
) -> Callable[[Method], Method]:
    """Declare a method that reads; it gives the document to answer with.

    Args:
        id_: operationId.
        query: shape of the query string.
        body: what it takes, where a question is too long for a URL.
        returns: shape of the answer in JSON.
        is_list: the answer depends on the whole atlas.
        may_miss: the query string names records, so that there may be none.
        formats: media types by format; for one that is not JSON the method gives `Rendered`, or for all of
            them the whole answer. None: JSON, and for a list with a `format` whatever it can be had in.
        scope: that a token needs, for what the version of the atlas does not number; None: any, or no token.
        waits_for: says whether there is something that a request with `wait` waits for.
    """
    operation = Operation(
        id_,
        query=query,
        body=body,
        returns=returns,
        is_list=is_list,
        may_miss=may_miss,
        formats=formats or streams.formats_of(query),
        scope=scope,
        waits_for=waits_for,
    )
    return _declare(operation, _read)


def writes(
    id_: str,
    scope: Scope | None,
    *,
    query: type[Schema] = QuerySchema,
    body: Body | None = None,
    returns: type[Schema] | None = None,
    status: int = 200,
    also: tuple[int, ...] = (),
    is_put: bool = False,
    is_prepared: bool = False,
    hides: str = "",
    creates: Collection | None = None,
) -> Callable[[Method], Method]:
    """Declare a method that writes; it gives the record, or the record and whether it is new, or nothing.

    Args:
        id_: operationId.
        scope: that a token needs; None: nobody is asked for one.
        query: shape of the query string.
        body: what it takes.
        returns: shape of the answer.
        status: of a success.
        also: further statuses of a success.
        is_put: answers 201 where it creates.
        is_prepared: the method is called before the transaction, and gives the work to be done in it.
        hides: a member of the answer that is given once: a retry gets null there.
        creates: the collection that it adds one record to; such writers are served together (gathering.py).
    """
    operation = Operation(
        id_,
        status,
        query,
        body,
        returns,
        scope,
        also=also,
        is_put=is_put,
        is_prepared=is_prepared,
        is_write=True,
        hides=hides,
        creates=creates,
    )
    return _declare(operation, _write)


def operation_of(method: Method) -> Operation:
    """Give the declaration of a method.

    Raises:
        AttributeError: there is none; such a method must not be served.
    """
    operation: Operation = method.operation  # type: ignore[attr-defined]  # set by `_declare`
    return operation


def database() -> Database:
    """Give the database of the running application."""
    found: Database = current_app.extensions["database"]
    return found


def settings() -> Settings:
    """Give the settings of the running application."""
    found: Settings = current_app.config["ATLAS_SETTINGS"]
    return found


def methods_of(resource: type[Resource]) -> dict[str, Operation]:
    """Give the declarations of a resource, by HTTP method."""
    names = ("get", "post", "put", "patch", "delete")
    return {name: operation_of(getattr(resource, name)) for name in names if hasattr(resource, name)}


def operations_of(namespaces: Iterable[Namespace]) -> dict[tuple[str, str], Operation]:
    """Give every declaration, by path (`/api/v1/teams/{slug}`) and method.

    Raises:
        AttributeError: a method has no declaration; it must not be served.
    """
    return {
        (path_of(namespace, url), method): operation
        for namespace in namespaces
        for route in namespace.resources
        for url in route.urls
        for method, operation in methods_of(route.resource).items()
    }


def serve(app: Flask, namespaces: Iterable[Namespace]) -> Api:
    """Put the resources into the application.

    Returns: what flask-restx holds of it, to be described.

    Raises:
        AttributeError: a method has no declaration; it must not be served.
    """
    namespaces = list(namespaces)
    operations_of(namespaces)
    api = Api(
        prefix=responses.API_PREFIX,
        version=VERSION,
        title="Tool Atlas",
        description="Who uses which tool, for what, and how do we know?",
        authorizations=SWAGGER_SECURITY,
        doc=False,
        catch_all_404s=False,
    )
    api.init_app(app, add_specs=False)  # flask-restx 1.3 listens to add_specs here alone
    for namespace in namespaces:
        api.add_namespace(namespace)
    return api


def path_of(namespace: Namespace, url: str) -> str:
    """Give a path as the documents write it: `/api/v1/teams/{slug}`."""
    prefix: str = responses.API_PREFIX + namespace.path
    return prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", url)


def _declare(operation: Operation, run: Callable[..., Response]) -> Callable[[Method], Method]:
    def decorate(method: Method) -> Method:
        @wraps(method)
        def call(self: Resource, **path: str) -> Response:
            return run(operation, lambda ready: method(self, ready, **path))

        operation.texts.extend(text.strip() for text in (method.__doc__ or "").split("\n\n"))
        call.operation = operation  # type: ignore[attr-defined]  # read by `operation_of`
        return call

    return decorate


def _read(operation: Operation, method: Callable[[Call], Any]) -> Response:
    if operation.waits_for and "wait" in request.args:
        _wait(operation.waits_for, operation)
    served = database()
    with ExitStack() as stack:
        connection = stack.enter_context(served.reading(may_look_back="as_of" in request.args))
        _authenticate(connection, operation)
        query = requests.load_query(request, operation.query)
        format_ = requests.choose_format(request, operation.formats, query.get("format"))
        body = requests.read_json(request, operation.body.media_types) if operation.body else {}
        standing = standing_of(connection)
        is_lasting = not (operation.scope or "wait" in request.args or query.get("stale") is not None)
        request.environ[LASTING] = (standing.version, standing.anchor) if is_lasting else None
        _reach(standing.version)
        seq = _look_back(connection, query.pop("as_of", None), standing.version)
        tag = responses.list_tag(standing, seq, format_, horizon_of(connection, query.get("stale")))
        if operation.is_list and not operation.scope and (unchanged := responses.not_modified(tag)):
            return unchanged
        is_stream = is_streamed(operation.query, format_)
        kept = None
        if not is_stream:
            kept = keeper_of(connection, served.kept, standing) or past_keeper_of(connection, served)
        call = Call(query, body, format=format_, clock=served.clock, reader=connection, seq=seq, kept=kept)
        if is_stream:
            return streams.stream(lambda: method(call), operation.returns, call, tag, stack)
        document = method(call)
    if isinstance(document, Response):
        document.set_etag(tag)
        return document
    if isinstance(document, Rendered):
        return responses.answer(document.content.encode(), etag=tag, media_type=operation.formats[format_])
    if operation.is_list:
        return responses.list_answer(document, None if operation.scope else tag)
    return responses.item_answer(document)


def _wait(has_news: Callable[[Connection, Document], bool], operation: Operation) -> None:
    """Hold a request until there is something to answer with; what is wrong with it is told at once."""
    with database().reading() as connection:
        _authenticate(connection, operation)
        query = requests.load_query(request, operation.query)
        if leave_to_front(request.environ, connection, query["wait"], lambda: has_news(connection, query)):
            return
    waiters: Waiters = current_app.extensions["waiters"]
    waiters.hold(database(), query["wait"], lambda connection: has_news(connection, query))


def _write(operation: Operation, method: Callable[[Call], Any]) -> Response:
    with database().reading() as connection:
        bearer = _authenticate(connection, operation)
    requests.choose_format(request, operation.formats)
    query = requests.load_query(request, operation.query)
    call = Call(
        query,
        condition=requests.read_condition(request, is_demanded=settings().require_if_match),
        author=_author(bearer),
        bearer=bearer,
        clock=database().clock,
        **requests.read_content(request, operation.body, query.get("format")),
    )
    retry = retries.read_retry(request, bearer.id) if bearer else None
    calm = without_collecting() if operation.is_prepared else nullcontext()
    with retries.running().alone(retry), calm:
        return _write_once(operation, method, call, retry)


def _author(bearer: Bearer | None) -> Author:
    if bearer is None:
        return Author(responses.NOBODY, g.request_id)
    return Author(bearer.name, g.request_id, bearer.teams)


def _write_once(
    operation: Operation, method: Callable[[Call], Any], call: Call, retry: Retry | None
) -> Response:
    """Write, unless it was done already; what can be done without the lock is done before."""
    if retry is not None:
        with database().reading() as connection:
            _reach(version_of(connection)[1])
            if replayed := retries.replay(connection, retry, call.clock()):
                return replayed
    elif written := gathering.gathering().create(database(), operation.creates, call):
        document, g.version = written
        return responses.written_answer(operation, document)
    work = method(call) if operation.is_prepared else None
    if work is not None:
        with database().reading() as connection:
            _reach(version_of(connection)[1])
            given = work.prepare(connection)
        if given is not None and retry is None:
            return responses.written_answer(operation, given)
    with database().writing(call.author) as session:
        if call.bearer:
            tokens.note_use(session, call.bearer)
        _reach(version_of(session.connection())[1])
        response = retries.replay(session.connection(), retry, call.clock())
        if response is None:
            given = work.write(session) if work else method(replace(call, session=session))
            response = responses.written_answer(operation, given)
            retries.keep(session, retry, responses.without(operation, given) if operation.hides else response)
    g.version = session.info.get("version", g.version)
    return response


def _authenticate(connection: Connection, operation: Operation) -> Bearer | None:
    """Find out who sends the request, and whether they may; before the body is read.

    A token that is not good is refused also where none is needed.

    Returns: the bearer; None where none is needed and none was sent.
    """
    header = request.headers.get("Authorization")
    if header is None:
        if operation.scope or (settings().reads_require_token and not operation.is_write):
            detail = "This needs a token: send -H 'Authorization: Bearer ta_...'."
            raise Unauthorized(detail, "token_required", headers={"WWW-Authenticate": "Bearer"})
        limits.admit(operation, None)
        return None
    bearer = limits.count_failures(lambda: tokens.check(connection, header, database().clock()))
    g.bearer = bearer
    if operation.scope and operation.scope not in bearer.scopes:
        challenge = f'Bearer error="insufficient_scope", scope="{operation.scope}"'
        detail = f"This needs a token with the scope {operation.scope}."
        raise Forbidden(detail, headers={"WWW-Authenticate": challenge})
    limits.admit(operation, bearer)
    return bearer


def _look_back(connection: Connection, asked: int | datetime | None, version: int) -> int:
    """Show the state that `as_of` asks for, and give its version."""
    if asked is None:
        return version
    past = find_past(connection, asked, database().clock())
    look_back(connection, past)
    g.as_of = past.seq
    return past.seq


def _reach(version: int) -> None:
    """Note the version that answers; refuse when it is older than the client has seen.

    Raises:
        Unavailable: this server is behind.
    """
    g.version = version
    if version < requests.read_min_version(request):
        raise Unavailable("This server has not seen that version yet.", "behind")
