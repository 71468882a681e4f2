"""Whoever kills the sender gets another one, and none is left behind."""

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app import watching
from app.config import PROJECT_FOLDER
from tests.sender.test_process import is_running
from tests.sender.turns import start_by_another, wait_for

WATCHER = str(PROJECT_FOLDER / "app" / "watching.py")


def children_of(pid):
    """Give the ids of the processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


@pytest.fixture
def started(database_url):
    """A process as gunicorn's, and what it started: gives the process, and the watcher's id."""
    parent, watcher = start_by_another(database_url, "-I", WATCHER)
    yield parent, watcher
    parent.kill()
    parent.communicate()
    wait_for(lambda: not is_running(watcher))


def sender_of(watcher):
    wait_for(lambda: children_of(watcher))
    return children_of(watcher)[0]


class TestRealProcesses:
    def test_a_sender_that_is_killed_comes_back(self, started):
        _parent, watcher = started
        first = sender_of(watcher)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: children_of(watcher) not in ([], [first]))
        assert is_running(sender_of(watcher))

    @pytest.mark.parametrize(
        "ends", ["the watcher is told to", "the parent is killed", "the watcher is killed"]
    )
    def test_it_outlives_nobody(self, started, ends):
        parent, watcher = started
        sender = sender_of(watcher)
        if ends == "the parent is killed":
            parent.kill()
        else:
            os.kill(watcher, signal.SIGTERM if ends == "the watcher is told to" else signal.SIGKILL)
        wait_for(lambda: not is_running(watcher) and not is_running(sender))


class Pauses(threading.Event):
    """Notes how long it is waited for; after so many pauses it is set."""

    def __init__(self, most):
        super().__init__()
        self.most, self.waits = most, []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        if len(self.waits) >= self.most:
            self.set()
        return super().wait(0.02)


class TestKeep:
    def test_the_pauses_become_longer(self, monkeypatch, capfd):
        clock = iter(range(0, 100_000, 7))
        monkeypatch.setattr(watching.time, "monotonic", lambda: next(clock))
        watching.keep([sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"], os.getppid(), Pauses(60))
        told = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        pauses = [line["seconds_until_next"] for line in told]
        assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60][: len(pauses)]
        assert len(pauses) > 3
        assert {line["status"] for line in told} == {3}

    def test_who_ran_for_long_comes_back_at_once(self, monkeypatch, capfd):
        clock = iter(range(0, 100_000, 100))
        monkeypatch.setattr(watching.time, "monotonic", lambda: next(clock))
        watching.keep([sys.executable, "-I", "-S", "-c", ""], os.getppid(), Pauses(20))
        told = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        assert len(told) > 1
        assert {line["seconds_until_next"] for line in told} == {1}

    def test_nothing_is_started_for_a_parent_that_is_gone(self):
        watching.keep(["/nowhere"], 0, threading.Event())

    def test_who_does_not_end_is_killed(self, monkeypatch):
        monkeypatch.setattr(watching, "GRACE_SECONDS", 0.1)
        script = (
            "import signal, time; signal.signal(15, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
        )
        child = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-I", "-c", script], stdout=subprocess.PIPE
        )
        child.stdout.readline()
        watching._end(child)
        assert child.returncode == -signal.SIGKILL
        child.stdout.close()

    def test_the_end_of_the_watcher_is_that_of_what_it_watches(self):
        watching.keep([sys.executable, "-I", "-c", "import time; time.sleep(60)"], os.getppid(), Pauses(2))

    def test_it_is_a_script(self, monkeypatch):
        taken = {}
        monkeypatch.setattr(signal, "signal", taken.__setitem__)
        monkeypatch.setattr(sys, "argv", ["watching.py", "0"])  # no process is its own parent's child
        monkeypatch.chdir(PROJECT_FOLDER)
        runpy.run_path(WATCHER, run_name="__main__")
        assert set(taken) == {signal.SIGTERM, signal.SIGINT}
