"""Shows where the time of requests goes: `python -m bench.profiling --help`, `make profile`."""

import cProfile
import pstats
from collections import Counter
from pathlib import Path

import click
from flask.testing import FlaskClient

from app import create_app
from app.config import PROJECT_FOLDER, Settings

_API = "/api/v1"
_PATIENCE_SECONDS = 600.0
_PACKAGES = "site-packages"


@click.command()
@click.option("--database-url", required=True, metavar="URL", help="A filled atlas; nothing is written.")
@click.option("--times", default=200, show_default=True, type=click.IntRange(1), help="Requests of each.")
@click.option("--most", default=25, show_default=True, type=click.IntRange(1), help="Lines of each table.")
@click.argument("paths", nargs=-1)
def main(database_url: str, times: int, most: int, paths: tuple[str, ...]) -> None:
    """Ask for PATHS (`/use-cases?status=documented`) in this process, and tell what took how long.

    Microseconds a request, as the profiler sees them, which makes calls of
    Python functions look dearer than they are: shares count.
    """
    settings = Settings(database_url=database_url, read_timeout_seconds=_PATIENCE_SECONDS)
    client = create_app(settings).test_client()
    for path in paths or ("/use-cases",):
        profile = profiled(client, path, times)
        click.echo(f"\n{path}\n\n{'us':>8}  by package or module")
        for name, seconds in by_module(profile).most_common(most):
            click.echo(f"{seconds / times * 1e6:8.0f}  {name}")
        profile.sort_stats("tottime").print_stats(most)


def profiled(client: FlaskClient, path: str, times: int) -> pstats.Stats:
    """Ask a question so many times, after it was asked once."""
    client.get(_API + path, buffered=True)
    profiler = cProfile.Profile()
    for _ in range(times):
        profiler.enable()
        client.get(_API + path, buffered=True)
        profiler.disable()
    return pstats.Stats(profiler)


def by_module(profile: pstats.Stats) -> Counter[str]:
    """Add up seconds by package, and of this project by module."""
    seconds: Counter[str] = Counter()
    times: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = profile.stats  # type: ignore[attr-defined]  # not in its types
    for (file, _line, function), (_primitive, _calls, own, _all, _callers) in times.items():
        seconds[_module(file, function)] += own
    return seconds


def _module(file: str, function: str) -> str:
    path = Path(file)
    if _PACKAGES in path.parts:
        place = path.parts.index(_PACKAGES)
        return "/".join(path.parts[place + 1 : place + 3])
    if path.is_relative_to(PROJECT_FOLDER):
        return str(path.relative_to(PROJECT_FOLDER))
    return function if file == "~" else f"standard library: {path.name}"


if __name__ == "__main__":
    main()
