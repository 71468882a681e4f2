"""How long readers wait while 10,000 records come in over HTTP: `python -m bench.import_readers --help`."""

import http.client
import tempfile
import threading
import time
from pathlib import Path

import click

from app.config import Settings
from bench.generate import generate
from bench.import_rates import documents_of, renamed, to_json
from bench.serving import import_token, served
from bench.world import Size

_READS = ("/api/v1/use-cases?limit=50", "/api/v1/libraries?sort=-updated_at", "/api/v1/search?q=data")


@click.command()
@click.option("--rows", default=10_000, show_default=True, help="Use cases to take in.")
@click.option("--there", default=10_000, show_default=True, help="Use cases that are there before.")
@click.option("--readers", default=4, show_default=True, help="Connections that read all the time.")
@click.option("--seconds", default=5, show_default=True, help="To read without an import first.")
def main(rows: int, there: int, readers: int, seconds: int) -> None:
    """Read from a server of two workers, first alone, then while it imports; SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "atlas.db"
        settings = Settings(database_url=f"sqlite:///{path}")
        generate(settings, Size(there), seed=1)
        body = to_json(renamed(documents_of(settings), rows))
        secret = import_token(settings)
        with served(settings) as port:
            _read(port, readers, threading.Event(), seconds)  # the first questions find nothing prepared
            _report("alone", _read(port, readers, threading.Event(), seconds))
            is_done = threading.Event()
            thread = threading.Thread(target=_import, args=(port, body, secret, is_done))
            thread.start()
            _report("while importing", _read(port, readers, is_done, 600))
            thread.join()


def _read(port: int, readers: int, is_done: threading.Event, seconds: float) -> list[float]:
    """Read on several connections, until it is done or time is up; give the milliseconds of each answer."""
    took: list[float] = []
    end = time.monotonic() + seconds

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not is_done.is_set() and time.monotonic() < end:
            for path in _READS:
                at = time.monotonic()
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                took.append((time.monotonic() - at) * 1000)
                if answer.status != http.client.OK:
                    raise click.ClickException(f"{path} answered {answer.status}")

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _import(port: int, body: bytes, secret: str, is_done: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    at = time.monotonic()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/import", body, headers)
    answer = connection.getresponse()
    answer.read()
    print(f"import: {answer.status}, {len(body):,} bytes, {time.monotonic() - at:.2f} s")
    is_done.set()


def _report(name: str, took: list[float]) -> None:
    took.sort()
    parts = (f"{word} {took[int(len(took) * share)]:.1f}" for word, share in (("p50", 0.5), ("p99", 0.99)))
    print(f"{name}: {len(took):,} reads, ms: {', '.join(parts)}, most {took[-1]:.1f}")


if __name__ == "__main__":
    main()
