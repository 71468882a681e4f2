"""app/front/door.py"""

import asyncio
import errno
import socket
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest

from app.front import door as door_module
from app.front.door import Door, install
from app.front.shares import Shares

SOON = 5.0


class Worker:
    """One of several that listen on a socket, all on one event loop."""

    def __init__(self, share, listening):
        self.door = Door(share)
        self.socket = listening.dup()
        self.socket.settimeout(0)
        self.served = []

    def make(self):
        worker = self

        class Connection(asyncio.Protocol):
            def connection_made(self, transport):
                worker.served.append(transport)

            def connection_lost(self, _error):
                worker.door.lost_one()

        return Connection()

    async def open(self):
        await self.door.open(self.make, sock=self.socket, ssl=None, reuse_address=True, start_serving=True)

    def close(self):
        self.door.close()
        self.socket.close()
        for transport in self.served:
            transport.abort()


async def until(is_so):
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.001)


@contextmanager
def listening_socket():
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening


@contextmanager
def coming(listening, number):
    """Connect, all at once."""
    with ExitStack() as stack:
        address = listening.getsockname()
        yield [stack.enter_context(socket.create_connection(address)) for _ in range(number)]


def serve(work, workers=2, shares=None):
    """Let workers listen while some work is done."""

    async def serving():
        with listening_socket() as listening:
            places = shares or Shares(workers)
            crowd = [Worker(places.take(), listening) for _ in range(workers)]
            try:
                return await work(listening, *crowd)
            finally:
                for worker in crowd:
                    worker.close()
                await asyncio.sleep(0)

    return asyncio.run(serving())


async def held(number, *workers):
    await until(lambda: sum(len(worker.served) for worker in workers) == number)
    return [len(worker.served) for worker in workers]


def refuse_first(door, *errors):
    """Let accepting connections fail so, before it works."""
    real, left = door._socket, list(errors)

    def accept():
        if left:
            raise left.pop()
        return real.accept()

    door._socket = SimpleNamespace(accept=accept, fileno=real.fileno, close=real.close)


class TestShares:
    def test_what_comes_at_once_is_shared(self):
        async def work(listening, first, second):
            await first.open()
            await second.open()
            with coming(listening, 16):
                return await held(16, first, second)

        assert serve(work) == [8, 8]

    def test_without_shares_the_first_takes_all(self, monkeypatch):
        """The control: what asyncio's own server does, too."""
        monkeypatch.setattr("app.front.shares.Share.is_ahead", False)

        async def work(listening, first, second):
            await first.open()
            await second.open()
            with coming(listening, 16):
                return await held(16, first, second)

        assert sorted(serve(work)) == [0, 16]

    def test_who_holds_fewer_catches_up(self):
        async def work(listening, first, second):
            await first.open()
            with coming(listening, 5):
                await held(5, first)
                await second.open()
                with coming(listening, 5):
                    return await held(10, first, second)

        assert serve(work) == [5, 5]

    def test_one_that_hangs_keeps_nobody_waiting(self):
        async def work(listening, first, second):
            await first.open()
            second.door._share.open()  # says that it listens, and never comes
            with coming(listening, 30):
                return await held(30, first, second)

        assert serve(work) == [30, 0]

    def test_who_is_free_again_listens_again(self, monkeypatch):
        monkeypatch.setattr(door_module, "_FIRST_PAUSE_SECONDS", 60)
        monkeypatch.setattr(door_module, "_LONGEST_PAUSE_SECONDS", 60)

        async def work(listening, first, second):
            await first.open()
            second.door._share.open()
            with coming(listening, 2):
                await held(1, first)
                await until(lambda: first.door._timer is not None)
                first.served[0].abort()
                return await held(2, first)

        assert serve(work) == [2]

    def test_a_worker_alone_takes_all(self):
        async def work(listening, only):
            await only.open()
            with coming(listening, 40):
                return await held(40, only)

        assert serve(work, workers=1) == [40]


class TestTaking:
    def test_who_has_closed_takes_no_more(self):
        async def work(listening, first, second):
            await first.open()
            await second.open()
            first.door.close()
            await first.door.wait_closed()
            with coming(listening, 4):
                return await held(4, first, second)

        assert serve(work) == [0, 4]

    def test_a_client_that_has_gone_at_once_does_no_harm(self):
        async def work(listening, only):
            with coming(listening, 1) as (hasty,):
                hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                hasty.close()
                await only.open()
            with coming(listening, 1):
                await until(lambda: len(only.served) == 2)
                await until(only.served[0].is_closing)
            await asyncio.sleep(0.01)
            return only.door._share._numbers[0]

        assert serve(work, workers=1) <= 1

    @pytest.mark.parametrize(("code", "is_told"), [(errno.EMFILE, True), (errno.ECONNABORTED, False)])
    def test_without_descriptors_it_tries_again_later(self, monkeypatch, code, is_told):
        monkeypatch.setattr(door_module, "_RETRY_SECONDS", 0.01)

        async def work(listening, only):
            told = []
            asyncio.get_running_loop().set_exception_handler(lambda _loop, event: told.append(event))
            await only.open()
            refuse_first(only.door, OSError(code, "no"), OSError(code, "no"))
            with coming(listening, 1):
                await held(1, only)
            return len(told)

        assert serve(work, workers=1) == (2 if is_told else 0)

    def test_another_error_is_told_and_ends_nothing(self):
        async def work(listening, only):
            told = []
            asyncio.get_running_loop().set_exception_handler(lambda _loop, event: told.append(event))
            await only.open()
            refuse_first(only.door, OSError(errno.EPERM, "no"))
            with coming(listening, 1):
                await held(1, only)
            return len(told)

        assert serve(work, workers=1) == 1


class TestInstall:
    def test_gunicorn_listens_through_it(self):
        worker = SimpleNamespace(share=Shares(1).take(), loop=SimpleNamespace())
        install(worker)
        assert worker.loop.create_server == worker.door.open
