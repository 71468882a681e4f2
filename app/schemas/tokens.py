"""Tokens: what is asked for, what is shown of them."""

import marshmallow as ma

from app.models import (
    MOST_OVERLAP_SECONDS,
    MOST_TOKEN_DAYS,
    NAME_LENGTH,
    PUBLIC_LENGTH,
    PUBLIC_PATTERN,
    URL_LENGTH,
    Scope,
    TokenState,
)
from app.schemas.fields import Bag, Moment, Slug, Text, Whole, Word
from app.schemas.queries import QuerySchema
from app.schemas.records import Schema, optional, read_only

# Those that str.isprintable() knows are many, and names of tokens stand in logs: ASCII will do.
_NAME_PATTERN = r"^[!-~](?:[ -~]*[!-~])?$"
_LONGEST_TOKEN = 1_000


class NewTokenSchema(Schema):
    """A token that is wanted; it can do no more than the one that asks for it, and ends no later."""

    name = Text(
        NAME_LENGTH,
        pattern=_NAME_PATTERN,
        hint="Must be ASCII without control characters, and no blank at an end.",
        required=True,
        metadata={"description": "Stands in the change log; no two tokens have one."},
    )
    scopes = Bag(Word(Scope), fewest=1, required=True, metadata={"description": "What it may do."})
    teams = Bag(
        Slug(), load_default=list, metadata={"description": "Teams that it is held to; none: not held."}
    )
    days = Whole(
        1,
        MOST_TOKEN_DAYS,
        load_default=None,
        allow_none=True,
        metadata={"description": "Days until it ends; 90, or as long as the one that asks lasts."},
    )


class TokenSchema(Schema):
    """A token, without its secret."""

    id = Text(
        PUBLIC_LENGTH,
        pattern=PUBLIC_PATTERN,
        **read_only(description="Public part: ten characters that may be told."),
    )
    name = ma.fields.String(**read_only(description="As it stands in the change log."))
    scopes = ma.fields.List(Word(Scope), **read_only(description="What it may do."))
    is_held = ma.fields.Boolean(**read_only(description="It is held to teams."))
    teams = ma.fields.List(Slug(), **read_only(description="Those teams, as far as they are left."))
    state = Word(TokenState, **read_only(description="Whether it lets anybody in."))
    expires_at = Moment(**read_only(description="When it ends."))
    last_used_at = Moment(allow_none=True, **read_only(description="Last write, to the hour."))
    revoked_at = Moment(allow_none=True, **read_only())
    revoked_reason = ma.fields.String(allow_none=True, **read_only())
    replaced_by = ma.fields.String(
        allow_none=True, **read_only(description="Id of the token that it was rotated to.")
    )
    created_at = Moment(**read_only())


class MadeTokenSchema(TokenSchema):
    """A token that was just made, with its secret, which is shown this once."""

    secret = ma.fields.String(
        allow_none=True,
        **read_only(description="The token to send. Null in the answer to a retry: it is not kept."),
    )


class RotationSchema(Schema):
    """For how long the old token, or the old secret, is good beside the new one."""

    overlap_seconds = Whole(
        0, MOST_OVERLAP_SECONDS, load_default=3_600, metadata={"description": "An hour, if it is not given."}
    )


class RevocationQuerySchema(QuerySchema):
    """Why a token is revoked."""

    reason = Text(
        NAME_LENGTH, load_default="revoked over HTTP", metadata={"description": "Kept with the token."}
    )


class LeakSchema(Schema):
    """A token that was found where everybody can read it."""

    token = Text(_LONGEST_TOKEN, required=True, metadata={"description": "What was found."})
    url = Text(URL_LENGTH, **optional(description="Where it was found."))
    source = Text(NAME_LENGTH, **optional(description="Who found it."))


class ReceiptSchema(Schema):
    """That a report arrived; it says nothing about the token."""

    received = ma.fields.Boolean(metadata={"description": "Always true."})
