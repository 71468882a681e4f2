"""Load from wrk, a small C program: one run of one URL, and what it measured."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Measured:
    """What a run measured.

    Attributes:
        rate: answers a second.
        p50: milliseconds within which half of the answers came.
        p99: milliseconds within which 99 of 100 came.
        failed: answers that were neither 2xx nor 3xx, and broken connections.
    """

    rate: float
    p50: float
    p99: float
    failed: int


def wrk() -> str:
    """Find wrk.

    Raises:
        click.ClickException: it is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        message = "The load comes from wrk. Debian and Ubuntu have it in a package: apt-get install wrk"
        raise click.ClickException(message)
    return found


def load(
    url: str,
    *,
    seconds: float,
    connections: int = 16,
    headers: Mapping[str, str] | None = None,
    script: Path | None = None,
    arguments: tuple[str, ...] = (),
) -> Measured:
    """Ask one URL on kept connections, as fast as it answers.

    Args:
        url: to ask; a script may ask others.
        seconds: how long.
        connections: how many at once.
        headers: of each request.
        script: for wrk, in Lua.
        arguments: of the script.
    """
    command = [wrk(), "--latency", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds:g}s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    command += ["-s", str(script)] if script else []
    whole = [*command, url, "--", *arguments]
    said = subprocess.run(whole, check=True, capture_output=True, text=True).stdout  # noqa: S603  # our own words
    return Measured(
        rate=float(_after(r"Requests/sec:\s+([\d.]+)", said)),
        p50=_milliseconds(r"50%\s+([\d.]+)(us|ms|s|m)\b", said),
        p99=_milliseconds(r"99%\s+([\d.]+)(us|ms|s|m)\b", said),
        failed=sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", said))
        + sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", said)),
    )


def _after(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    return found[1] if found else "0"


def _milliseconds(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")
