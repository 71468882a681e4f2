"""Bodies, read as a whole before a thread is taken: a client that sends slowly holds none."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_IN_MEMORY_BYTES = 1_048_576


class Gone(Exception):
    """The client went away before the body was there."""


class TooSlow(Exception):
    """The body was not there in time."""


async def read(receive: Receive, length: int, *, most_bytes: int, seconds: float) -> IO[bytes]:
    """Read a body of a known length.

    Args:
        receive: gives its pieces.
        length: of the body, as its header says; no more than that ever comes.
        most_bytes: a longer one is left where it is: it will be refused by its length alone.
        seconds: that it may take.

    Raises:
        Gone: it will not come.
        TooSlow: it did not come in time.
    """
    if not 0 < length <= most_bytes:
        return BytesIO()
    body: IO[bytes] = BytesIO() if length <= _IN_MEMORY_BYTES else SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  # closed behind the answer
    try:
        async with asyncio.timeout(seconds):
            is_more = True
            while is_more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                body.write(message.get("body", b""))
                is_more = message.get("more_body", False)
    except TimeoutError:
        raise TooSlow from None
    body.seek(0)
    return body
