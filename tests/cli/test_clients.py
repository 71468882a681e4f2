import pytest

from app.cli.clients import Client
from app.cli.remote import Remote
from app.cli.trouble import Refused, Trouble


def client_of(url):
    return Client(Remote(url, "ta_0123456789_secret", 5.0))


EXIT_STATUSES = {400: 1, 401: 3, 403: 3, 404: 1, 409: 1, 422: 1, 429: 3, 500: 3, 503: 3}


class TestProblems:
    @pytest.mark.parametrize(("status", "exit_status"), EXIT_STATUSES.items())
    def test_each_status_of_http_has_its_exit_status(self, server, status, exit_status):
        server.refuse("/teams", status, {"detail": "So it is.", "near": ["a", 1]})
        with pytest.raises(Refused, match=r"So it is\.") as caught:
            client_of(server.origin).get("/teams")
        assert (caught.value.exit_code, caught.value.near) == (exit_status, ["a", "1"])

    def test_what_a_server_says_of_waiting_and_its_log_is_told(self, server):
        server.refuse("/teams", 503, {"detail": "Busy.", "request_id": "r1"}, Retry_After="7")
        with pytest.raises(Refused) as caught:
            client_of(server.origin).get("/teams")
        assert caught.value.message == "Busy.\nTry again in 7 s.\nIts log has more under r1."

    def test_it_is_told_where_a_token_goes(self, server):
        server.refuse("/teams", 401, {"detail": "This needs a token."})
        with pytest.raises(Refused) as caught:
            client_of(server.origin).get("/teams")
        told = "Give one in TOOLATLAS_TOKEN. On the atlas's host, `toolatlas tokens create` makes it."
        assert caught.value.message == f"This needs a token.\n{told}"

    def test_each_flaw_is_told_up_to_twenty(self, server):
        flaws = [{"pointer": f"/{number}", "detail": "Bad."} for number in range(25)]
        server.refuse("/teams", 422, {"detail": "All bad.", "errors": [*flaws, "x"]})
        with pytest.raises(Refused) as caught:
            client_of(server.origin).get("/teams")
        lines = caught.value.message.splitlines()
        assert lines[:2] == ["All bad.", "  /0: Bad."]
        assert (len(lines), lines[-1]) == (22, "  ... and 5 more")

    def test_nothing_of_it_reaches_the_terminal_raw(self, server):
        server.refuse("/teams", 422, {"detail": "\x1b[2J\x9b", "near": ["\x1b"], "errors": "many"})
        with pytest.raises(Refused) as caught:
            client_of(server.origin).get("/teams")
        assert caught.value.format_message() == r"\x1b[2J\x9b"
        assert caught.value.near == [r"\x1b"]

    def test_one_without_words_is_told_by_its_status(self, server):
        server.refuse("/teams", 400, {})
        with pytest.raises(Refused, match="The server answers with 400"):
            client_of(server.origin).get("/teams")


class TestStrangers:
    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"[" * 100_000, b"\xff"])
    def test_what_is_no_document_is_trouble(self, server, body):
        server.give("/teams", body)
        with pytest.raises(Trouble, match="not as an atlas does"):
            client_of(server.origin).get("/teams")

    @pytest.mark.parametrize("status", [200, 404, 502])
    def test_a_page_for_browsers_is_trouble(self, server, status):
        server.give("/teams", b"<html>Welcome!", status, "text/html; charset=utf-8")
        with pytest.raises(Trouble, match="not as an atlas does") as caught:
            client_of(server.origin).get("/teams")
        assert "Welcome" not in caught.value.message

    def test_a_flood_is_stopped(self, server, monkeypatch):
        monkeypatch.setattr("app.cli.clients.LARGEST_DOCUMENT_BYTES", 10)
        server.give("/teams", {"items": ["0123456789"]})
        with pytest.raises(Trouble, match="sends more than 10 bytes"):
            client_of(server.origin).get("/teams")
