"""What a token and an endpoint are called and known by: made at random, read, compared by digests."""

import hashlib
import re
import secrets
import zlib

from app.models import PUBLIC_LENGTH

PREFIX = "ta"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH, _CHECKSUM_LENGTH = 32, 6
FORM = re.compile(
    rf"{PREFIX}_[0-9A-Za-z]{{{PUBLIC_LENGTH}}}_[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECKSUM_LENGTH}}}"
)


def make_public() -> str:
    """Make a public part: what a thing is called in URLs and logs."""
    return _random(PUBLIC_LENGTH)


def make_token(public: str) -> tuple[str, str]:
    """Make a token of a public part, and the digest of its secret."""
    secret = _random(_SECRET_LENGTH)
    return seal(f"{PREFIX}_{public}_{secret}"), _digest(secret)


def read_token(text: str) -> tuple[str, str] | None:
    """Give the public part of a token and the digest of its secret; None: it is not well-formed."""
    if not FORM.fullmatch(text) or seal(text[:-_CHECKSUM_LENGTH]) != text:
        return None
    _, public, rest = text.split("_")
    return public, _digest(rest[:_SECRET_LENGTH])


def seal(text: str) -> str:
    """Put the checksum behind a token: CRC32 of all before it, in base62."""
    number = zlib.crc32(text.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return text + digits


def _random(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
