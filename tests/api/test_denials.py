"""Refusals reach the audit log, and a flood of them is a few rows."""

import atexit
import dataclasses
import time

import pytest
import sqlalchemy as sa

from app.api import denials
from app.models import Audit, Scope
from tests.client import Client


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, audit_denials_seconds=60)


@pytest.fixture
def noted(app, monkeypatch):
    """The application's denials, written when the test says so."""
    monkeypatch.setattr(denials, "_FIRST_AFTER_SECONDS", 3600.0)
    fresh = app.extensions["denials"] = denials.Denials()
    yield fresh
    if fresh._timer:
        fresh._timer.cancel()
    atexit.unregister(fresh.write)
    app.extensions["denials"] = denials.Denials()


@pytest.fixture
def rows(database, noted):
    """Writes what was counted, and gives the rows: `rows()`."""

    def write():
        noted.write(database)
        denied = sa.select(Audit.subject, Audit.detail).where(Audit.action == "denied").order_by(Audit.seq)
        with database.reading() as connection:
            return connection.execute(denied).all()

    return write


class TestDenials:
    def test_equal_ones_are_one_row(self, anonymous, rows):
        for _ in range(5):
            anonymous.post("/teams", {})
        (row,) = rows()
        assert row.subject == "127.0.0.0/24"
        told = {name: row.detail[name] for name in ("code", "count", "first", "network")}
        assert told == {
            "code": "token_required",
            "count": 5,
            "first": "POST /api/v1/teams",
            "network": "127.0.0.0/24",
        }

    def test_a_token_is_named(self, app, token, rows):
        Client(app, token("importer", Scope.IMPORT)).post("/teams", {})
        (row,) = rows()
        assert (row.subject, row.detail["code"]) == ("importer", "insufficient_scope")

    def test_a_flood_of_different_ones_is_a_few_rows(self, app, noted, rows):
        client = Client(app, None)
        for number in range(100):
            place = {"REMOTE_ADDR": f"10.0.{number}.1"}
            client.open("POST", "/teams", json={}, environ_overrides=place)
        found = rows()
        assert len(found) == denials._MOST_ROWS + 1
        assert sum(row.detail["count"] for row in found) == 100
        assert found[-1].subject == "others"

    def test_they_hold_no_secret(self, anonymous, token, rows):
        secret = token("deploy", Scope.WRITE)
        anonymous.get("/teams", token=secret[:-1] + "x")
        assert secret[14:40] not in str(rows())

    def test_a_refusal_writes_nothing_itself(self, anonymous, noted, statements):
        with statements() as seen:
            anonymous.post("/teams", {})
        assert not [statement for statement in seen if "INSERT" in statement]

    def test_they_are_written_by_themselves(self, anonymous, app, database, monkeypatch, noted):
        monkeypatch.setattr(denials, "_FIRST_AFTER_SECONDS", 0.01)
        anonymous.post("/teams", {})
        deadline = time.monotonic() + 30
        while noted._timer is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        with database.reading() as connection:
            count = sa.select(sa.func.count()).select_from(Audit).where(Audit.action == "denied")
            while not connection.scalar(count) and time.monotonic() < deadline:
                connection.rollback()
                time.sleep(0.01)
            assert connection.scalar(count) == 1

    def test_that_they_cannot_be_written_is_logged(self, anonymous, database, noted, log_lines):
        anonymous.post("/teams", {})
        with database.writer.begin() as connection:
            connection.execute(sa.text("DROP TABLE audit"))
        noted.write(database)
        assert "denials are not written" in log_lines()

    def test_there_may_be_nothing_to_write(self, rows):
        assert rows() == []

    def test_they_can_be_left_out(self, anonymous, with_settings, noted, rows):
        with_settings(audit_denials_seconds=0)
        anonymous.post("/teams", {})
        assert rows() == []
