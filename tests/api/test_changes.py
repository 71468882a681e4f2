"""The change feed: every change once, in its order, to whoever follows `next`."""

import json
import threading
from xml.etree import ElementTree as ET

import pytest
from werkzeug.test import EnvironBuilder

from app.api.guard import LASTING
from app.api.waiting import Waiters
from app.db import Author
from app.services import pruning
from tests.client import assert_problem

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client, path="/changes"):
    response = client.get(path)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def told(document):
    return [(item["action"], item["kind"], item["slug"]) for item in document["items"]]


class TestFeed:
    def test_it_tells_what_changed_in_order(self, client, make):
        make.library(name="NumPy")
        client.patch("/libraries/numpy", {"summary": "Arrays."})
        client.delete("/libraries/numpy")
        document = feed(client)
        assert told(document) == [(word, "library", "numpy") for word in ("create", "update", "delete")]
        assert [item["seq"] for item in document["items"]] == [1, 2, 3]
        assert document["latest"] == 3
        assert document["items"][0] | {"at": "", "request_id": ""} == {
            "seq": 1,
            "at": "",
            "actor": "tester",
            "request_id": "",
            "action": "create",
            "kind": "library",
            "slug": "numpy",
            "old_slug": None,
            "revision": 1,
            "url": "http://localhost/api/v1/libraries/numpy",
            "before": None,
            "after": None,
        }

    def test_next_goes_on_where_it_ended(self, client, make):
        for _ in range(5):
            make.library()
        seen, path = [], "/changes?limit=2"
        for _ in range(4):
            document = feed(client, path)
            seen += [item["seq"] for item in document["items"]]
            path = document["next"]
        assert seen == [1, 2, 3, 4, 5]
        make.library()
        assert [item["seq"] for item in feed(client, path)["items"]] == [6]

    def test_next_passes_over_what_the_filter_leaves_out(self, client, make):
        make.library()
        make.library()
        assert (
            feed(client, "/changes?kind=team")["next"] == "http://localhost/api/v1/changes?kind=team&since=2"
        )

    def test_since_may_lie_ahead(self, client, make):
        make.library()
        document = feed(client, "/changes?since=7")
        assert (document["items"], document["latest"]) == ([], 1)
        assert document["next"].endswith("since=7")

    def test_expand_gives_the_states(self, client, make):
        record = make.library(name="NumPy")
        client.patch("/libraries/numpy", {"summary": "Arrays."})
        change = feed(client, "/changes?since=1&expand=before,after")["items"][0]
        assert change["before"] == record
        assert change["after"] == client.get("/libraries/numpy").get_json()

    def test_a_rename_tells_both_slugs(self, client, make):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        change = feed(client, "/changes?since=1")["items"][0]
        assert (change["slug"], change["old_slug"]) == ("new", "old")

    def test_nothing_changed_is_304(self, client, make):
        make.library()
        tag = client.get("/changes").headers["ETag"]
        assert client.get("/changes", headers={"If-None-Match": tag}).status_code == 304
        make.library()
        assert client.get("/changes", headers={"If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize("query", ["since=-1", "since=x", "limit=1001", "wait=31", "kind=x", "expand=x"])
    def test_what_is_not_right_is_told(self, client, query):
        assert_problem(client.get(f"/changes?{query}"), 422, "invalid", parameter=query.split("=")[0])


class TestFilters:
    def test_kinds_are_either_or(self, client, make):
        make.team()
        make.purpose()
        kinds = {kind for _action, kind, _slug in told(feed(client, "/changes?kind=team&kind=purpose"))}
        assert kinds == {"team", "purpose"}

    def test_a_slug_is_found_before_and_behind_a_rename(self, client, make):
        make.library(name="Old")
        client.patch("/libraries/old", {"slug": "new"})
        client.patch("/libraries/new", {"summary": "Newer."})
        assert [item["seq"] for item in feed(client, "/changes?slug=old")["items"]] == [1, 2]
        assert [item["seq"] for item in feed(client, "/changes?slug=new&kind=library")["items"]] == [2, 3]
        assert feed(client, "/changes?slug=new&kind=team")["items"] == []

    def test_a_team_is_told_of_its_use_cases(self, client, make):
        make.use_case(slug="other")
        team = make.team(name="Core")
        since = feed(client)["latest"]
        case = make.use_case(team="core", slug="mine")
        client.patch("/teams/core", {"area": "Reliability"})
        found = told(feed(client, f"/changes?team=core&since={since}"))
        assert found == [("create", "use_case", case["slug"]), ("update", "team", team["slug"])]

    def test_a_use_case_that_moves_concerns_both_teams(self, client, make):
        for name in ("From", "To"):
            make.team(name=name)
        make.use_case(team="from", slug="mover")
        client.patch("/use-cases/mover", {"team": "to"})
        client.patch("/use-cases/mover", {"description": "There."})
        revisions = {
            team: [item["revision"] for item in feed(client, f"/changes?team={team}&kind=use_case")["items"]]
            for team in ("from", "to")
        }
        assert revisions == {"from": [1, 2], "to": [2, 3]}

    def test_an_import_moves_use_cases_too(self, client, make):
        for name in ("From", "To"):
            make.team(name=name)
        case = make.use_case(team="from", slug="mover")
        moved = {
            **case,
            "team": "to",
            "usages": [],
            "purposes": [],
            "evidence": [{"source": case["evidence"][0]["source"]["slug"]}],
        }
        moved = {
            name: value
            for name, value in moved.items()
            if name not in {"revision", "created_at", "updated_at", "confirmed_at", "confirmed_by"}
        }
        response = client.post("/import", {"use-cases": [moved]})
        assert response.status_code == 200, response.get_json()
        for team in ("from", "to"):
            last = feed(client, f"/changes?team={team}&kind=use_case")["items"][-1]
            assert (last["action"], last["slug"]) == ("update", "mover")

    def test_a_team_is_found_by_its_slugs_of_all_times(self, client, make):
        make.team(name="Old")
        client.patch("/teams/old", {"slug": "new"})
        make.use_case(team="new", slug="late")
        assert told(feed(client, "/changes?team=old")) == told(feed(client, "/changes?team=new"))
        assert told(feed(client, "/changes?team=old"))[-1] == ("create", "use_case", "late")

    def test_a_team_that_is_gone_keeps_its_changes(self, client, make):
        case = make.use_case(slug="mine")
        team = case["team"]["slug"]
        client.delete(f"/teams/{team}?cascade=true")
        make.team()
        found = told(feed(client, f"/changes?team={team}"))
        assert [action for action, *_rest in found] == ["create", "create", "delete", "delete"]

    @pytest.mark.parametrize("name", ["team=nobody", "team=No%20Slug", "slug=nobody"])
    def test_what_never_was_has_no_changes(self, client, make, name):
        make.team()
        assert feed(client, f"/changes?{name}")["items"] == []


class TestFormats:
    def test_ndjson_gives_all(self, client, make):
        for _ in range(3):
            make.library()
        response = client.get("/changes?format=ndjson&since=1")
        assert response.content_type == "application/x-ndjson"
        assert [json.loads(line)["seq"] for line in response.data.splitlines()] == [2, 3]
        assert response.headers["Link"] == (
            '<http://localhost/api/v1/changes?format=ndjson&since=3>; rel="next"'
        )

    def test_ndjson_gives_a_page_where_a_limit_is_asked(self, client, make):
        for _ in range(3):
            make.library()
        response = client.get("/changes?format=ndjson&limit=2")
        assert len(response.data.splitlines()) == 2
        assert "since=2" in response.headers["Link"]

    def test_atom_is_read_by_feed_readers(self, client, make):
        make.library(name="A & B <C>", slug="abc", summary="x ü\U0001f600")
        response = client.get("/changes?expand=after", headers={"Accept": "application/atom+xml"})
        assert response.content_type == "application/atom+xml"
        root = ET.fromstring(response.data)  # noqa: S314  # ours
        assert root.tag == f"{ATOM}feed"
        assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"self", "next"}
        entry = root.find(f"{ATOM}entry")
        texts = {name: entry.findtext(f"{ATOM}{name}") for name in ("title", "updated", "id")}
        assert texts["title"] == "tester added the library abc"
        assert texts["updated"].endswith("Z")
        assert texts["id"].startswith("urn:uuid:")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "tester"
        assert json.loads(entry.findtext(f"{ATOM}content"))["after"]["name"] == "A & B <C>"

    def test_an_empty_atom_feed_is_one_too(self, client):
        root = ET.fromstring(client.get("/changes?format=atom").data)  # noqa: S314  # ours
        assert root.findtext(f"{ATOM}updated").endswith("Z")
        assert root.findall(f"{ATOM}entry") == []


class TestStatements:
    @pytest.mark.parametrize(
        ("query", "expected"), [("", 4), ("kind=team", 4), ("slug=core", 4), ("team=core", 5)]
    )
    def test_their_number_is_fixed(self, seeded, statements, query, expected):
        for limit in (2, 200):
            with statements() as seen:
                feed(seeded, f"/changes?limit={limit}&{query}")
            assert len(seen) == expected


class TestWait:
    def test_it_answers_at_once_when_there_is_something(self, client, make):
        make.library()
        assert len(feed(client, "/changes?wait=30")["items"]) == 1

    def test_it_answers_as_soon_as_something_comes(self, client, make):
        make.library()
        timer = threading.Timer(0.2, make.library, kwargs={"name": "Late"})
        timer.start()
        assert told(feed(client, "/changes?since=1&wait=20")) == [("create", "library", "late")]
        timer.join()

    def test_it_ends_when_the_time_is_over(self, client, make):
        make.library()
        assert feed(client, "/changes?since=1&wait=1")["items"] == []

    @pytest.mark.parametrize(("query", "lasts"), [("wait=1", False), ("since=0", True)])
    def test_nobody_else_is_given_its_answer(self, app, make, query, lasts):
        """The front would give it at once to the next one who waits."""
        make.library()
        environ = EnvironBuilder("/api/v1/changes", query_string=query).get_environ()
        app(environ, lambda *_answer: None).close()
        assert bool(environ[LASTING]) == lasts

    def test_a_bad_token_does_not_wait(self, client):
        assert_problem(client.get("/changes?since=1&wait=30", token="ta_bad"), 401)

    def test_no_more_wait_than_there_are_places(self, database):
        waiters = Waiters(1)
        outcomes = []

        def news(_connection):
            outcomes.append(waiters.hold(database, 30, lambda _again: True))
            return True

        assert waiters.hold(database, 30, news)
        assert outcomes == [False]
        assert waiters.hold(database, 30, lambda _connection: True)

    def test_with_one_thread_nobody_waits(self, database):
        assert not Waiters(0).hold(database, 30, lambda _connection: True)

    def test_it_looks_closely_only_when_the_version_moved(self, database, make):
        looks, sleeps = [], []
        clock = iter([0, 1, 2, 3, 40])

        def news(_connection):
            looks.append(1)
            return False

        def sleep(_seconds):
            sleeps.append(1)
            if len(sleeps) == 2:
                make.library()

        assert not Waiters(1, lambda: next(clock), sleep).hold(database, 30, news)
        assert (len(looks), len(sleeps)) == (2, 3)


class TestPruned:
    @pytest.fixture
    def prune(self, database):
        def before(seq):
            with database.writing(Author("tests", "tests")) as session:
                pruning.prune(session, pruning.plan(session.connection(), seq), lambda _gone: None)

        return before

    def test_a_team_is_found_though_none_of_its_own_changes_is_kept(self, client, make, prune):
        make.team(slug="core")
        made = make.use_case(slug="figures", team="core")
        since = feed(client)["latest"] - 1
        prune(since + 1)
        assert made["slug"] == "figures"
        assert told(feed(client, f"/changes?since={since}&team=core")) == [("create", "use_case", "figures")]

    def test_its_use_cases_are_told_that_changed_before_what_is_kept_of_its_own(self, client, make, prune):
        make.team(slug="core")
        make.use_case(slug="figures", team="core")
        since = feed(client)["latest"] - 1
        client.delete("/use-cases/figures")
        client.delete("/teams/core")
        prune(since + 1)
        document = feed(client, f"/changes?since={since}&team=core")
        assert told(document) == [
            ("create", "use_case", "figures"),
            ("delete", "use_case", "figures"),
            ("delete", "team", "core"),
        ]

    def test_a_rename_is_found_by_the_old_slug_though_the_log_begins_with_it(self, client, make, prune):
        make.library(slug="numeric")
        client.patch("/libraries/numeric", {"slug": "numpy"})
        prune(2)
        document = feed(client, "/changes?since=1&slug=numeric")
        assert told(document) == [("update", "library", "numpy")]
