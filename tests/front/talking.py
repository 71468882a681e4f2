"""Bytes to connections of ours, over real sockets, without gunicorn's worker."""

import asyncio
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace

from gunicorn.config import Config

from app.front.connections import Connection

GOOD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def answering(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


@asynccontextmanager
async def listening(app, most=10, keepalive=None):
    """Serve with connections of ours; gives the port and the worker."""
    config = Config()
    config.set("keepalive", keepalive or config.keepalive)
    worker = SimpleNamespace(
        cfg=config,
        log=SimpleNamespace(access_log_enabled=False, debug=print, info=print, exception=print, error=print),
        asgi=app,
        loop=asyncio.get_running_loop(),
        state={},
        nr=0,
        nr_conns=0,
        max_requests=sys.maxsize,
        worker_connections=most,
        alive=True,
        door=SimpleNamespace(lost_one=lambda: None),
    )
    server = await worker.loop.create_server(lambda: Connection(worker), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], worker
    finally:
        server.close()


def talk(*sent, app=answering, most=10, others=0):
    """Send bytes on one connection, and give all that comes until it ends."""

    async def talking():
        async with listening(app, most) as (port, _worker):
            crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(others)]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in sent:
                writer.write(piece)
                await asyncio.sleep(0.01)
            got = await asyncio.wait_for(reader.read(), 5)
            for _reader, open_writer in [*crowd, (reader, writer)]:
                open_writer.close()
            await asyncio.sleep(0.01)
            return got

    return asyncio.run(talking())
