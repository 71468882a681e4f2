"""Webhooks: endpoints, and attempts to deliver to them."""

import marshmallow as ma

from app.models import (
    EVENT_LENGTH,
    NAME_LENGTH,
    PUBLIC_LENGTH,
    PUBLIC_PATTERN,
    SUMMARY_LENGTH,
    URL_LENGTH,
    DeliveryOutcome,
    Kind,
    WebhookState,
)
from app.schemas.fields import Bag, Moment, Slug, Text, Word
from app.schemas.records import Schema, optional, read_only

_EVENTS = [f"{kind}.{verb}" for kind in Kind for verb in ("created", "updated", "deleted")]
_TARGET_PATTERN = r"^https?://[!-~]+$"


class _EventType(ma.fields.String):
    """The type of an event, of those that there are."""

    def __init__(self) -> None:
        error = "Must be a kind and created, updated or deleted, such as use_case.updated."
        super().__init__(validate=ma.validate.OneOf(_EVENTS, error=error))


class WebhookSchema(Schema):
    """An endpoint that is told of changes, without its secret."""

    id = Text(PUBLIC_LENGTH, pattern=PUBLIC_PATTERN, **read_only(description="Ten characters."))
    url = Text(
        URL_LENGTH,
        pattern=_TARGET_PATTERN,
        hint="Must be an https URL, such as https://hooks.example/atlas.",
        required=True,
        metadata={"description": "Where messages go: https, port 443, on the open internet."},
    )
    description = Text(SUMMARY_LENGTH, **optional(description="What it is for."))
    kinds = Bag(
        Word(Kind), load_default=list, metadata={"description": "Kinds of records; none: every kind."}
    )
    teams = Bag(
        Slug(),
        load_default=list,
        metadata={"description": "Only these teams and their use cases; none: everything."},
    )
    events = Bag(
        _EventType(), load_default=list, metadata={"description": "Types of events; none: every type."}
    )
    state = Word(
        WebhookState,
        load_default=WebhookState.ACTIVE,
        metadata={"description": "`disabled`: the atlas gave up. `active` tries again, from where it was."},
    )
    state_reason = ma.fields.String(allow_none=True, **read_only(description="Why the atlas gave up."))
    cursor = ma.fields.Integer(**read_only(description="`seq` of the last change that it has, or needs not."))
    failures = ma.fields.Integer(**read_only(description="In a row."))
    retry_at = Moment(allow_none=True, **read_only(description="When it is tried again after a failure."))
    created_at = Moment(**read_only())
    updated_at = Moment(**read_only())


class MadeWebhookSchema(WebhookSchema):
    """An endpoint with its secret, which is shown this once."""

    secret = ma.fields.String(
        allow_none=True,
        **read_only(description="What messages are signed with. Null in the answer to a retry."),
    )


class AttemptSchema(Schema):
    """An attempt to deliver an event."""

    id = ma.fields.Integer(metadata={"description": "Higher ones are newer."})
    event_id = Text(EVENT_LENGTH, metadata={"description": "`webhook-id` of the message."})
    type = Text(EVENT_LENGTH)
    seq = ma.fields.Integer(allow_none=True, metadata={"description": "Of the change; null: a test."})
    number = ma.fields.Integer(metadata={"description": "Which try it was."})
    at = Moment()
    outcome = Word(DeliveryOutcome)
    status = ma.fields.Integer(allow_none=True, metadata={"description": "Of the answer, if there was one."})
    detail = Text(NAME_LENGTH, allow_none=True, metadata={"description": "Why there was none."})
    milliseconds = ma.fields.Integer()


class TrialSchema(Schema):
    """What came of a test."""

    event_id = Text(EVENT_LENGTH)
    outcome = Word(DeliveryOutcome)
    status = ma.fields.Integer(allow_none=True)
    detail = Text(NAME_LENGTH, allow_none=True)
    milliseconds = ma.fields.Integer()
