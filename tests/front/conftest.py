import gunicorn.asgi.protocol
import gunicorn.workers.gasgi
import pytest

from app.front import connections

PATCHED = (
    (gunicorn.workers.gasgi, "ASGIProtocol"),
    (gunicorn.asgi.protocol, "_CACHED_SERVER_HEADER"),
    (gunicorn.asgi.protocol, "_scan_response_headers"),
)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(connections, "WRITE_SECONDS", 0.05)


@pytest.fixture
def installed(monkeypatch):
    for module, name in PATCHED:
        monkeypatch.setattr(module, name, getattr(module, name))
    connections.install()
