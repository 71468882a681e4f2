"""The sender as a process of its own."""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time

from app import sender as sender_module
from app.config import PROJECT_FOLDER
from app.sender import main
from tests.sender.turns import start_by_another, wait_for
from tests.test_run import environment


class TestProcess:
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

    def test_it_ends_with_who_started_it(self, database_url):
        parent, pid = start_by_another(database_url, "-m", "app.sender")
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
