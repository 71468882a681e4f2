"""Endpoints that listen, and a sender that tells them."""

import dataclasses

import pytest
import sqlalchemy as sa

from app.models import Webhook
from app.sender import Sender

LOOPBACK = {"webhooks_allow_loopback": True}


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, webhooks_most_failures=3, **LOOPBACK)


@pytest.fixture
def sender(database, settings):
    return Sender(database, settings)


@pytest.fixture
def hook(client, receiver):
    """Makes an endpoint that leads to the receiver, which verifies from then on: `hook(kinds=["team"])`."""

    def create(**more):
        response = client.post("/webhooks", {"url": receiver.url, **more})
        assert response.status_code == 201, response.get_json()
        receiver.secret = response.get_json()["secret"]
        return response.get_json()

    return create


@pytest.fixture
def sql(database):
    """Executes a statement: `sql(statement)`."""

    def execute(statement):
        with database.writer.begin() as connection:
            result = connection.execute(statement)
            return result.all() if result.returns_rows else None

    return execute


@pytest.fixture
def retry_now(sql):
    """Lets nobody wait for the next try."""
    return lambda: sql(sa.update(Webhook).values(retry_at=None))
