"""The documents as data: their blocks, tables and links; and running their commands against a live atlas."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import is_everything_required

ROOT = Path(__file__).resolve().parent.parent
ORIGIN = "http://127.0.0.1:8000"
FLASK = ".venv/bin/flask"

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_URL = re.compile(re.escape(ORIGIN) + r"[^\s)'\"`>|]*")
_RUN = re.compile(rf"\bcurl\b|{re.escape(FLASK)}|^toolatlas ", re.MULTILINE)
_TOOLS = ("curl", "jq")


@dataclass(frozen=True)
class Command:
    """A block of shell in a document.

    Attributes:
        text: the command, as it stands there.
        prints: what the document says that it prints (`...` for anything); None: it says nothing.
        fails: the document shows an error.
    """

    text: str
    prints: str | None
    fails: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a command."""

    status: int
    output: str
    errors: str


def documents() -> list[Path]:
    """Give every document of the project."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def table(name: str, first: str) -> list[list[str]]:
    """Give the rows of the tables of a document whose first column is called so, without the pipes."""
    rows, is_wanted = [], False
    for line in read(name).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            is_wanted = False
        elif cells[0] == first:
            is_wanted = True
        elif is_wanted and not set(line) <= set("|-: "):
            rows.append(cells)
    return rows


def commands(name: str) -> list[Command]:
    """Give the commands of a document that can be run here: with curl and jq where these are there."""
    missing = [] if is_everything_required() else [tool for tool in _TOOLS if not shutil.which(tool)]
    blocks = _FENCE.findall(read(name))
    found = []
    for place, (info, text) in enumerate(blocks):
        language, *words = info.split() or [""]
        if language != "sh" or not _RUN.search(text):
            continue
        if any(re.search(rf"\b{tool}\b", text) for tool in missing):
            continue
        shown = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
        found.append(Command(text, shown[1] if shown[0] == "text" else None, "fails" in words))
    return found


def urls(name: str) -> list[str]:
    """Give the URLs of the atlas that stand in the prose of a document."""
    return sorted(set(_URL.findall(_FENCE.sub("", read(name)))))


@contextmanager
def live_atlas(database_url):
    """Serve a database with gunicorn, and give the origin."""
    environ = environment(database_url) | {"PORT": "0", "WORKERS": "1", "LOG_LEVEL": "ERROR"}
    arguments = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    with subprocess.Popen(  # noqa: S603  # our own server
        arguments, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            banner = iter(server.stdout.readline, "")
            yield next(match[0] for match in (re.search(r"http://[\d.:]+", line) for line in banner) if match)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def run(name, database_url, origin, folder) -> list[Outcome]:
    """Run the commands of a document in one shell, from the first to the last.

    Args:
        name: of the document.
        database_url: of the atlas, for the commands on the host.
        origin: of the atlas.
        folder: an empty one, to run in.
    """
    flask = f"{sys.executable} -m flask --app {ROOT / 'wsgi.py'}"
    lines = ["set -o pipefail", 'curl() { command curl --fail-with-body "$@"; }']
    lines.append(f'toolatlas() {{ {sys.executable} -P -m app.cli "$@"; }}')
    texts = [command.text.replace(ORIGIN, origin).replace(FLASK, flask) for command in commands(name)]
    for place, text in enumerate(texts):
        lines.append(f"{{\n{text}}} >{place}.out 2>{place}.err; echo $? >{place}.status")
    arguments = [str(shutil.which("bash")), "-c", "\n".join(lines)]
    environ = environment(database_url)
    subprocess.run(arguments, cwd=folder, env=environ, check=False, timeout=300)  # noqa: S603  # our own text
    return [_outcome(folder, place, origin) for place in range(len(texts))]


def environment(database_url):
    """Give the environment of a person who has set nothing but the database."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return kept | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}


def is_as_shown(output: str, shown: str) -> bool:
    """Say whether an output is what a document shows, where `...` stands for anything."""
    parts = [re.escape(part) for part in shown.strip().split("...")]
    return re.fullmatch(".*?".join(parts), output.strip(), re.DOTALL) is not None


def _outcome(folder, place, origin):
    status, output, errors = (
        (folder / f"{place}.{kind}").read_text("utf-8") for kind in ("status", "out", "err")
    )
    return Outcome(int(status), output.replace(origin, ORIGIN), errors)
