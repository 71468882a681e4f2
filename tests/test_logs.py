import json
import logging
import sys

import pytest

from app import logs


def record(message="done", *args, exc_info=None, **extra):
    made = logging.LogRecord("atlas", logging.WARNING, __file__, 1, message, args, exc_info)
    made.__dict__.update(extra)
    return made


class TestJsonFormatter:
    def test_it_writes_what_every_record_has(self):
        event = json.loads(logs.JsonFormatter().format(record("took %s", "long")))
        assert list(event) == ["time", "level", "pid", "message"]
        assert event["level"] == "warning"
        assert event["message"] == "took long"

    def test_it_writes_the_time_in_utc_to_the_millisecond(self):
        event = json.loads(logs.JsonFormatter().format(record(created=0.25)))
        assert event["time"] == "1970-01-01T00:00:00.250+00:00"

    def test_it_adds_the_members_of_an_event(self):
        event = json.loads(logs.JsonFormatter().format(record(event={"status": 200})))
        assert event["status"] == 200

    @pytest.mark.parametrize("hostile", ["a\r\nb", "\x1b[2J", "\u2028", "\x00", "\ud800", "\x85"], ids=ascii)
    def test_it_stays_on_one_line_of_ascii(self, hostile):
        text = logs.JsonFormatter().format(record(hostile, event={"path": hostile}))
        assert text.isascii()
        assert text.isprintable()

    def test_it_writes_a_traceback(self):
        try:
            1 / 0  # noqa: B018  # what it raises is the point
        except ZeroDivisionError:
            text = logs.JsonFormatter().format(record(exc_info=sys.exc_info()))
        assert "ZeroDivisionError" in json.loads(text)["exception"]


@pytest.fixture
def bare_log():
    """The application's log without its handlers, which are put back."""
    log = logging.getLogger("atlas")
    handlers, level, does_propagate = log.handlers[:], log.level, log.propagate
    log.handlers.clear()
    log.propagate = True  # else pytest would put a handler of its own in place
    yield log
    log.handlers[:], log.propagate = handlers, does_propagate
    log.setLevel(level)


class TestConfigure:
    def test_it_writes_to_standard_error(self, bare_log, capsys):
        logs.configure("INFO")
        bare_log.info("ready")
        assert json.loads(capsys.readouterr().err)["message"] == "ready"

    def test_it_leaves_out_what_is_below_the_level(self, bare_log, capsys):
        logs.configure("ERROR")
        bare_log.warning("hm")
        assert capsys.readouterr().err == ""

    def test_it_writes_each_event_once(self, bare_log, capsys):
        logs.configure("INFO")
        logs.configure("INFO")
        bare_log.info("ready")
        assert len(capsys.readouterr().err.splitlines()) == 1
