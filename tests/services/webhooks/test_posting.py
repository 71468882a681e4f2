"""One POST: to the address that was looked at, never further, and never for long."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest

from app.services.webhooks import posting
from app.services.webhooks.posting import MOST_ANSWER_BYTES, Failed, Poster, resolved
from app.services.webhooks.targets import Refused

HEADERS = {"Content-Type": "application/json", "webhook-id": "1", "webhook-signature": "v1,x"}


@pytest.fixture
def canary():
    """A server on this machine that must never hear anything."""
    with answering(lambda _connection: None) as server:
        yield server


class Answering:
    """A listening socket, and what came to it."""

    def __init__(self, answer):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.heard = 0
        self.answer = answer
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.heard += 1
            with connection:
                self.answer(connection)


@contextmanager
def answering(answer):
    server = Answering(answer)
    try:
        yield server
    finally:
        server.socket.close()


def post(url, poster=None):
    return (poster or Poster(allows_loopback=True)).post(url, HEADERS, b"{}")


class TestPost:
    @pytest.mark.parametrize("status", [200, 204, 410, 500])
    def test_it_gives_the_status(self, receiver, status):
        receiver.statuses = [status]
        assert post(receiver.url) == status

    def test_it_sends_path_host_and_body(self, receiver):
        post(receiver.url)
        assert receiver.tries == [("1", {}, "/hook?x=1", f"127.0.0.1:{receiver.server_port}")]

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_it_follows_no_redirect(self, receiver, canary, status):
        receiver.statuses, receiver.location = [status], canary.url
        assert post(receiver.url) == status
        assert canary.heard == 0

    def test_it_reads_an_answer_only_so_far(self):
        sent = []

        def flood(connection):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with suppress(OSError):
                while len(sent) < 1_000:
                    connection.sendall(b"x" * MOST_ANSWER_BYTES)
                    sent.append(1)

        with answering(flood) as server:
            assert post(server.url) == 200
        assert len(sent) < 1_000

    @pytest.mark.parametrize(
        "said", [b"", b"HTTP/1.1 ", b"HTTP/2 200 OK\r\n\r\n", b"SSH-2.0-x\r\n", b"x" * 70_000]
    )
    def test_it_takes_nothing_else_for_an_answer(self, said):
        def say(connection):
            connection.recv(4096)
            connection.sendall(said)

        with answering(say) as server, pytest.raises(Failed):
            post(server.url)

    def test_it_waits_only_so_long_for_an_answer(self):
        over = threading.Event()
        with answering(lambda _connection: over.wait(30)) as server:
            with pytest.raises(Failed, match=r"within 0\.2 seconds"):
                post(server.url, Poster(allows_loopback=True, seconds=0.2))
            over.set()

    def test_it_waits_only_so_long_for_an_answer_that_drips(self):
        def drip(connection):
            with suppress(OSError):
                for _ in range(3_000):
                    connection.sendall(b"x")
                    threading.Event().wait(0.01)

        with answering(drip) as server, pytest.raises(Failed, match="within"):
            post(server.url, Poster(allows_loopback=True, seconds=0.2))

    def test_a_rest_that_does_not_come_does_not_matter(self):
        over = threading.Event()

        def begin(connection):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
            over.wait(30)

        with answering(begin) as server:
            assert post(server.url, Poster(allows_loopback=True, seconds=0.3)) == 200
            over.set()

    def test_a_server_that_is_not_there_is_a_failure(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with pytest.raises(Failed, match="no connection"):
            post(f"http://127.0.0.1:{port}/")

    def test_a_server_without_tls_is_a_failure(self, receiver):
        with pytest.raises(Failed, match="TLS"):
            post(receiver.url.replace("http:", "https:"))

    def test_a_server_with_tls_is_told_whom_is_meant_and_must_prove_it(self, receiver, monkeypatch):
        meant = []

        class Trusting:
            def wrap_socket(self, plain, server_hostname):
                meant.append(server_hostname)
                return plain

        assert posting._context().check_hostname
        assert posting._context().verify_mode is ssl.CERT_REQUIRED
        monkeypatch.setattr(posting, "_context", Trusting)
        assert post(receiver.url.replace("http:", "https:")) == 204
        assert meant == ["127.0.0.1"]

    def test_the_time_for_connecting_counts_too(self, receiver):
        with pytest.raises(Failed, match="within"):
            post(receiver.url, Poster(allows_loopback=True, seconds=1e-9))

    def test_a_name_that_is_not_known_is_a_failure(self):
        def unknown(_host, _port):
            raise socket.gaierror

        with pytest.raises(Failed, match="not known"):
            Poster(resolve=unknown).post("https://hooks.example.com/", {}, b"")


class TestGuard:
    def test_a_name_that_leads_here_is_refused(self, canary):
        poster = Poster(resolve=lambda _host, _port: ["127.0.0.1"])
        with pytest.raises(Refused):
            poster.post("https://hooks.example.com/", {}, b"")
        assert canary.heard == 0

    def test_the_second_answer_of_a_name_server_counts_for_nothing(self, monkeypatch, canary):
        """Rebinding: open at first, this machine from then on."""
        answers, connected = [["93.184.216.34"], ["127.0.0.1"]], []

        def connect(place, **_options):
            connected.append(place)
            raise OSError

        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(Failed):
            Poster(resolve=lambda _host, _port: answers.pop(0)).post("https://hooks.example.com/", {}, b"")
        assert connected == [("93.184.216.34", 443)]
        assert (answers, canary.heard) == ([["127.0.0.1"]], 0)

    def test_this_machine_is_refused_unless_allowed(self, receiver):
        with pytest.raises(Refused):
            Poster().post(receiver.url, {}, b"")
        assert receiver.tries == []

    def test_names_are_resolved(self):
        assert "127.0.0.1" in resolved("127.0.0.1", 443)
