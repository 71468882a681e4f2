import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from app.cli.clients import Client, Request
from app.cli.remote import Remote
from app.cli.trouble import Problem, Trouble, WrongInput

SECRET = "ta_0123456789_secret"


def client_of(url, token=SECRET, seconds=5.0):
    return Client(Remote(url, token, seconds))


@contextmanager
def saying(data):
    """Serve one connection: whatever is asked, it gets these bytes and then nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _address = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65_536)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


class TestRequests:
    def test_it_asks_below_the_version_with_the_token(self, server):
        server.give("/teams", {"items": []})
        assert client_of(server.origin).get("/teams", [("q", "ä b")]) == {"items": []}
        ((method, path, headers, _body),) = server.requests
        assert (method, path) == ("GET", "/api/v1/teams?q=%C3%A4+b")
        assert headers["Authorization"] == f"Bearer {SECRET}"

    def test_it_sends_no_token_that_it_has_not(self, server):
        server.give("/teams", {})
        client_of(server.origin, None).get("/teams")
        assert server.requests[0][2]["Authorization"] is None

    def test_it_sends_a_body_with_its_length(self, server):
        server.give("/import", {"created": 1})
        report = client_of(server.origin).post("/import", [], b"{}", {"Content-Type": "application/json"})
        ((method, _path, headers, body),) = server.requests
        assert (report, method, body) == ({"created": 1}, "POST", b"{}")
        assert (headers["Content-Length"], headers["Content-Type"]) == ("2", "application/json")

    @pytest.mark.parametrize("end", ["", "/", "/api/v1", "/api/v1/"])
    def test_the_address_may_end_as_people_copy_it(self, server, end):
        server.give("/teams", {})
        assert client_of(server.origin + end).get("/teams") == {}
        assert client_of(server.origin + end).name == server.origin

    def test_a_prefix_of_a_proxy_stays(self):
        assert client_of("https://a.example/atlas/").name == "https://a.example/atlas"


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "atlas.example",
            "ftp://atlas.example",
            "file:///etc/passwd",
            "http://",
            "http://a:many/",
            "http://a b/",
            "http://a/?q=1",
            "http://a/#b",
            "http://[::1/",
            "http://a\r\nX: y/",
            "http://user:hidden@a/",
        ],
    )
    def test_what_is_none_is_refused_and_not_repeated(self, url):
        with pytest.raises(WrongInput) as caught:
            client_of(url)
        assert caught.value.exit_code == 2
        assert "hidden" not in caught.value.message

    @pytest.mark.parametrize("token", ["two words", "a\r\nX: y", "ä", "\x1b"])
    def test_what_is_no_token_is_refused_and_not_repeated(self, token):
        with pytest.raises(WrongInput) as caught:
            client_of("http://127.0.0.1", token)
        assert token not in caught.value.message


class TestRedirects:
    def test_one_within_the_origin_is_followed_with_the_token(self, server):
        server.give("/libraries/sklearn", b"", 308, Location="/api/v1/libraries/scikit-learn")
        server.give("/libraries/scikit-learn", {"slug": "scikit-learn"})
        assert client_of(server.origin).get("/libraries/sklearn")["slug"] == "scikit-learn"
        sent = [headers["Authorization"] for _method, _path, headers, _body in server.requests]
        assert sent == [f"Bearer {SECRET}"] * 2

    def test_the_token_goes_to_no_other_origin(self, server):
        server.give("/teams", b"", 302, Location=f"http://localhost:{server.server_port}/api/v1/other")
        with pytest.raises(Trouble, match="sends the request on to http://localhost") as caught:
            client_of(server.origin).get("/teams")
        assert len(server.requests) == 1
        assert SECRET not in caught.value.message

    def test_one_that_no_post_follows_is_trouble(self, server):
        server.give("/import", b"", 308, Location="/api/v1/import2")
        with pytest.raises(Trouble, match="not as an atlas"):
            client_of(server.origin).post("/import", [], b"", {})


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class TestNetwork:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
            (b"", "hung up"),
            (HEAD + b"Content-Length: 9\r\n\r\n{}", "hung up"),
            (HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}", "hung up"),
        ],
    )
    def test_what_is_in_the_way_is_told_without_the_token(self, data, words):
        with saying(data) as url, pytest.raises(Problem, match=words) as caught:
            client_of(url).get("/teams")
        assert caught.value.exit_code == 3
        assert SECRET not in caught.value.message

    def test_nobody_there_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Trouble, match=r"cannot be reached: Connection refused\."):
            client_of(url).get("/teams")

    def test_a_server_that_says_nothing_is_left(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(Trouble, match=r"says nothing for 0\.2 s\."):
                client_of(url, seconds=0.2).get("/teams")

    def test_a_certificate_that_is_not_good_is_told(self):
        error = ssl.SSLCertVerificationError(1, "no")
        error.verify_message = "self-signed certificate"
        trouble = Remote("https://a.example", None, 1)._trouble(error)
        assert trouble.message == "https://a.example has no good certificate: self-signed certificate."

    def test_an_error_without_words_is_told(self):
        trouble = Remote("https://a.example", None, 1)._trouble(OSError("x"))
        assert trouble.message == "https://a.example cannot be reached: no connection."


class TestCarrier:
    def test_the_body_may_be_read_piece_by_piece(self, server):
        server.give("/export", b"x" * 200_000, media_type="application/x-ndjson; charset=utf-8")
        answer = Remote(server.origin, None, 5).send(Request("GET", "/export", None, {}))
        pieces = list(answer.pieces)
        answer.close()
        assert len(pieces) > 1
        assert (b"".join(pieces), answer.media_type) == (b"x" * 200_000, "application/x-ndjson")
