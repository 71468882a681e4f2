"""One sender delivers at a time: it takes a lease, keeps it, and gives it back."""

import os
import socket
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from app.db import Author
from app.models import Webhook, WebhookSender
from app.sender import Sender
from app.services.webhooks import delivering
from tests.sender.turns import deliver, wait_for


class TestLease:
    def test_one_sender_delivers_at_a_time(self, hook, make, receiver, database, settings, sender):
        hook()
        make.organization(name="One")
        deliver(sender)
        make.organization(name="Two")
        assert Sender(database, settings).turn() is False
        deliver(sender)
        assert len(receiver.events) == 2

    def test_another_one_takes_over_when_it_has_run_out(
        self, hook, make, receiver, database, settings, sender, sql
    ):
        hook()
        make.organization(name="One")
        deliver(sender)
        sql(sa.update(WebhookSender).values(until=sa.func.current_timestamp()))
        make.organization(name="Two")
        deliver(Sender(database, settings))
        assert len(receiver.events) == 2

    @pytest.mark.parametrize("holder", ["elsewhere:1:x", "{here}:1:x"])
    def test_one_that_lives_keeps_it(self, hook, make, sender, sql, holder):
        hook()
        make.organization(name="One")
        name = holder.format(here=socket.gethostname()[:40])
        sql(sa.update(WebhookSender).values(holder=name, until=sender._database.clock().replace(year=2999)))
        assert sender.turn() is False

    def test_that_of_a_process_that_is_no_more_is_taken_over(self, hook, make, receiver, sender, sql):
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        hook()
        make.organization(name="One")
        name = f"{socket.gethostname()[:40]}:{ended.pid}:x"
        sql(sa.update(WebhookSender).values(holder=name, until=sender._database.clock().replace(year=2999)))
        deliver(sender)
        assert len(receiver.events) == 1

    def test_it_is_given_back_at_the_end(self, hook, make, sender, sql, database):
        hook()
        make.organization(name="One")
        stopped = threading.Event()
        thread = threading.Thread(target=sender.run, args=(stopped,))
        thread.start()
        wait_for(lambda: sql(sa.select(Webhook.cursor)) == [(1,)])
        stopped.set()
        thread.join(30)
        assert sql(sa.select(WebhookSender.until))[0].until <= database.clock()

    def test_it_goes_on_when_the_database_comes_back(self, hook, make, receiver, sender, database, log_lines):
        stopped = threading.Event()
        turns = []

        def turn():
            turns.append(1)
            if len(turns) == 1:
                raise sa.exc.OperationalError("SELECT", {}, Exception("away"))
            stopped.set()
            return False

        sender.turn = turn
        stopped.wait = lambda _seconds: None
        sender.run(stopped)
        assert "webhooks wait" in log_lines()


class TestEnd:
    """What a sender leaves behind."""

    @pytest.fixture
    def holding(self, hook, make, sender):
        hook()
        make.organization(name="One")
        deliver(sender)
        return sender

    def stop(self, sender):
        stopped = threading.Event()
        stopped.set()
        sender.run(stopped)

    def test_the_lease_of_another_one_stays(self, holding, sql):
        sql(sa.update(WebhookSender).values(holder="elsewhere:1:x"))
        before = sql(sa.select(WebhookSender.until))
        self.stop(holding)
        assert sql(sa.select(WebhookSender.until)) == before

    def test_without_the_database_the_lease_runs_out_by_itself(self, holding, monkeypatch, sql):
        before = sql(sa.select(WebhookSender.until))

        def away(_author):
            raise sa.exc.OperationalError("SELECT", {}, Exception("away"))

        monkeypatch.setattr(holding._database, "writing", away)
        self.stop(holding)
        assert sql(sa.select(WebhookSender.until)) == before

    def test_who_may_not_be_asked_after_is_thought_to_live(self, holding, make, sql, monkeypatch):
        def forbidden(_pid, _signal):
            raise PermissionError

        monkeypatch.setattr(os, "kill", forbidden)
        holder, until = f"{socket.gethostname()[:40]}:1:x", holding._database.clock().replace(year=2999)
        sql(sa.update(WebhookSender).values(holder=holder, until=until))
        holding._until = None
        make.organization(name="Two")
        assert holding.turn() is False

    def test_an_endpoint_that_is_gone_meanwhile_is_not_moved(self, database):
        with database.writing(Author("tests", "1")) as session:
            delivering.skip_pruned(session, 77, anchor=5)
            assert session.get(Webhook, 77) is None
