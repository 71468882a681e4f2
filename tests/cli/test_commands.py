import os
import runpy
import shlex
import subprocess
import sys

import click
import pytest

from app.cli import atlas, main
from app.config import VERSION
from tests.documents import ROOT, environment

NAMES = [
    *("who-uses", "uses", "worklist", "search", "impact", "import", "check", "export", "diff", "changes"),
    *("completion", "sources", "tokens", "webhooks", "audit", "history", "migrate", "seed"),
]
# Those that need a file of one's own, or a server that is not there.
ON_THE_FIRST_DATA = ("who-uses", "uses", "worklist", "search", "impact")


def examples_of(name):
    """Give the examples of a command's help, as words."""
    context = click.Context(atlas)
    lines = atlas.get_command(context, name).epilog.splitlines()
    return [line.strip() for line in lines if line.strip().startswith("toolatlas ")]


def subprocess_of(words, origin="", **options):
    """Run toolatlas as a person does."""
    environ = {**environment(""), "TOOLATLAS_URL": origin, "DATABASE_URL": "sqlite:////nowhere/atlas.db"}
    command = [sys.executable, "-P", "-m", "app.cli", *words]
    given = {"capture_output": True, "text": True, "timeout": 60, "env": environ, **options}
    return subprocess.run(command, check=False, **given)  # noqa: S603  # our own command


class TestHelp:
    def test_it_lists_all_commands_and_what_the_status_means(self, away):
        lines = away("--help").stdout.splitlines()
        listed = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :] if line]
        assert listed[: len(NAMES)] == NAMES
        assert "Exit status: 0 found or done" in away("--help").stdout

    @pytest.mark.parametrize(
        "name",
        [name for name in NAMES if name not in {"sources", "tokens", "webhooks", "audit", "migrate", "seed"}],
    )
    def test_each_command_shows_examples(self, away, name):
        result = away(name, "--help")
        assert (result.exit_code, result.stderr) == (0, "")
        shown = [f"    {line}" for line in examples_of(name)] or ["toolatlas completion bash"]
        assert all(line in result.stdout for line in shown)

    @pytest.mark.parametrize(
        "line", [line for name in ON_THE_FIRST_DATA for line in examples_of(name)], ids=str
    )
    def test_each_example_works_on_the_first_data_set(self, ask, line):
        words = shlex.split(line.partition(">")[0])
        result = ask(*words[1:])
        assert (result.exit_code, bool(result.stdout)) == (0, True)

    def test_a_command_that_is_not_there_is_told_with_one_that_is(self, away):
        result = away("who-use", "numpy")
        assert result.exit_code == 2
        assert "No such command 'who-use'. Did you mean 'who-uses'?" in result.stderr

    def test_the_version_is_told(self, away):
        assert away("--version").stdout == f"toolatlas, version {VERSION}\n"


class TestPipes:
    def test_a_reader_who_went_away_is_no_error(self, live_origin, monkeypatch):
        reader, writer = os.pipe()
        os.close(reader)
        monkeypatch.setenv("TOOLATLAS_URL", live_origin)
        with os.fdopen(writer, "w") as output:
            monkeypatch.setattr(sys, "stdout", output)
            with pytest.raises(SystemExit) as ended:
                atlas.main(["who-uses", "numpy"])
        assert ended.value.code == 141

    def test_another_error_of_the_system_is_not_hidden(self, monkeypatch, away):
        monkeypatch.setattr("app.cli.asking.connect", lambda: open("/nowhere/at/all"))  # noqa: PTH123, SIM115
        assert isinstance(away("who-uses", "numpy").exception, FileNotFoundError)

    def test_it_is_quiet_in_a_real_pipe(self, live_origin):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess_of(
            ["search", "numpy", "--json"], live_origin, capture_output=False, stdout=writer, stderr=-1
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (141, "")


class TestMain:
    def run(self, monkeypatch, *words):
        monkeypatch.setattr(sys, "argv", ["toolatlas", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code

    def test_the_status_is_that_of_the_command(self, monkeypatch, capsys):
        assert self.run(monkeypatch, "--version") == 0
        assert self.run(monkeypatch, "unknown") == 2
        assert "Usage: toolatlas [OPTIONS]" in capsys.readouterr().err

    def test_a_module_can_be_run(self, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["toolatlas", "--version"])
        with pytest.raises(SystemExit):
            runpy.run_module("app.cli", run_name="__main__")
        assert capsys.readouterr().out.startswith("toolatlas, version")

    def test_a_terminal_without_unicode_gets_escapes(self, server):
        server.give("/search", {"items": [hit("日本 é")]})
        environ = {**environment(""), "TOOLATLAS_URL": server.origin, "PYTHONIOENCODING": "latin-1"}
        done = subprocess_of(["search", "x"], env=environ, encoding="latin-1")
        assert (done.returncode, done.stderr) == (0, "")
        assert "\\u65e5\\u672c \xe9" in done.stdout

    def test_a_package_app_where_it_is_called_is_not_taken_for_this_one(self, live_origin, tmp_path):
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('the wrong one')")
        done = subprocess_of(["who-uses", "numpy"], live_origin, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


def hit(name):
    return {"kind": "team", "name": name, "slug": "x", "score": 1, "snippet": {"text": name}}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
class TestTerminal:
    """On a real pseudo-terminal of 50 columns."""

    def see(self, server, **variables):
        server.give("/search", {"items": [hit("\x1b[2J\x9b" + "n" * 80)]})
        environ = {**environment(""), "TOOLATLAS_URL": server.origin, "COLUMNS": "50", "TERM": "xterm"}
        ours, theirs = os.openpty()
        done = subprocess_of(
            ["search", "x"], env={**environ, **variables}, capture_output=False, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        seen = os.read(ours, 65_536).decode()
        os.close(ours)
        assert done.returncode == 0
        return seen

    def test_it_is_coloured_and_fits(self, server):
        header, row = self.see(server).split("\r\n")[:2]
        assert (header[:4], header[-4:]) == ("\x1b[1m", "\x1b[0m")
        assert len(row) == 50

    def test_no_color_is_honoured_and_names_stay_harmless(self, server):
        seen = self.see(server, NO_COLOR="1")
        assert r"\x1b[2J\x9bnn" in seen
        assert not set(seen) & {"\x1b", "\x9b"}


class TestScript:
    def test_make_writes_one_that_finds_the_project(self, tmp_path, live_origin):
        """In a folder whose name a shell would take apart."""
        root = tmp_path / "it's a $folder"
        (root / ".venv" / "bin").mkdir(parents=True)
        (root / ".venv" / ".python").write_text("")
        python = root / ".venv" / "bin" / "python"
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o700)
        for name in ("app", "Makefile"):
            (root / name).symlink_to(ROOT / name)
        recipe = ["make", "-C", str(root), "-o", ".venv/.python", ".venv/bin/toolatlas"]
        subprocess.run(recipe, check=True, capture_output=True)  # noqa: S603  # our own
        script = [str(root / ".venv" / "bin" / "toolatlas"), "who-uses", "numpy"]
        done = subprocess.run(script, env={"TOOLATLAS_URL": live_origin}, capture_output=True, check=False)  # noqa: S603  # the same
        assert (done.returncode, done.stderr) == (0, b"")
