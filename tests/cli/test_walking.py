import pytest

from app.cli.clients import Client
from app.cli.remote import Remote
from app.cli.trouble import Trouble
from app.cli.walking import walk
from tests.cli.conftest import Terminal


@pytest.fixture
def client(server):
    return Client(Remote(server.origin, None, 5))


@pytest.fixture
def long_list(server):
    """A list of 500 numbers in three pages, whose links lead somewhere else."""
    for first, cursor, following in ((0, None, "b"), (200, "b", "c"), (400, "c", None)):
        items = list(range(first, min(first + 200, 500)))
        link = f"https://elsewhere.example/x?cursor={following}" if following else None
        path = "/teams?limit=200" + (f"&cursor={cursor}" if cursor else "")
        server.give(path, {"items": items, "next": link, "total": 500})


class TestWalk:
    def test_it_goes_to_the_end_and_never_elsewhere(self, client, long_list, server):
        assert walk(client, "/teams") == list(range(500))
        assert len(server.requests) == 3

    def test_it_stops_where_it_has_enough(self, client, long_list, server):
        assert walk(client, "/teams", most=300) == list(range(300))
        assert len(server.requests) == 2

    def test_it_asks_for_no_more_than_is_wanted(self, client, server):
        server.give("/teams?limit=3", {"items": [1, 2, 3], "next": None, "total": 9})
        assert walk(client, "/teams", most=3) == [1, 2, 3]

    def test_a_circle_is_trouble(self, client, server):
        server.give("/teams", {"items": [1], "next": "/x?cursor=a", "total": 3})
        with pytest.raises(Trouble, match="not as an atlas"):
            walk(client, "/teams")

    @pytest.mark.parametrize("document", [{}, {"items": {}}, {"items": [], "next": "/teams?x=1"}])
    def test_what_is_no_page_is_trouble(self, client, server, document):
        server.give("/teams", document)
        with pytest.raises(Trouble, match="not as an atlas"):
            walk(client, "/teams")

    def test_a_long_one_shows_its_progress_on_a_terminal(self, client, long_list, monkeypatch):
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        walk(client, "/teams")
        assert "100%" in screen.getvalue()

    def test_a_short_one_shows_nothing(self, client, server, monkeypatch):
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        server.give("/teams", {"items": [1], "next": None, "total": 1})
        walk(client, "/teams")
        assert screen.getvalue() == ""
