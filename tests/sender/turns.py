"""What tests of the sender do with its turns."""

import subprocess
import sys
import time

from app.config import PROJECT_FOLDER
from tests.test_run import environment


def deliver(sender):
    """Give turns until none is due."""
    turns = 0
    while sender.turn():
        turns += 1
        assert turns < 20, "It goes on without end."


def wait_for(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def start_by_another(database_url, *arguments):
    """Let a process start Python, with its id as the last argument; gives the process and the new id."""
    script = (
        "import os, subprocess, sys;"
        f"command = [sys.executable, *{arguments!r}, str(os.getpid())];"
        "print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-c", script],
        cwd=PROJECT_FOLDER,
        env=environment(DATABASE_URL=database_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return parent, int(parent.stdout.readline())
