"""Webhooks from end to end: every change reaches every endpoint, in order, at least once."""

import dataclasses
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import sqlalchemy as sa

from app import sender as sender_module
from app.config import PROJECT_FOLDER
from app.db import Author
from app.models import Audit, Change, Webhook, WebhookAttempt, WebhookSender
from app.sender import Sender, main
from app.services import chain
from app.services.webhooks import delivering
from app.services.webhooks.events import Telling
from tests.receiver import Receiver
from tests.test_run import environment

LOOPBACK = {"webhooks_allow_loopback": True}


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, webhooks_most_failures=3, **LOOPBACK)


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


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


def deliver(sender):
    """Give turns until none is due."""
    turns = 0
    while sender.turn():
        turns += 1
        assert turns < 20, "It goes on without end."


class TestDelivery:
    def test_every_change_is_told_in_order(self, hook, make, client, receiver, sender):
        hook()
        make.organization(name="Netflix")
        client.patch("/organizations/netflix", {"description": "Films."})
        client.delete("/organizations/netflix")
        deliver(sender)
        told = [(event["type"], event["data"]["seq"]) for _id, event in receiver.events]
        assert told == [
            ("organization.created", 1),
            ("organization.updated", 2),
            ("organization.deleted", 3),
        ]

    def test_an_event_is_thin(self, hook, make, receiver, sender, database):
        hook()
        make.organization(name="Netflix")
        deliver(sender)
        with database.reading() as connection:
            at = connection.scalar(sa.select(Change.at))
        assert receiver.events[0][1] == {
            "type": "organization.created",
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "data": {
                "seq": 1,
                "kind": "organization",
                "slug": "netflix",
                "revision": 1,
                "action": "create",
                "url": "http://127.0.0.1:8000/api/v1/organizations/netflix",
            },
        }

    def test_what_was_before_is_not_told(self, make, hook, receiver, sender):
        make.organization(name="Before")
        hook()
        make.organization(name="After")
        deliver(sender)
        assert [event["data"]["slug"] for _id, event in receiver.events] == ["after"]

    def test_ids_are_those_of_the_events(self, hook, make, receiver, sender):
        hook()
        make.organization(name="One")
        make.organization(name="Two")
        receiver.statuses = [500]
        deliver(sender)
        assert len(receiver.tries) == 1
        assert len({id_ for id_, *_rest in receiver.tries}) == 1

    def test_an_import_is_told_record_by_record(self, hook, client, receiver, sender):
        hook()
        names = [{"name": f"Purpose {number}"} for number in range(450)]
        client.post("/import", {"purposes": names})
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == list(range(1, 451))

    @pytest.mark.parametrize(
        ("wanted", "told"),
        [
            ({"kinds": ["team"]}, ["team.created", "team.created"]),
            (
                {"events": ["team.created", "use_case.deleted"]},
                ["team.created", "team.created", "use_case.deleted"],
            ),
            ({"teams": ["core"]}, ["team.updated", "use_case.created", "use_case.deleted"]),
        ],
    )
    def test_only_what_is_wanted_is_told(self, hook, make, client, receiver, sender, wanted, told):
        if "teams" in wanted:
            make.team(slug="core", name="Core")
        hook(**wanted)
        for slug in ("core", "other"):
            if slug == "core" and "teams" in wanted:
                client.patch("/teams/core", {"area": "Tools"})
            else:
                make.team(slug=slug, name=slug)
            make.use_case(slug=f"{slug}-lints", team=slug)
        client.delete("/use-cases/core-lints")
        deliver(sender)
        assert [event["type"] for _id, event in receiver.events] == told

    def test_nothing_to_tell_is_nothing_to_do(self, hook, sender, sql):
        hook()
        assert sender.turn() is False
        assert sql(sa.select(WebhookSender.holder)) == [("",)]

    def test_what_nobody_wants_moves_the_cursor_on(self, hook, make, client, sender):
        made = hook(kinds=["team"])
        make.organization(name="Netflix")
        deliver(sender)
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert shown["cursor"] == 1


