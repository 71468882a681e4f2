"""What tests of the sender do with its turns."""

import time


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
