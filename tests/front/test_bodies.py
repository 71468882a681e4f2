"""app/front/bodies.py"""

import asyncio

import pytest

from app.front import bodies


def read(*pieces, length=None, most=10_000_000, seconds=5.0):
    """Read a body that comes in these pieces, and then nothing."""
    left = list(pieces)

    async def receive():
        if not left:
            await asyncio.sleep(3600)
        piece = left.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    length = sum(len(piece) for piece in pieces if piece) if length is None else length
    with asyncio.run(bodies.read(receive, length, most_bytes=most, seconds=seconds)) as body:
        return body.read()


class TestRead:
    def test_it_puts_the_pieces_together(self):
        assert read(b"one ", b"two") == b"one two"

    def test_a_large_one_waits_in_a_file(self):
        assert read(b"x" * 2_000_000) == b"x" * 2_000_000

    def test_one_that_is_too_long_is_left_where_it_is(self):
        assert read(b"x" * 11, most=10) == b""

    def test_without_a_length_there_is_none(self):
        assert read(length=0) == b""

    def test_a_client_that_goes_away_is_gone(self):
        with pytest.raises(bodies.Gone):
            read(b"part", None, length=100)

    def test_a_client_that_takes_too_long_is_too_slow(self):
        with pytest.raises(bodies.TooSlow):
            read(length=100, seconds=0.01)