class TestFailure:
    def test_a_receiver_that_was_down_misses_nothing(self, hook, make, receiver, sender, retry_now):
        hook()
        receiver.statuses = [500, 503]
        for number in range(5):
            make.organization(name=f"Nr {number}")
        for _ in range(3):
            deliver(sender)
            retry_now()
        assert [event["data"]["seq"] for _id, event in receiver.events] == [1, 2, 3, 4, 5]
        assert [id_ for id_, *_rest in receiver.tries[:3]] == [receiver.ids()[0]] * 3

    def test_it_is_not_tried_again_at_once(self, hook, make, receiver, sender):
        hook()
        receiver.statuses = [500, 500]
        make.organization(name="Netflix")
        deliver(sender)
        deliver(sender)
        assert len(receiver.tries) == 1

    def test_one_that_is_down_holds_no_other_one_up(self, hook, make, receiver, client, sender):
        client.post("/webhooks", {"url": "http://127.0.0.1:9/"})
        hook()
        make.organization(name="Netflix")
        deliver(sender)
        assert len(receiver.events) == 1

    def test_one_that_is_gone_is_disabled(self, hook, make, receiver, client, sender, sql):
        made = hook()
        receiver.statuses = [410]
        make.organization(name="Netflix")
        deliver(sender)
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert (shown["state"], shown["state_reason"]) == (
            "disabled",
            "The endpoint answered 410: it is gone.",
        )
        assert sql(sa.select(Audit.action).order_by(Audit.seq.desc()).limit(1)) == [("webhook.disable",)]

    def test_one_that_fails_and_fails_is_disabled_and_can_go_on(
        self, hook, make, receiver, client, sender, retry_now
    ):
        made = hook()
        receiver.statuses = [500] * 3
        make.organization(name="Netflix")
        for _ in range(5):
            deliver(sender)
            retry_now()
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert (shown["state"], len(receiver.tries)) == ("disabled", 3)
        client.patch(f"/webhooks/{made['id']}", {"state": "active"})
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == [1]

    def test_one_that_is_paused_is_told_later(self, hook, make, receiver, client, sender):
        made = hook()
        client.patch(f"/webhooks/{made['id']}", {"state": "paused"})
        make.organization(name="Netflix")
        deliver(sender)
        assert receiver.events == []
        client.patch(f"/webhooks/{made['id']}", {"state": "active"})
        deliver(sender)
        assert len(receiver.events) == 1

    def test_one_that_leads_inside_is_sent_nothing(self, hook, make, receiver, database, settings):
        hook()
        make.organization(name="Netflix")
        deliver(Sender(database, dataclasses.replace(settings, webhooks_allow_loopback=False)))
        assert receiver.tries == []

    def test_one_that_is_deleted_meanwhile_is_no_trouble(self, hook, make, receiver, client, sender, sql):
        made = hook()
        make.organization(name="Netflix")
        row = sql(sa.select(*Webhook.__table__.columns))[0]
        client.delete(f"/webhooks/{made['id']}")
        with sender._database.reading() as connection:
            atlas = connection.execute(sa.text("SELECT instance, version, 0 AS anchor_seq FROM atlas")).one()
        sender._serve(row, Telling(atlas.instance, "http://x"), atlas)
        assert sql(sa.select(WebhookAttempt.id)) == []

    def test_what_was_pruned_before_it_was_told_is_noted(self, hook, make, receiver, database, sender, sql):
        hook()
        for name in ("One", "Two", "Three"):
            make.organization(name=name)
        with database.writer.begin() as connection:
            chain.anchor(connection, 2)
            connection.execute(sa.delete(Change).where(Change.seq <= 2))
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == [3]
        assert sql(sa.select(Audit.detail).where(Audit.action == "webhook.missed")) == [
            ({"after": 0, "up_to": 2},)
        ]

    def test_a_slow_one_does_not_keep_its_turn(self, hook, make, receiver, sender, monkeypatch):
        monkeypatch.setattr("app.services.webhooks.delivering._TURN_SECONDS", 0.0)
        hook()
        make.organization(name="One")
        make.organization(name="Two")
        assert sender.turn() is True
        assert len(receiver.events) == 1
        deliver(sender)
        assert len(receiver.events) == 2


