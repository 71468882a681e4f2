"""app/front/lines.py"""

import asyncio
import json

from app.front.asking import Asked
from app.front.lines import Lines
from tests.front.exchange import scope


def noted(capsysbinary, *scopes, is_wanted=True):
    """Note requests, and give the events that are written."""

    async def note():
        lines = Lines(is_wanted=is_wanted)
        for asked in scopes:
            client = asked["client"] and asked["client"][0]
            lines.note(Asked(asked, is_behind_proxy=False), client, 200, 12, 3.14159)
        lines.write()
        lines.write()

    asyncio.run(note())
    written = capsysbinary.readouterr().err
    assert written.isascii()
    return [json.loads(line) for line in written.splitlines()]


class TestLines:
    def test_a_request_is_one_line(self, capsysbinary):
        (event,) = noted(capsysbinary, scope("/a", query="secret=1", x_request_id="id"))
        told = {"method": "GET", "path": "/a", "status": 200, "bytes": 12, "milliseconds": 3.1}
        assert {**event, **told, "request_id": "id", "client": "127.0.0.1"} == event
        assert "secret" not in json.dumps(event)

    def test_nothing_in_it_is_a_command_to_a_terminal(self, capsysbinary):
        (event,) = noted(capsysbinary, scope("/\x1b[2J\r\n\x9b\u202e"))
        assert event["path"] == "/\x1b[2J\r\n\x9b\u202e"

    def test_several_are_written_together(self, capsysbinary):
        assert [event["path"] for event in noted(capsysbinary, scope("/a"), scope("/b"))] == ["/a", "/b"]

    def test_who_cannot_be_told_is_null(self, capsysbinary):
        (event,) = noted(capsysbinary, {**scope(), "client": None})
        assert event["client"] is None

    def test_none_is_written_that_nobody_wants(self, capsysbinary):
        assert noted(capsysbinary, scope(), is_wanted=False) == []
