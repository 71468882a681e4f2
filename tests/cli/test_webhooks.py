import os
import signal
import threading
import time

import pytest

from tests.receiver import Receiver


@pytest.fixture
def receiver(with_settings):
    with_settings(webhooks_allow_loopback=True)
    receiver = Receiver()
    yield receiver
    receiver.stop()


class TestRun:
    def test_once_delivers_what_is_due(self, run, client, make, receiver):
        receiver.secret = client.post("/webhooks", {"url": receiver.url}).get_json()["secret"]
        make.organization(name="Netflix")
        assert run("webhooks", "run", "--once").exit_code == 0
        assert [event["type"] for _id, event in receiver.events] == ["organization.created"]

    def test_it_delivers_until_it_is_stopped(self, run, client, make, receiver):
        receiver.secret = client.post("/webhooks", {"url": receiver.url}).get_json()["secret"]
        make.organization(name="Netflix")
        before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

        def stop():
            while not receiver.events:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=stop, daemon=True).start()
        try:
            assert run("webhooks", "run").exit_code == 0
        finally:
            signal.signal(signal.SIGTERM, before[0])
            signal.signal(signal.SIGINT, before[1])