class TestAttempts:
    def test_they_are_listed_newest_first(self, hook, make, receiver, client, sender, retry_now):
        made = hook()
        receiver.statuses = [500]
        make.organization(name="Netflix")
        deliver(sender)
        retry_now()
        deliver(sender)
        items = client.get(f"/webhooks/{made['id']}/deliveries", token=client.secret).get_json()["items"]
        shown = [(item["outcome"], item["status"], item["number"], item["seq"]) for item in items]
        assert shown == [("delivered", 204, 2, 1), ("failed", 500, 1, 1)]

    def test_a_hundred_are_kept(self, hook, client, sender, sql):
        hook()
        client.post("/import", {"purposes": [{"name": f"Purpose {number}"} for number in range(120)]})
        deliver(sender)
        assert sql(
            sa.select(sa.func.count(), sa.func.max(WebhookAttempt.seq)).select_from(WebhookAttempt)
        ) == [(100, 120)]


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


def wait_for(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


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


class TestProcess:
    """The sender as a process of its own."""

    def test_it_is_set_up_from_the_environment_and_ends_with_its_parent(self, database_url, monkeypatch):
        taken = {}
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setattr(signal, "signal", taken.__setitem__)
        monkeypatch.setattr(sys, "argv", ["sender", "0"])  # no process is its own parent's child
        runpy.run_path(str(PROJECT_FOLDER / "app" / "sender.py"), run_name="__main__")
        assert set(taken) == {signal.SIGTERM, signal.SIGINT}

    def test_it_looks_after_its_parent(self, monkeypatch):
        pauses, stopped = [], threading.Event()
        monkeypatch.setattr(os, "getppid", lambda: 7 if len(pauses) < 3 else 1)
        monkeypatch.setattr(time, "sleep", pauses.append)
        sender_module._watch(7, stopped)
        assert (len(pauses), stopped.is_set()) == (3, True)

    def test_a_signal_ends_it(self, database_url, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", database_url)
        monkeypatch.setattr(signal, "signal", lambda number, act: act(number, None))  # it comes at once
        monkeypatch.setattr(sys, "argv", ["sender"])
        main()
        assert threading.active_count() < 50

    def start(self, url):
        variables = environment(DATABASE_URL=url, WEBHOOKS_ALLOW_LOOPBACK="true")
        command = [sys.executable, "-m", "app.sender"]
        return subprocess.Popen(command, cwd=PROJECT_FOLDER, env=variables)  # noqa: S603  # our own command

    def test_one_that_is_killed_loses_nothing(self, hook, client, receiver, database_url):
        hook()
        for part in range(3):
            names = [{"name": f"Purpose {part} {number}"} for number in range(100)]
            client.post("/import", {"purposes": names})
            before = len(receiver.events)
            process = self.start(database_url)
            wait_for(lambda before=before: len(receiver.events) > before + 20)
            process.kill()
            process.wait()
        process = self.start(database_url)
        wait_for(lambda: len({event["data"]["seq"] for _id, event in receiver.events}) == 300)
        process.terminate()
        assert process.wait(30) == 0
        ids = {event["data"]["seq"]: id_ for id_, event in receiver.events}
        assert len(set(ids.values())) == 300
        assert all(ids[event["data"]["seq"]] == id_ for id_, event in receiver.events)

    def test_it_ends_with_who_started_it(self, database_url, tmp_path):
        script = (
            "import os, subprocess, sys;"
            "command = [sys.executable, '-m', 'app.sender', str(os.getpid())];"
            "print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True); sys.stdin.read()"
        )
        parent = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-c", script],
            cwd=PROJECT_FOLDER,
            env=environment(DATABASE_URL=database_url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.communicate()
        wait_for(lambda: not is_running(pid))


def is_running(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123  # a file of the kernel
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
