"""Messages as Standard Webhooks has them: an id, a moment, and a signature for each good secret."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from app.services.webhooks.events import Event

_SECRET_BYTES = 32


def make_secret() -> str:
    """Make the secret of an endpoint."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def headers_for(event: Event, body: bytes, keys: Sequence[str], now: datetime) -> dict[str, str]:
    """Give the headers of a message.

    Args:
        event: that it tells of.
        body: as it is sent.
        keys: secrets to sign with, the newest first.
        now: when it is sent; a receiver takes it for five minutes.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    from standardwebhooks.webhooks import Webhook as Signer  # noqa: PLC0415  # only who sends waits for it

    moment = now.astimezone(UTC)
    text = body.decode()
    signatures = [Signer(key).sign(event.id, moment, text) for key in keys]
    return {
        "Content-Type": "application/json",
        "User-Agent": "ToolAtlas",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
