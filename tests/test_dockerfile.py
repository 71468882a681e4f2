"""The Dockerfile, as far as it can be looked at without Docker."""

import re

from app.config import PROJECT_FOLDER

LINES = (PROJECT_FOLDER / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
LET_IN = [
    line[1:].rstrip("/")
    for line in (PROJECT_FOLDER / ".dockerignore").read_text().splitlines()
    if line[:1] == "!"
]


def copied():
    """Give what is copied from the project into the image."""
    return [name.rstrip("/") for line in LINES if line.startswith("COPY ") for name in line.split()[1:-1]]


class TestDockerfile:
    def test_what_it_copies_is_there_and_not_ignored(self):
        assert sorted(copied()) == sorted(LET_IN)
        assert [name for name in copied() if not (PROJECT_FOLDER / name).exists()] == []

    def test_it_copies_every_module_that_can_be_served(self):
        served = re.findall(r'"(\w+):app"', (PROJECT_FOLDER / "gunicorn.conf.py").read_text("utf-8"))
        assert len(served) == 2
        assert {f"{module}.py" for module in served} <= set(copied())

    def test_nothing_runs_as_root(self):
        (user,) = (line for line in LINES if line.startswith("USER "))
        assert user == "USER 10001:10001"
        assert LINES.index(user) < next(at for at, line in enumerate(LINES) if line.startswith("CMD "))
