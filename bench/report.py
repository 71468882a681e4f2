"""What a comparison gave, as tables for people."""

import math
import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bench.comparing import Compared

RESULTS = Path(__file__).parent / "RESULTS.md"
_TOLD = ("Flask", "flask-restx", "gunicorn", "SQLAlchemy", "marshmallow", "orjson")

_HEAD = """# Results

Written by `make bench`. Figures differ from machine to machine, and on a busy one from hour to hour; the
ratios are of runs that took turns within minutes. Read them, not the figures.
"""
_RUN = """
- {when}; {machine}; Python {python}; {versions}
- `python -m {command}`
"""


@dataclass(frozen=True)
class Section:
    """What one comparison gave.

    Attributes:
        size: number of use cases.
        is_sqlite: else it was PostgreSQL.
        results: of all scenarios.
    """

    size: int
    is_sqlite: bool
    results: Sequence["Compared"]

    @property
    def heading(self) -> str:
        """Name it."""
        return f"## {self.size:,} use cases, {'SQLite' if self.is_sqlite else 'PostgreSQL'}"

    def text(self, run: str = "") -> str:
        """Give the tables of all scenarios, with ratios to the first of each, and the goals."""
        tables = (_table(compared, is_sqlite=self.is_sqlite) for compared in self.results)
        return "\n".join([f"{self.heading}\n{run}", *tables])


class Told(Protocol):
    """What is written under a heading."""

    @property
    def heading(self) -> str:
        """Name it."""

    def text(self, run: str = "") -> str:
        """Give the heading, a run, and the tables."""


def write(section: Told, module: str, arguments: Sequence[str]) -> None:
    """Write a section down, with the machine and the versions, in place of an earlier one of its name.

    Args:
        section: to write.
        module: that was run.
        arguments: of its command line.
    """
    run = _RUN.format(
        when=datetime.now(UTC).date(),
        machine=f"{os.cpu_count()} cores of {_processor()}",
        python=platform.python_version(),
        versions=", ".join(f"{name} {version(name)}" for name in _TOLD),
        command=" ".join([module, *arguments]),
    )
    written = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    sections = {
        text.partition("\n")[0]: text.rstrip()
        for text in re.split(r"^(?=## )", written, flags=re.MULTILINE)[1:]
    }
    sections[section.heading] = section.text(run).rstrip()
    RESULTS.write_text("\n\n".join([_HEAD.rstrip(), *sections.values()]) + "\n", "utf-8")


def _table(compared: "Compared", *, is_sqlite: bool) -> str:
    first = next(iter(compared.scenario.paths))
    own = compared.rate(first)
    lines = [
        f"### {compared.scenario.name}\n",
        f"| | answers/s | lowest to highest | p50 ms | p99 ms | {first} is so many times as fast |",
        "|---|---|---|---|---|---|",
    ]
    for name, runs in compared.runs.items():
        rates = [run.rate for run in runs]
        p50, p99 = (
            statistics.median(values) for values in zip(*((run.p50, run.p99) for run in runs), strict=True)
        )
        failed = sum(run.failed for run in runs)
        note = f" ({failed} failed)" if failed else ""
        times = "" if name == first else f"{own / compared.rate(name):.2f}"
        lines.append(
            f"| {name}{note} | {compared.rate(name):,.0f} | {min(rates):,.0f} to {max(rates):,.0f}"
            f" | {p50:.2f} | {p99:.2f} | {times} |"
        )
    lines += [
        f"\nGoal: {times:g} times {goal.peer}: {_verdict(own, compared.rate(goal.peer), goal.peer, times)}."
        for goal in compared.scenario.goals
        for times in [goal.times if is_sqlite else goal.on_postgresql or goal.times]
    ]
    return "\n".join(lines) + "\n"


def _verdict(own: float, other: float, peer: str, times: float) -> str:
    """Say whether a goal is reached; by rates, of which one that is not a number gave no answer."""
    if math.isnan(own):
        return "**not reached** (no answer)"
    if math.isnan(other):
        return f"reached ({peer} gave no answer)"
    ahead = own / other
    return f"{'reached' if ahead >= times else '**not reached**'} ({ahead:.2f})"


def _processor() -> str:
    """Name the processor, as far as the machine tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
