"""The log: one line of JSON an event, on standard error."""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """Write a record as one line; json.dumps escapes control characters and anything not ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line: what every record has, and the members of its `event`."""
        event: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "pid": record.process,
            "message": record.getMessage(),
        }
        event.update(getattr(record, "event", {}))
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event)


def configure(level: str) -> None:
    """Write the application's own log; done once a process."""
    log = logging.getLogger("atlas")
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        log.addHandler(handler)
        log.propagate = False
