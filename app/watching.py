"""What watches over the sender of webhooks: starts it, and again when it ends unasked.

    python app/watching.py PID    ends with the process PID, which started it, and on TERM; the sender with it

It needs the standard library alone, so that it takes little memory and nothing can go wrong in it that goes
wrong in the sender. See decision 0027.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

LOOK_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# Who ran so long did not fail at its start.
STEADY_SECONDS = 60.0
GRACE_SECONDS = 30.0


def keep(command: Sequence[str], parent: int, stopped: threading.Event) -> None:
    """Keep a process running until the parent of this one ends, or somebody wants it to stop.

    Args:
        command: what is run.
        parent: process that started this one.
        stopped: is set when both are to end.
    """
    pause = FIRST_PAUSE_SECONDS
    while not _is_over(parent, stopped):
        began = time.monotonic()
        child = subprocess.Popen(command)  # noqa: S603  # our own
        while child.poll() is None and not _is_over(parent, stopped):
            stopped.wait(LOOK_SECONDS)
        if child.poll() is None:
            _end(child)
            return
        pause = FIRST_PAUSE_SECONDS if time.monotonic() - began >= STEADY_SECONDS else pause
        _tell(child.returncode, pause)
        again = time.monotonic() + pause
        while time.monotonic() < again and not _is_over(parent, stopped):
            stopped.wait(min(pause, LOOK_SECONDS))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _is_over(parent: int, stopped: threading.Event) -> bool:
    return stopped.is_set() or os.getppid() != parent


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Let it finish what it is at; it does not outlive this process."""
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _tell(status: int, pause: float) -> None:
    event = {"level": "warning", "message": "the sender of webhooks ended", "status": status}
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    line = {"time": now, "pid": os.getpid(), **event, "seconds_until_next": pause}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()  # the next line may be long in coming


def main() -> None:
    """Keep the sender running for the process whose id is given."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    os.chdir(Path(__file__).resolve().parent.parent)
    keep([sys.executable, "-m", "app.sender", str(os.getpid())], int(sys.argv[1]), stopped)


if __name__ == "__main__":
    main()
