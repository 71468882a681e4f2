"""Tokens over HTTP."""

from typing import Any

from sqlalchemy import Connection

from app.api.contract import Answer, Body, Call, Namespace, Resource, reads, writes
from app.db import AtlasSession
from app.models import Scope
from app.schemas.queries import PageQuerySchema
from app.schemas.tokens import (
    LeakSchema,
    MadeTokenSchema,
    NewTokenSchema,
    ReceiptSchema,
    RevocationQuerySchema,
    RotationSchema,
    TokenSchema,
)
from app.schemas.views import page_of
from app.services import token_views, tokens
from app.services.leaks import LeakReport
from app.services.writing import load

ns = Namespace("tokens", path="/tokens", description="Who may write: tokens made, replaced, revoked.")

_ACCEPTED = 202


@ns.route("")
class TokenList(Resource):
    """All tokens."""

    @reads(
        "list_tokens", query=PageQuerySchema, returns=page_of(TokenSchema), is_list=True, scope=Scope.ADMIN
    )
    def get(self, call: Call) -> Any:
        """List tokens, without their secrets."""
        return token_views.page_of_tokens(call.reader, call.query, call.clock())

    @writes(
        "create_token",
        Scope.ADMIN,
        body=Body(NewTokenSchema),
        returns=MadeTokenSchema,
        status=201,
        hides="secret",
    )
    def post(self, call: Call) -> Any:
        """Make a token, and give its secret this once.

        It may do no more than the token that asks for it, for no other teams, and ends no later.
        """
        wanted = load(NewTokenSchema, call.body)
        return _made(call, tokens.create(call.session, **wanted, maker=call.bearer))


@ns.route("/<public>")
class TokenItem(Resource):
    """One token."""

    @reads("get_token", returns=TokenSchema, scope=Scope.ADMIN)
    def get(self, call: Call, public: str) -> Any:
        """Read a token, without its secret."""
        return token_views.get_token(call.reader, public, call.clock())

    @writes("revoke_token", Scope.ADMIN, query=RevocationQuerySchema)
    def delete(self, call: Call, public: str) -> Any:
        """Revoke a token; from the next request on it lets nobody in."""
        tokens.revoke(call.session, tokens.find(call.session, public=public), call.query["reason"])


@ns.route("/<public>/rotate")
class TokenRotation(Resource):
    """A token in place of another one."""

    @writes(
        "rotate_token",
        Scope.ADMIN,
        body=Body(RotationSchema),
        returns=MadeTokenSchema,
        status=201,
        hides="secret",
    )
    def post(self, call: Call, public: str) -> Any:
        """Make a token that takes the place of this one, and give its secret this once.

        Both are good for `overlap_seconds`; then the old one ends. The new one has its name.
        """
        overlap = load(RotationSchema, call.body)["overlap_seconds"]
        old = tokens.find(call.session, public=public)
        return _made(call, tokens.rotate(call.session, old, overlap, call.bearer))


@ns.route("/leaked")
class TokenLeaks(Resource):
    """Tokens that were found in public."""

    @writes(
        "report_leaked_token",
        None,
        body=Body(LeakSchema),
        returns=ReceiptSchema,
        status=202,
        is_prepared=True,
    )
    def post(self, call: Call) -> Any:
        """Report a token that was found where everybody can read it.

        A good one is revoked at once. The answer is the same whatever was reported.
        """
        return _Work(LeakReport(load(LeakSchema, call.body)))


class _Work:
    """A report that is always accepted."""

    def __init__(self, report: LeakReport) -> None:
        """Begin."""
        self._report = report

    def prepare(self, connection: Connection) -> Answer | None:
        """Give the answer where nothing is to be done."""
        receipt = self._report.prepare(connection)
        return None if receipt is None else Answer(receipt, _ACCEPTED)

    def write(self, session: AtlasSession) -> Answer:
        """Revoke the token."""
        return Answer(self._report.write(session), _ACCEPTED)


def _made(call: Call, secret: str) -> dict[str, Any]:
    call.session.flush()  # the answer shows what was stored
    public = secret.split("_")[1]
    return {**token_views.get_token(call.session.connection(), public, call.clock()), "secret": secret}
