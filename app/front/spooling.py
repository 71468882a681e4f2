"""Long answers on their way from a thread to a client that may be slow.

The thread writes as fast as it can and is free again, and so is its connection
to the database. What the client has not taken yet waits here: a MiB in memory,
the rest in a temporary file.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile

_IN_MEMORY_BYTES = 1_048_576
_PIECE_BYTES = 65_536


class Spool:
    """Bytes that one thread writes and the event loop reads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin empty."""
        self._loop = loop
        self._news = asyncio.Event()
        self._lock = threading.Lock()
        self._file = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  # closed by `close`
        self._read = self._written = 0
        self._is_ended = self._is_closed = self._has_failed = False

    def put(self, piece: bytes) -> None:
        """Write a piece; in the thread.

        Raises:
            BrokenPipeError: nobody reads any longer.
        """
        with self._lock:
            if self._is_closed:
                raise BrokenPipeError
            self._file.seek(self._written)
            self._written += self._file.write(piece)
        self._loop.call_soon_threadsafe(self._news.set)

    def end(self, *, has_failed: bool = False) -> None:
        """Say that nothing more comes, be it that it is not all; in the thread."""
        self._is_ended, self._has_failed = True, has_failed
        self._loop.call_soon_threadsafe(self._news.set)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give what was written, in order, to the end.

        Raises:
            ConnectionResetError: it is not all.
        """
        while True:
            self._news.clear()
            is_ended = self._is_ended
            if piece := self._take():
                yield piece
            elif is_ended:
                break
            else:
                await self._news.wait()
        if self._has_failed:
            raise ConnectionResetError

    def close(self) -> None:
        """Keep nothing, and let the thread know."""
        with self._lock:
            self._is_closed = True
            self._file.close()

    def _take(self) -> bytes:
        with self._lock:
            self._file.seek(self._read)
            piece = self._file.read(_PIECE_BYTES)
            self._read += len(piece)
            if self._read == self._written:
                self._file.seek(0)
                self._file.truncate()
                self._read = self._written = 0
        return piece
