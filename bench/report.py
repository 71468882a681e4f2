"""What a comparison gave, as tables for people."""

import math
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.comparing import Compared
    from bench.scenarios import Goal

RESULTS = Path(__file__).parent / "RESULTS.md"
_TOLD = ("Flask", "flask-restx", "gunicorn", "SQLAlchemy", "marshmallow", "orjson")

_HEAD = """# Results

Written by `make bench`. Figures differ from machine to machine, and on a busy one from hour to hour; the
ratios are of runs that took turns within minutes. Read them, not the figures.

- {when}; {machine}; Python {python}; {versions}
- `python -m bench.comparing {command}`
"""


def tables(results: Sequence["Compared"], size: int, database: str) -> str:
    """Give the tables of all scenarios, with ratios to the first of each, and the goals."""
    name = "SQLite" if database == "sqlite" else "PostgreSQL"
    parts = [f"## {size:,} use cases, {name}\n"]
    return "\n".join([*parts, *(_table(compared) for compared in results)])


def write(texts: Sequence[str], command: Sequence[str]) -> None:
    """Write the tables down, with the machine and the versions."""
    head = _HEAD.format(
        when=datetime.now(UTC).date(),
        machine=f"{os.cpu_count()} cores of {_processor()}",
        python=platform.python_version(),
        versions=", ".join(f"{name} {version(name)}" for name in _TOLD),
        command=" ".join(command),
    )
    RESULTS.write_text("\n".join([head, *texts]), "utf-8")


def _table(compared: "Compared") -> str:
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
        f"\nGoal: {goal.times:g} times {goal.peer}: {_verdict(own, compared.rate(goal.peer), goal)}."
        for goal in compared.scenario.goals
    ]
    return "\n".join(lines) + "\n"


def _verdict(own: float, other: float, goal: "Goal") -> str:
    """Say whether a goal is reached; by rates, of which one that is not a number gave no answer."""
    if math.isnan(own):
        return "**not reached** (no answer)"
    if math.isnan(other):
        return f"reached ({goal.peer} gave no answer)"
    ahead = own / other
    return f"{'reached' if ahead >= goal.times else '**not reached**'} ({ahead:.2f})"


def _processor() -> str:
    """Name the processor, as far as the machine tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
