import csv
import io
import json
import re
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager

import pytest

from app.cli.clients import PATHS
from app.services.registry import COLLECTIONS
from tests.documents import ROOT, environment
from tests.test_run import serving


def change(seq, **known):
    told = {"seq": seq, "at": "2026-01-31T12:00:00Z", "actor": "tester", "request_id": "r", "revision": 1}
    named = {"action": "create", "kind": "use_case", "slug": f"thing-{seq}", "old_slug": None}
    return told | named | known


def page(since, *items):
    return {"items": list(items), "next": f"http://elsewhere/changes?since={since}", "latest": since}


@pytest.fixture
def interrupt(monkeypatch):
    """Lets the person press Ctrl-C when so many pauses were made; gives how long these were."""
    pauses = []

    def begin(after):
        def sleep(seconds):
            pauses.append(seconds)
            if len(pauses) == after:
                raise KeyboardInterrupt

        monkeypatch.setattr("app.cli.changes.time.sleep", sleep)
        return pauses

    return begin


class TestPaths:
    def test_they_are_those_of_the_collections(self):
        assert {kind.value: collection.path for kind, collection in COLLECTIONS.items()} == PATHS


class TestChanges:
    def test_it_tells_them_in_order(self, run, make, client):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        result = run("changes")
        header, created, renamed = result.stdout.splitlines()
        assert header.split() == ["SEQ", "AT", "BY", "ACTION", "KIND", "SLUG", "SLUG", "BEFORE"]
        assert (created.split()[0], created.split()[2:]) == ("1", ["tester", "create", "library", "old"])
        assert renamed.split()[-2:] == ["new", "old"]
        assert (result.exit_code, result.stderr) == (0, "Go on with --since 2.\n")

    def test_it_goes_on_where_it_is_told(self, run, make):
        make.library(name="One")
        make.library(name="Two")
        found = json.loads(run("changes", "--since", "1", "--json").stdout)
        assert [item["slug"] for item in found] == ["two"]

    def test_filters_choose(self, run, make):
        make.use_case(slug="mine")
        found = json.loads(run("changes", "--kind", "team", "--kind", "source", "--json").stdout)
        assert {item["kind"] for item in found} == {"team", "source"}
        team = next(item["slug"] for item in found if item["kind"] == "team")
        mine = json.loads(run("changes", "--team", team, "--json").stdout)
        assert [item["kind"] for item in mine] == ["team", "use_case"]

    @pytest.mark.parametrize(("limit", "place"), [("1", 1), ("2", 2), ("3", 3), ("9", 3)])
    def test_a_limit_ends_it_and_says_where(self, run, make, limit, place):
        for _ in range(3):
            make.library()
        result = run("changes", "--limit", limit, "--csv")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        assert [int(row["seq"]) for row in rows] == list(range(1, place + 1))
        assert result.stderr == f"Go on with --since {place}.\n"

    def test_it_follows_pages(self, of_server, server):
        server.give("/changes?since=0&limit=3", page(2, change(1), change(2)))
        server.give("/changes?since=2&limit=3", page(4, change(3), change(4)))
        result = of_server("changes", "--limit", "3", "--json")
        assert [item["seq"] for item in json.loads(result.stdout)] == [1, 2, 3]
        assert result.stderr == "Go on with --since 3.\n"

    def test_nothing_is_told_with_a_status(self, run):
        result = run("changes", "--since", "7")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Nothing of the kind has changed behind 7." in result.stderr

    def test_what_was_pruned_is_told(self, run, make):
        for _ in range(3):
            make.library()
        run("history", "prune", "--before", "3", "--yes")
        result = run("changes")
        assert result.exit_code == 1
        assert "2" in result.stderr

    @pytest.mark.parametrize(
        "document",
        [
            {"items": []},
            {"items": [], "next": "/changes"},
            {"items": [], "next": "/changes?since=x"},
            {"items": [], "next": "/changes?since=4"},
        ],
    )
    def test_what_no_atlas_says_is_trouble(self, of_server, server, document):
        server.give("/changes", document)
        assert of_server("changes", "--since", "5").exit_code == 3


