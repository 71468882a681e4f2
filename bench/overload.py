"""Asks more of a server than it can do, and tells what becomes of it: `python -m bench.overload --help`."""

import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import click

from app.config import PROJECT_FOLDER

_GREETING = "Ctrl+C stops it."
_PATIENCE_SECONDS = 30
_HUP_AFTER = 0.4  # of the whole time
_OK, _OVERLOADED = 200, 503


@dataclass
class Told:
    """What clients saw.

    Attributes:
        answers: how often which: a status, `503 without Retry-After`, or the name of an error.
        milliseconds: of each good answer.
    """

    answers: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Count what was neither an answer nor a refusal that says when to come again."""
        good = {str(_OK), str(_OVERLOADED)}
        return sum(number for name, number in self.answers.items() if name not in good)


@click.command()
@click.option("--database-url", required=True, help="The atlas to serve; nothing is written.")
@click.option("--path", default="/api/v1/use-cases", show_default=True, help="What is asked.")
@click.option("--clients", default="8,64,256", show_default=True, help="Clients at once, of each round.")
@click.option("--seconds", default=5.0, show_default=True, type=float, help="Of each round.")
@click.option("--slow", default=100, show_default=True, help="Clients beside that never end their request.")
@click.option("--cache", is_flag=True, help="Let the front keep answers; else each is made anew.")
@click.option("--hup", is_flag=True, help="Reload the server in the midst of each round.")
def main(
    database_url: str,
    path: str,
    clients: str,
    seconds: float,
    slow: int,
    cache: bool,  # noqa: FBT001  # click gives it so
    hup: bool,  # noqa: FBT001
) -> None:
    """Serve an atlas, ask it by ever more clients, and tell answers by kind and the times of the good ones.

    It ends with 1 when anything but a good answer or 503 with Retry-After was seen.
    """
    environment = {"DATABASE_URL": database_url, **({} if cache else {"CACHE_BYTES": "0"})}
    wrong = 0
    click.echo("| clients | good/s | p50 ms | p99 ms | answers |\n|---|---|---|---|---|")
    with _serving(environment) as (process, port), _slow_clients(port, slow):
        _ask(port, path, Told(), time.monotonic() + 1)
        for number in map(int, clients.split(",")):
            told = _round(process, port, path, number, seconds, is_reloaded=hup)
            wrong += told.wrong
            click.echo(_line(number, told, seconds))
    sys.exit(1 if wrong else 0)


@contextmanager
def _serving(environment: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Serve until the end of the block; gives gunicorn's process and the port."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    common = {**os.environ, "PORT": "0", "LOG_LEVEL": "WARNING", "WEBHOOKS_SENDER": "false"}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  # our own words
            command,
            cwd=PROJECT_FOLDER,
            env={**common, **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        said = ""
        for line in process.stdout or ():
            said += line
            if _GREETING in line:
                break
        found = re.search(r":(\d+)/", said)
        if found is None:
            message = "The server does not start."
            raise click.ClickException(message)
        try:
            yield process, int(found[1])
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def _slow_clients(port: int, number: int) -> Iterator[None]:
    """Keep clients that send a head bit by bit without an end, and come again when they are let go."""
    is_over = threading.Event()

    def dawdle() -> None:
        while not is_over.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as slow:
                slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
                while not is_over.wait(1):
                    slow.sendall(b"X-Slow: 1\r\n")
            is_over.wait(0.1)

    crowd = [threading.Thread(target=dawdle) for _ in range(number)]
    for one in crowd:
        one.start()
    try:
        yield
    finally:
        is_over.set()
        for one in crowd:
            one.join()


def _round(
    process: "subprocess.Popen[str]", port: int, path: str, number: int, seconds: float, *, is_reloaded: bool
) -> Told:
    """Let some clients ask as fast as they are answered, for a while."""
    ends_at = time.monotonic() + seconds
    crowd = [Told() for _ in range(number)]
    with ExitStack() as stack:
        for told in crowd:
            thread = threading.Thread(target=_ask, args=(port, path, told, ends_at))
            thread.start()
            stack.callback(thread.join)
        if is_reloaded:
            time.sleep(seconds * _HUP_AFTER)
            process.send_signal(signal.SIGHUP)
    return Told(
        sum((told.answers for told in crowd), Counter()),
        [value for told in crowd for value in told.milliseconds],
    )


def _ask(port: int, path: str, told: Told, ends_at: float) -> None:
    """Ask on one kept connection until a time; one that the server closed between answers is opened anew."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    is_kept = False
    while time.monotonic() < ends_at:
        began_at = time.perf_counter()
        may_be_closed = is_kept
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            may_be_closed = False
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if not may_be_closed or isinstance(error, TimeoutError):
                told.answers[type(error).__name__] += 1
            is_kept = False
            continue
        is_kept = not answer.will_close
        told.answers[_kind(answer)] += 1
        if answer.status == _OK:
            told.milliseconds.append((time.perf_counter() - began_at) * 1000)
        else:
            time.sleep(0.1)  # who is told to come again does not do so at once
    connection.close()


def _kind(answer: http.client.HTTPResponse) -> str:
    if answer.status == _OVERLOADED and not answer.headers["Retry-After"]:
        return f"{_OVERLOADED} without Retry-After"
    return str(answer.status)


def _line(number: int, told: Told, seconds: float) -> str:
    times = told.milliseconds or [float("nan")] * 2
    percent = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    answers = ", ".join(f"{name}: {count}" for name, count in sorted(told.answers.items()))
    rate = len(told.milliseconds) / seconds
    return f"| {number} | {rate:,.0f} | {percent[49]:.1f} | {percent[98]:.1f} | {answers} |"


if __name__ == "__main__":
    main()
