"""What a method declares, what it is called with, and what it may give; contract.py makes use of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.api import requests
from app.db import AtlasSession, Author, utc_now
from app.models import Scope
from app.schemas.queries import QuerySchema
from app.schemas.records import Schema
from app.services.collections import Collection
from app.services.keeping import Keeper
from app.services.tokens import Bearer
from app.services.writing import NO_CONDITION, Condition

Document = dict[str, Any]

SWAGGER_SECURITY = {
    "bearer": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The word Bearer, a blank, and the token: `Bearer ta_...`",
    }
}


@dataclass(frozen=True)
class Body:
    """What a method takes.

    Attributes:
        schema: its shape.
        media_types: in which it may come; the first is offered.
        is_partial: any member may be left out.
        is_file: it is a file of records, in one of several formats.
        is_text: it is text.
    """

    schema: type[Schema]
    media_types: tuple[str, ...] = requests.JSON_TYPES
    is_partial: bool = False
    is_file: bool = False
    is_text: bool = False


@dataclass(frozen=True)
class Operation:
    """The declaration of one method.

    Attributes:
        id: operationId, unique in the whole API.
        status: of a success.
        query: shape of the query string.
        body: what it takes, or None.
        returns: shape of the answer; None: nothing.
        scope: that a token needs; None: reading.
        is_list: the answer depends on the whole atlas, so its ETag is the version.
        is_put: answers 201 where it creates.
        may_miss: the query string names records, so that there may be none.
        formats: media type of each format that it answers in; the first is the default.
        also: further statuses of a success.
        is_prepared: the method is called before the transaction, and gives the work to be done in it.
        is_write: it changes something.
        hides: a member of the answer that is given once, and not kept for a retry.
        creates: the collection that it adds one record to; None: it does something else.
        waits_for: says whether there is something that a request with `wait` waits for; None: nothing waits.
        texts: summary and further paragraphs of the method's docstring.
    """

    id: str
    status: int = 200
    query: type[Schema] = QuerySchema
    body: Body | None = None
    returns: type[Schema] | None = None
    scope: Scope | None = None
    is_list: bool = False
    is_put: bool = False
    may_miss: bool = False
    formats: Mapping[str, str] = field(default_factory=lambda: requests.JSON_ONLY)
    also: tuple[int, ...] = ()
    is_prepared: bool = False
    is_write: bool = False
    hides: str = ""
    creates: Collection | None = None
    waits_for: Callable[[Connection, Document], bool] | None = None
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    """What a method is called with.

    Attributes:
        query: the loaded query string.
        body: the body: an object, not loaded yet.
        condition: If-Match and the like.
        content: the body of a method that takes files.
        format: what to answer in, of the operation's formats; of a method that takes files: the file's.
        author: of a write.
        bearer: who sends it; None: nobody with a token.
        clock: gives the time.
        reader: connection of a read, in a snapshot.
        seq: version of the state that a read shows.
        kept: what is kept of the records as they are written, for an answer in JSON of the present state.
        session: of a write, holding the lock.
    """

    query: Document
    body: Document = field(default_factory=dict)
    condition: Condition = NO_CONDITION
    content: bytes = b""
    format: str = "json"
    author: Author = None  # type: ignore[assignment]  # a write has it
    bearer: Bearer | None = None
    clock: Callable[[], datetime] = utc_now
    reader: Connection = None  # type: ignore[assignment]  # a read has it
    seq: int = 0
    kept: Keeper | None = None
    session: AtlasSession = None  # type: ignore[assignment]  # a write has it


@dataclass(frozen=True)
class Rendered:
    """An answer that is written already, in a format that is not JSON."""

    content: str


@dataclass(frozen=True)
class Answer:
    """A document with a status of its own, of those that the operation declares."""

    document: Document
    status: int