class TestFollow:
    @pytest.mark.parametrize("words", [["--csv"], ["--limit", "1"]])
    def test_it_has_no_end_that_these_would_need(self, away, words):
        assert away("changes", "--follow", *words).exit_code == 2

    def test_it_prints_a_line_a_change(self, of_server, server, interrupt):
        interrupt(1)
        server.give("/changes", page(2, change(1), change(2, slug="b", old_slug="a\x1b", action="update")))
        server.give("/changes?wait=30&limit=1000&since=2", page(2))
        result = of_server("changes", "--follow")
        assert result.stdout.splitlines() == [
            "1 2026-01-31T12:00:00Z tester create use-cases/thing-1",
            "2 2026-01-31T12:00:00Z tester update use-cases/b (was a\\x1b)",
        ]
        assert (result.exit_code, result.stderr) == (0, "Go on with --since 2.\n")

    def test_it_prints_documents(self, of_server, server, interrupt):
        interrupt(1)
        server.give("/changes", page(1, change(1)))
        server.give("/changes?wait=30&limit=1000&since=1", page(1))
        assert json.loads(of_server("changes", "--follow", "--json").stdout) == change(1)

    def test_it_waits_no_longer_than_it_is_patient(self, of_server, server, interrupt):
        interrupt(1)
        server.give("/changes", page(0))
        of_server("changes", "--follow", "--timeout", "5")
        assert "wait=4&" in server.requests[0][1]

    @pytest.mark.parametrize("status", [429, 503])
    def test_it_waits_longer_and_longer_for_what_may_pass(self, of_server, server, interrupt, status):
        pauses = interrupt(6)
        server.give("/changes?wait=30&limit=1000&since=0", page(1, change(1)))
        server.refuse("/changes", status, {"detail": "Not now."})
        result = of_server("changes", "--follow")
        assert pauses == [2, 4, 8, 10, 10, 10]
        assert result.exit_code == 0
        assert result.stderr == "Not now. Trying again.\nGo on with --since 1.\n"

    def test_what_never_answered_is_not_waited_for(self, of_server, server):
        server.refuse("/changes", 503, {"detail": "Not now."})
        assert of_server("changes", "--follow").exit_code == 3

    def test_a_refusal_ends_it(self, of_server, server):
        server.give("/changes?wait=30&limit=1000&since=0", page(1, change(1)))
        server.refuse("/changes", 410, {"detail": "Not kept."})
        result = of_server("changes", "--follow")
        assert (result.exit_code, result.stderr) == (1, "Error: Not kept.\n")

    @pytest.mark.parametrize("item", [1, {}, {"slug": "x"}])
    def test_what_no_atlas_says_is_trouble(self, of_server, server, item):
        server.give("/changes", page(1, item))
        assert of_server("changes", "--follow").exit_code == 3

    def test_it_goes_on_behind_a_restart_and_ends_at_an_interrupt(self, make, database_url, tmp_path):
        words = {"DATABASE_URL": database_url, "WORKERS": "1"}
        make.library(name="First")
        with ExitStack() as stack:
            with serving(tmp_path, **words) as said:
                port = re.search(r"http://127\.0\.0\.1:(\d+)/", said)[1]
                process = stack.enter_context(following(port))
                assert json.loads(process.stdout.readline())["slug"] == "first"
                make.library(name="Second")  # also lets go of the request that waits
                assert json.loads(process.stdout.readline())["slug"] == "second"
                # The server is told to end while the next request waits, and answers that.
                timer = threading.Timer(1, make.library, kwargs={"name": "Third"})
                timer.start()
            timer.join()
            assert json.loads(process.stdout.readline())["slug"] == "third"
            assert "Trying again." in process.stderr.readline()
            make.library(name="Fourth")
            with serving(tmp_path, PORT=port, **words):
                assert json.loads(process.stdout.readline())["slug"] == "fourth"
                process.send_signal(signal.SIGINT)
                assert process.wait(60) == 0
                assert re.fullmatch(r"Go on with --since [34]\.\n", process.stderr.read())
                make.library(name="Last")


@contextmanager
def following(port):
    """Run `toolatlas changes --follow --json` on a server."""
    command = [sys.executable, "-P", "-m", "app.cli", "changes", "--follow", "--json"]
    environ = {**environment(""), "TOOLATLAS_URL": f"http://127.0.0.1:{port}"}
    # What a shell starts in the background ignores Ctrl-C, and what that starts does so too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with started as process:
        try:
            yield process
        finally:
            process.kill()
