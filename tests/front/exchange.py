"""Requests to an ASGI application, without a server."""

import asyncio
from types import SimpleNamespace


def scope(path="/api/v1/teams", method="GET", query="", **headers):
    """Make the scope of a request; headers are named with underscores."""
    named = {"host": "localhost", **headers}
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "http_version": "1.1",
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 50_000),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }


async def exchange(app, asked, body=b""):
    """Send a request; gives its status, headers and body, and whether it came to its end."""
    got = SimpleNamespace(status=None, headers={}, body=b"", is_complete=False)
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message):
        await asyncio.sleep(0)
        if message["type"] == "http.response.start":
            got.status, got.headers = message["status"], dict(message["headers"])
        else:
            got.body += message.get("body", b"")
            got.is_complete = not message.get("more_body", False)

    await app(asked, receive, send)
    return got


def run(front, work):
    """Run an event loop of its own, and let the front end with it."""

    async def whole():
        try:
            return await work
        finally:
            await front._versions.close()

    return asyncio.run(whole())


def ask(front, *arguments, body=b"", **words):
    """Send one request."""
    return run(front, exchange(front, scope(*arguments, **words), body))
