"""app/front/spooling.py"""

import asyncio
import threading

import pytest

from app.front.spooling import Spool


async def written(pieces, *, has_failed=False):
    """Write pieces in a thread, and give what comes out."""
    spool = Spool(asyncio.get_running_loop())

    def write():
        for piece in pieces:
            spool.put(piece)
        spool.end(has_failed=has_failed)

    thread = threading.Thread(target=write)
    thread.start()
    got = b""
    try:
        async for piece in spool.pieces():
            got += piece
    finally:
        await asyncio.to_thread(thread.join)
        spool.close()
    return got


class TestSpool:
    @pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
    def test_it_gives_what_was_put_in(self, size):
        data = bytes(number % 251 for number in range(1_000)) * (size // 1_000 + 1)
        data = data[:size]
        pieces = [data[start : start + 70_000] for start in range(0, size, 70_000)]
        assert asyncio.run(written(pieces)) == data

    def test_a_part_is_not_taken_for_the_whole(self):
        with pytest.raises(ConnectionResetError):
            asyncio.run(written([b"part"], has_failed=True))

    def test_who_writes_for_nobody_is_told(self):
        async def closed():
            spool = Spool(asyncio.get_running_loop())
            spool.close()
            with pytest.raises(BrokenPipeError):
                spool.put(b"piece")

        asyncio.run(closed())

    def test_it_waits_for_the_next_piece(self):
        async def slowly():
            spool = Spool(asyncio.get_running_loop())
            pieces = spool.pieces()
            waiting = asyncio.ensure_future(anext(pieces))
            await asyncio.sleep(0)
            assert not waiting.done()
            await asyncio.to_thread(spool.put, b"late")
            assert await waiting == b"late"
            await pieces.aclose()
            spool.close()

        asyncio.run(slowly())
