"""Requests that wait for news, held on the event loop: they cost no thread.

The application says of an answer how long it may be held, and in which state of
the atlas there was nothing to tell. It is asked again when the atlas has moved
on, by a few at a time, so that those who wait leave threads to the others.
"""

import asyncio
from collections.abc import Awaitable, Callable

from app.front.bodies import Receive
from app.front.bridge import Answer, Full
from app.front.versions import Version, Watch

# The key under which the application notes it: seconds, and a version; None: it may be sent.
Held = tuple[int, Version] | None
Better = tuple[Held, Answer]

_PAUSE_SECONDS = 0.2
_MOST = 1_000


class Holder:
    """Holds answers that say nothing new."""

    def __init__(self, versions: Watch, *, turns: int, most: int = _MOST) -> None:
        """Begin with none.

        Args:
            versions: looks at the version of the atlas.
            turns: how many may ask again at a time.
            most: that are held at a time; who comes beyond them is answered at once.
        """
        self._versions = versions
        self._turns = asyncio.Semaphore(turns)
        self._places = most

    async def hold(
        self, held: Held, answer: Answer, ask: Callable[[Held], Awaitable[Better]], receive: Receive
    ) -> Answer | None:
        """Hold an answer until there is a better one, or the time is over.

        Args:
            held: how long, and in which state there was nothing to tell.
            answer: that may be sent then.
            ask: asks again.
            receive: tells that the client has gone.

        Returns: what to send; None: nobody is there any more.
        """
        if held is None or self._places <= 0:
            return answer
        self._places -= 1
        gone = asyncio.ensure_future(_disconnect(receive))
        loop = asyncio.get_running_loop()
        end = loop.time() + held[0]
        try:
            while held is not None and answer.rest is None and (left := end - loop.time()) > 0:
                await asyncio.wait({gone}, timeout=min(_PAUSE_SECONDS, left))
                if gone.done():
                    return None
                if await self._versions.version() not in {None, held[1]}:
                    held, answer = await self._again(ask, held) or (held, answer)
        finally:
            self._places += 1
            gone.cancel()
        return answer

    async def _again(self, ask: Callable[[Held], Awaitable[Better]], held: Held) -> Better | None:
        """Ask again when it is this one's turn; None: too many others wait for a thread."""
        async with self._turns:
            try:
                return await ask(held)
            except Full:
                return None


async def _disconnect(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
