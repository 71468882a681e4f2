"""`flask atlas import`."""

import io
import json

import pytest
import sqlalchemy as sa

from app.cli import atlas, bars, loading, runs
from app.models import Atlas, Change, ImportProgress
from app.services.importing.undertaking import Import

ORGANIZATION = {"slug": "netflix", "name": "Netflix"}


def lines(*records):
    return "".join(json.dumps({"kind": kind, "record": record}) + "\n" for kind, record in records)


def purposes(*names):
    return lines(*(("purpose", {"slug": name, "name": name}) for name in names))


@pytest.fixture
def run(app, tmp_path):
    """Runs `flask atlas import` on a file of a text: `run("x.ndjson", text, "--mode", "partial")`."""
    runner = app.test_cli_runner()

    def invoke(name, text, *words):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return runner.invoke(atlas, ["import", str(path), *words])

    return invoke


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of two records."""
    monkeypatch.setattr(runs, "MOST_ITEMS", 2)
    read = runs.parts_of
    monkeypatch.setattr(runs, "parts_of", lambda source, **options: read(source, most=2, **options))


@pytest.fixture
def look(database):
    """Reads one value: `look(sa.select(...))`."""

    def read(statement):
        with database.reading() as connection:
            return connection.scalar(statement)

    return read


def version():
    return sa.select(Atlas.version)


def known():
    return sa.select(sa.func.count()).select_from(ImportProgress)


class TestFormats:
    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("x.json", '{"organizations": [{"name": "Netflix"}]}', ()),
            ("x.yaml", "organizations:\n- name: Netflix\n", ()),
            ("x.YML", "organizations:\n- name: Netflix\n", ()),
            ("x.ndjson", lines(("organization", ORGANIZATION)), ()),
            ("x.jsonl", lines(("organization", ORGANIZATION)), ()),
            ("x.csv", "name\r\nNetflix\r\n", ("--kind", "organization")),
            ("x", '{"name": "Netflix"}', ("--kind", "organization", "--format", "ndjson")),
        ],
    )
    def test_it_reads_them_by_name_or_as_it_is_told(self, run, anonymous, name, text, words):
        result = run(name, text, *words)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.startswith("1 created, 0 updated, 0 unchanged, 0 rejected, in ")
        assert anonymous.get("/organizations/netflix").status_code == 200

    def test_it_reads_standard_input(self, app, anonymous):
        text = lines(("organization", ORGANIZATION))
        words = ["import", "-", "--format", "ndjson"]
        assert app.test_cli_runner().invoke(atlas, words, input=text).exit_code == 0
        assert anonymous.get("/organizations/netflix").status_code == 200

    def test_what_comes_through_a_pipe_is_put_into_a_file(self):
        class Pipe(io.BytesIO):
            def seekable(self):
                return False

        with loading._seekable(Pipe(b"text")) as file:
            assert (file.read(), file.seek(0), file.read()) == (b"text", 0, b"text")

    @pytest.mark.parametrize("words", [["x.txt"], ["nowhere.json"], ["x.json", "--mode", "some"]])
    def test_what_is_not_right_ends_with_2(self, app, tmp_path, words):
        (tmp_path / "x.txt").write_text("")
        (tmp_path / "x.json").write_text("{}")
        path, *rest = words
        result = app.test_cli_runner().invoke(atlas, ["import", str(tmp_path / path), *rest])
        assert (result.exit_code, "Error: " in result.stderr) == (2, True)


class TestMode:
    TEXT = lines(("purpose", {"slug": "a", "name": "a"}), ("purpose", {"slug": "b", "name": ""}))

    def test_atomic_takes_nothing_and_tells_what_is_wrong(self, run, look):
        result = run("x.ndjson", self.TEXT)
        assert (result.exit_code, look(version())) == (1, 0)
        assert "Rejected: /1/name: Must be text" in result.stderr
        assert "Error: 1 of the items cannot be taken" in result.stderr

    def test_partial_takes_the_others_and_tells_the_line(self, run, look):
        result = run("x.ndjson", self.TEXT, "--mode", "partial")
        assert (result.exit_code, look(version())) == (1, 1)
        assert "Rejected: line 2, /1/name: Must be text" in result.stderr
        assert "1 created, 0 updated, 0 unchanged, 1 rejected" in result.stderr

    def test_it_tells_the_first_ones_only(self, run, monkeypatch):
        monkeypatch.setattr(runs, "MOST_TOLD", 2)
        text = lines(*(("purpose", {"name": ""}) for _ in range(5)))
        result = run("x.ndjson", text, "--mode", "partial")
        assert result.stderr.count("Rejected: ") == 2
        assert "And 3 more." in result.stderr

    def test_a_file_that_cannot_be_read_is_told(self, run):
        result = run("x.json", "{")
        assert (result.exit_code, "Error: The body is not JSON" in result.stderr) == (1, True)


class TestDryRun:
    def test_it_changes_nothing(self, run, look):
        result = run("x.ndjson", purposes("a", "b"), "--dry-run")
        assert (result.exit_code, look(version()), look(known())) == (0, 0, 0)
        assert result.stderr.startswith("2 would be created, 0 would be updated, 0 unchanged")

    def test_of_several_parts_each_finds_the_ones_before(self, run, look, small_parts):
        text = purposes("a", "b") + lines(
            ("team", {"slug": "core", "name": "CORE", "organization": "netflix"}),
            ("source", {"slug": "how", "title": "How", "kind": "article"}),
            ("organization", ORGANIZATION),
        )
        result = run("x.ndjson", text, "--dry-run")
        assert (result.exit_code, look(version())) == (0, 0)
        assert "5 would be created" in result.stderr


class TestParts:
    def test_each_is_a_transaction_of_its_own(self, run, look, small_parts):
        text = purposes("a", "b", "c") + lines(("purpose", {"slug": "d", "name": ""})) + purposes("e")
        result = run("x.ndjson", text)
        assert (result.exit_code, look(version())) == (1, 2)
        assert result.stderr.splitlines()[-1].startswith("2 created, 0 updated, 0 unchanged, 0 rejected")

    def test_sqlite_has_room_to_write_each_page_of_one_once(self, run, database, small_parts, monkeypatch):
        write = Import.write
        rooms = []

        def noted(work, session):
            if database.is_sqlite:
                rooms.append(session.connection().exec_driver_sql("PRAGMA cache_size").scalar())
            return write(work, session)

        monkeypatch.setattr(Import, "write", noted)
        assert run("x.ndjson", purposes("a", "b", "c")).exit_code == 0
        assert rooms == ([-65_536] * 2 if database.is_sqlite else [])

    def test_an_import_that_was_stopped_goes_on(self, run, look, small_parts, monkeypatch):
        write = Import.write
        calls = []

        def stop_at_the_second(self, session):
            calls.append(1)
            report = write(self, session)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return report

        monkeypatch.setattr(Import, "write", stop_at_the_second)
        text = purposes("a", "b", "c", "d", "e")
        stopped = run("x.ndjson", text)
        assert (stopped.exit_code, look(version()), look(known())) == (130, 2, 1)
        assert "go on with --resume" in stopped.stderr
        resumed = run("x.ndjson", text, "--resume")
        assert (resumed.exit_code, look(version()), look(known())) == (0, 5, 0)
        assert resumed.stderr.startswith("5 created, 0 updated, 0 unchanged, 0 rejected")
        assert len(calls) == 4

    def test_without_resume_it_begins_anew(self, run, look, small_parts):
        text = purposes("a", "b", "c")
        assert run("x.ndjson", text).exit_code == 0
        again = run("x.ndjson", text)
        assert again.stderr.startswith("0 created, 0 updated, 3 unchanged")
        assert look(sa.select(sa.func.count()).select_from(Change)) == 3


class TestProgress:
    def test_it_is_not_shown_where_nobody_looks(self, run):
        assert len(run("x.ndjson", purposes("a")).stderr.splitlines()) == 1

    def test_it_is_shown_in_lines_where_it_is_wanted(self, run, small_parts):
        result = run("x.ndjson", purposes("a", "b", "c"), "--progress")
        first, second, _summary = result.stderr.splitlines()
        assert first.startswith("2 of 3, ")
        assert second.startswith("3 of 3, ")
        assert second.endswith(" a second, 0 s left")

    def test_it_is_a_bar_on_a_terminal(self, monkeypatch):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        terminal = Terminal()
        monkeypatch.setattr(bars.sys, "stderr", terminal)
        with bars.show_bar(10, 2, shows=None) as advance:
            advance(8)
        assert "Importing" in terminal.getvalue()
        assert "10/10" in terminal.getvalue()
        assert "a second" in terminal.getvalue()

    def test_it_is_not_shown_where_it_is_not_wanted(self, run):
        assert len(run("x.ndjson", purposes("a"), "--no-progress").stderr.splitlines()) == 1


class TestManifests:
    @pytest.fixture
    def load(self, run, make):
        make.team(name="Core", slug="core")
        return lambda text, *words: run("requirements.txt", text, "--team", "core", *words)

    def test_it_needs_no_token(self, load, client):
        result = load("Flask>=3\n")
        assert (result.exit_code, result.stderr) == (0, "3 created, 0 updated, 0 unchanged, 0 rejected\n")
        assert client.get("/use-cases/core-uses-flask").status_code == 200

    def test_a_dry_run_changes_nothing(self, load, client):
        assert load("Flask>=3\n", "--dry-run").stderr.endswith("(dry run)\n")
        assert client.get("/use-cases/core-uses-flask").status_code == 404

    def test_a_team_that_is_not_there_is_told(self, run, app):
        result = run("requirements.txt", "flask\n", "--team", "nobody")
        assert (result.exit_code, result.stderr) == (1, "Error: There is no such team.\n")

    def test_a_format_that_is_not_there_is_told(self, load):
        result = load("flask\n", "--format", "xml")
        assert (result.exit_code, "requirements" in result.stderr) == (2, True)

    def test_a_kind_that_is_not_there_is_told(self, run, app):
        result = run("x.csv", "name\n", "--kind", "tool")
        assert (result.exit_code, "organization" in result.stderr) == (2, True)
