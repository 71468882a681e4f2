"""Where connections come in: one at a time, and each worker its share.

asyncio takes up to a hundred connections whenever it is woken, so the first
worker to wake takes all that a client opens at once, and the others sit idle
for as long as the client keeps them. Here a worker takes one, and one that
holds more than another leaves the next to that for a moment. See decision 0035.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

from app.front.shares import Share

# How long one that is ahead leaves connections to others, before it looks again whether it still is: each
# time twice as long as before.
_FIRST_PAUSE_SECONDS = 0.001
_LONGEST_PAUSE_SECONDS = 0.032
# Others that took nothing in all that time are busy: nobody waits for them so long.
_ALONE_SECONDS = 1.0
_AT_ONCE = 16
# Until there may be file descriptors or memory again.
_RETRY_SECONDS = 1.0
_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

Make = Callable[[], asyncio.Protocol]


class Door:
    """Takes connections from a socket on which several workers listen, where asyncio's server would."""

    def __init__(self, share: Share) -> None:
        """Begin closed.

        Args:
            share: of this worker.
        """
        self._share = share
        self._is_open = False
        self._alone_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._coming: set[asyncio.Task[Any]] = set()

    async def open(self, make: Make, *, sock: socket.socket, **_ignored: Any) -> "Door":
        """Listen, in the words of asyncio's `create_server`.

        Args:
            make: makes what serves a connection, which calls `lost_one` at its end.
            sock: that listens already, and does not block.
        """
        self._loop = asyncio.get_running_loop()
        self._make, self._socket = make, sock
        self._is_open = True
        self._share.open()
        self._listen()
        return self

    def close(self) -> None:
        """Take no more."""
        self._share.close()
        if self._is_open:
            self._rest()
            self._socket.close()
            self._is_open = False

    async def wait_closed(self) -> None:
        """Do nothing: what is being served is not the door's business."""

    def lost_one(self) -> None:
        """Note that a connection has ended."""
        self._share.lost_one()
        if self._timer is not None and not self._share.is_ahead:
            self._listen()

    def _listen(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop.add_reader(self._socket, self._on_coming)

    def _rest(self, seconds: float | None = None, then: Callable[[], None] | None = None) -> None:
        """Listen no longer, but do something in a while."""
        self._loop.remove_reader(self._socket)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, then) if seconds and then else None

    def _on_coming(self) -> None:
        """Take what has come, until this worker is ahead of another; when it is already, leave it for now."""
        is_alone = self._loop.time() < self._alone_until
        if self._share.is_ahead and not is_alone:
            self._leave_it(self._share.taken_by_all, _FIRST_PAUSE_SECONDS)
            return
        for _ in range(_AT_ONCE):
            if not self._take() or (self._share.is_ahead and not is_alone):
                break

    def _leave_it(self, taken_before: int, seconds: float) -> None:
        """Let others have what has come, as long as this worker is ahead and they take it."""
        if self._share.is_ahead and seconds <= _LONGEST_PAUSE_SECONDS:
            self._rest(seconds, lambda: self._leave_it(taken_before, 2 * seconds))
            return
        self._listen()
        if self._share.is_ahead and self._share.taken_by_all == taken_before and self._take():
            self._alone_until = self._loop.time() + _ALONE_SECONDS

    def _take(self) -> bool:
        """Take one connection; says whether there may be more."""
        try:
            connection, _address = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # another worker was quicker, or the client has gone
        except OSError as error:
            if error.errno not in _SCARCE:
                raise
            self._loop.call_exception_handler({"message": "No connection can be taken", "exception": error})
            self._rest(_RETRY_SECONDS, self._listen)
            return False
        connection.settimeout(0)
        self._share.took_one()
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._make, connection))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)
        return True


def install(worker: Any) -> None:
    """Let a worker of gunicorn take its connections so."""
    worker.door = Door(worker.share)
    worker.loop.create_server = worker.door.open
