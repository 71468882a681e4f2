"""Settings: every knob of the atlas, read once from the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

VERSION = "0.1.0"
# The newest revision of migrations/versions; a test holds it equal.
SCHEMA_REVISION = "0016"

_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.01, 3600

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE_URL = f"sqlite:///{PROJECT_FOLDER / 'data' / 'atlas.db'}"


class SettingError(ValueError):
    """A setting of the environment that cannot be understood."""


def setting(default: Any, parse: Callable[[str], Any], text: str) -> Any:
    """Declare a setting: its default, how its text is read, what it does."""
    return field(default=default, metadata={"parse": parse, "text": text})


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in raw.split(",") if word.strip())


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and lowest <= int(raw) <= highest):
            message = f"must be a whole number from {lowest} to {highest}"
            raise ValueError(message)
        return int(raw)

    return parse


def _seconds(raw: str) -> float:
    try:
        seconds = float(raw)
    except ValueError:
        seconds = 0.0
    if not _SHORTEST_SECONDS <= seconds <= _LONGEST_SECONDS:
        message = f"must be a number of seconds from {_SHORTEST_SECONDS} to {_LONGEST_SECONDS}"
        raise ValueError(message)
    return seconds


def _switch(raw: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if raw.lower() not in words:
        message = "must be true or false"
        raise ValueError(message)
    return words[raw.lower()]


def _level(raw: str) -> str:
    if raw.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        message = "must be DEBUG, INFO, WARNING or ERROR"
        raise ValueError(message)
    return raw.upper()


def _origin(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        message = "must be an origin such as https://atlas.example"
        raise ValueError(message)
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(raw: str) -> str:
    """Name the driver: psycopg 3 for PostgreSQL, whatever alias was given."""
    scheme, separator, rest = raw.partition("://")
    if scheme == "sqlite" and separator and rest.startswith("/") and len(rest) > 1:
        return raw
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and rest:
        return f"postgresql+psycopg://{rest}"
    message = "must be sqlite:///path/to/file.db or postgresql://user@host:5432/name"
    raise ValueError(message)


@dataclass(frozen=True)
class Settings:
    """What can be set; the variable is the field's name in capitals."""

    host: str = setting("127.0.0.1", str, "address to listen on")
    port: int = setting(8000, _whole(0, 65_535), "TCP port to listen on; 0 takes a free one")
    database_url: str = setting(
        DEFAULT_DATABASE_URL,
        _database_url,
        "SQLAlchemy URL of the database: `sqlite:///...` or `postgresql://...`",
    )
    public_url: str = setting(
        "",
        _origin,
        "origin that links are made with, such as `https://atlas.example`; empty: the request's own",
    )
    allowed_hosts: tuple[str, ...] = setting(
        (), _words, "comma-separated host names to answer for; empty: any well-formed one"
    )
    proxies: int = setting(
        0, _whole(0, 10), "reverse proxies in front whose X-Forwarded headers are believed"
    )
    workers: int = setting(2, _whole(1, 256), "worker processes of gunicorn")
    threads: int = setting(
        4,
        _whole(1, 256),
        "threads of a worker, and database connections it may hold for reading and again for writing",
    )
    front: bool = setting(
        default=True,
        parse=_switch,
        text="keep answers and give them again, on gunicorn's `asgi` worker; off: `gthread`",
    )
    cache_bytes: int = setting(
        67_108_864, _whole(0, 2**40), "bytes of answers that a worker keeps to give them again; 0: none"
    )
    record_bytes: int = setting(
        67_108_864,
        _whole(0, 2**40),
        "bytes of records, written as JSON, that a worker keeps to make answers of them; 0: none",
    )
    queue: int = setting(
        32, _whole(0, 10_000), "requests of a worker that may wait for a thread; one more is refused (503)"
    )
    reads_require_token: bool = setting(default=False, parse=_switch, text="reading needs a token too")
    require_if_match: bool = setting(
        default=False, parse=_switch, text="a change without `If-Match` is refused (428)"
    )
    max_body_bytes: int = setting(1_048_576, _whole(1024, 2**31 - 1), "largest request body, in bytes")
    read_timeout_seconds: float = setting(5.0, _seconds, "longest a reading statement may run")
    write_timeout_seconds: float = setting(
        5.0, _seconds, "longest a writing statement may run or wait for its turn"
    )
    bad_tokens_per_minute: int = setting(
        20, _whole(0, 1_000_000), "bad tokens that one address may send in a minute; 0: any number"
    )
    writes_per_minute: int = setting(
        600, _whole(0, 1_000_000), "writes of one token in a minute; 0: any number"
    )
    imports_per_hour: int = setting(
        60, _whole(0, 1_000_000), "imports of one token in an hour; 0: any number"
    )
    reads_per_minute: int = setting(
        0, _whole(0, 1_000_000), "reads without a token of one address in a minute; 0: any number"
    )
    rate_limit_loopback: bool = setting(
        default=False, parse=_switch, text="these limits hold for clients on this very machine, too"
    )
    webhooks_sender: bool = setting(
        default=True, parse=_switch, text="the server runs a sender of webhooks beside it"
    )
    webhooks_most_failures: int = setting(
        100, _whole(1, 10_000), "failures in a row at which a webhook is given up"
    )
    webhooks_allow_loopback: bool = setting(
        default=False, parse=_switch, text="webhooks may lead to this machine, by http too; for development"
    )
    audit_denials_seconds: int = setting(
        60,
        _whole(0, 3600),
        "how often refused requests are summed up in the audit log, in seconds; 0: never",
    )
    log_level: str = setting("INFO", _level, "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; an empty variable counts as not set.

        Raises:
            SettingError: naming the variable and what would be right.
        """
        environ = os.environ if environ is None else environ
        values = {}
        for item in fields(cls):
            raw = environ.get(item.name.upper(), "").strip()
            if not raw:
                continue
            try:
                values[item.name] = item.metadata["parse"](raw)
            except ValueError as error:
                message = f"{item.name.upper()}: {error} ({item.metadata['text']})"
                raise SettingError(message) from None
        return cls(**values)

    @property
    def is_sqlite(self) -> bool:
        """Say whether the embedded database serves."""
        return self.database_url.startswith("sqlite")
