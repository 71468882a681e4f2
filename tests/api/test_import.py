import json

import pytest

from app.models import Scope
from tests.client import assert_problem

ORGANIZATION = {"slug": "netflix", "name": "Netflix"}
TEAM = {"slug": "core", "name": "CORE", "organization": "netflix"}
SOURCE = {"slug": "how", "title": "How", "kind": "article"}
USE_CASE = {
    "slug": "alerts",
    "title": "Alerts",
    "team": "core",
    "usages": [{"library": "numpy"}],
    "evidence": [{"source": "how"}],
}
LIBRARY = {"slug": "numpy", "name": "NumPy", "aliases": ["Numerical Python"]}
FILE = {
    "use-cases": [USE_CASE],
    "libraries": [LIBRARY],
    "sources": [SOURCE],
    "teams": [TEAM],
    "organizations": [ORGANIZATION],
}
# As the client sends it, in the order of the names.
BAD = {
    "libraries": [LIBRARY, {"slug": "np", "name": "numpy"}, {"name": ""}],
    "teams": [{"slug": "core", "name": "CORE", "organization": "nobody"}],
    "use-cases": [USE_CASE],
}


def lines(*items):
    return "".join(json.dumps({"kind": kind, "record": record}) + "\n" for kind, record in items)


@pytest.fixture
def send(client):
    """Sends a file as text: `send("?mode=partial", "text/csv", text)`."""

    def post(query, media_type, text, **options):
        headers = {"Content-Type": media_type, **options.pop("headers", {})}
        return client.open("POST", f"/import{query}", data=text, headers=headers, **options)

    return post


class TestPost:
    def test_it_takes_in_records_that_point_at_one_another(self, client):
        answer = client.post("/import", FILE)
        report = answer.get_json()
        assert answer.status_code == 200
        assert (report["created"], report["updated"], report["unchanged"], report["rejected"]) == (5, 0, 0, 0)
        assert client.get("/use-cases/alerts").get_json()["team"]["slug"] == "core"

    def test_it_tells_what_became_of_each_item(self, client):
        item = client.post("/import", {"libraries": [LIBRARY]}).get_json()["items"][0]
        assert item == {
            "pointer": "/libraries/0",
            "line": None,
            "kind": "library",
            "slug": "numpy",
            "result": "created",
            "errors": [],
        }

    def test_what_is_so_already_is_not_written(self, client):
        version = client.post("/import", FILE).headers["Atlas-Version"]
        answer = client.post("/import", FILE)
        assert (answer.get_json()["unchanged"], answer.headers["Atlas-Version"]) == (5, version)

    def test_it_moves_the_version_on_by_the_changes(self, client):
        first = client.post("/import", FILE).headers["Atlas-Version"]
        second = client.post("/import", {"libraries": [{**LIBRARY, "summary": "Arrays."}]})
        assert (first, second.headers["Atlas-Version"]) == ("5", "6")

    def test_what_it_takes_in_is_found(self, client):
        client.post("/import", FILE)
        hits = client.get("/search?q=numerical").get_json()["items"]
        assert hits[0]["slug"] == "numpy"

    def test_what_get_gives_is_taken_and_unchanged(self, own_seeded):
        paths = ("organizations", "sources", "teams", "libraries", "purposes", "use-cases")
        file = {path: own_seeded.get(f"/{path}?limit=200").get_json()["items"] for path in paths}
        report = own_seeded.post("/import", file).get_json()
        assert report["unchanged"] == sum(map(len, file.values()))

    def test_a_slug_that_is_left_out_is_made_from_the_name(self, client):
        libraries = [{"name": "Flask"}, {"name": "Flask-RESTX", "replaced_by": "flask"}]
        slugs = [
            item["slug"] for item in client.post("/import", {"libraries": libraries}).get_json()["items"]
        ]
        assert slugs == ["flask", "flask-restx"]


class TestFormats:
    def test_it_reads_ndjson_and_tells_lines(self, send):
        text = "\n" + lines(("use_case", USE_CASE), ("library", LIBRARY), ("source", SOURCE))
        text += lines(("team", TEAM), ("organization", ORGANIZATION))
        report = send("", "application/x-ndjson", text).get_json()
        assert [(item["line"], item["result"]) for item in report["items"]] == [
            (line, "created") for line in range(2, 7)
        ]

    def test_it_reads_csv(self, send, client):
        report = send("?kind=library", "text/csv", "slug,name,topics\r\nnumpy,NumPy,data|math\r\n").get_json()
        assert (report["created"], report["items"][0]["line"]) == (1, 2)
        assert client.get("/libraries/numpy").get_json()["topics"]

    def test_it_reads_yaml(self, send):
        assert send("", "application/yaml", "purposes:\n- name: Analysis\n").get_json()["created"] == 1

    def test_format_stands_above_the_content_type(self, send):
        answer = send("?format=yaml", "application/x-www-form-urlencoded", "purposes:\n- name: Analysis\n")
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("media_type", "headers"),
        [
            ("text/plain", {}),
            ("application/json; charset=latin-1", {}),
            ("application/json", {"Content-Encoding": "gzip"}),
        ],
    )
    def test_it_says_which_formats_it_reads(self, send, media_type, headers):
        problem = assert_problem(send("", media_type, "{}", headers=headers), 415)
        assert "text/csv" in problem["detail"]

    def test_csv_has_to_say_its_kind(self, send):
        assert_problem(send("", "text/csv", "name\r\nNumPy\r\n"), 422, parameter="kind")

    def test_an_unknown_format_is_told(self, send):
        assert_problem(send("?format=xml", "application/json", "{}"), 422, parameter="format")

    def test_what_is_no_file_is_told(self, send):
        assert_problem(send("", "application/json", '{"libraries": ['), 400, "bad_json")


class TestAtomic:
    def test_it_points_at_every_bad_item(self, client):
        problem = assert_problem(client.post("/import", BAD), 422)
        assert [(flaw["pointer"], flaw["code"]) for flaw in problem["errors"]] == [
            ("/libraries/1/name", "conflict"),
            ("/libraries/2/name", "invalid"),
            ("/teams/0/organization", "unknown_reference"),
            ("/use-cases/0/evidence/0/source", "unknown_reference"),
            ("/use-cases/0/team", "rejected_reference"),
        ]
        assert (problem["rejected"], problem["more_errors"]) == (4, 0)

    def test_it_changes_nothing_then(self, client):
        answer = client.post("/import", BAD)
        assert (answer.headers["Atlas-Version"], client.get("/libraries").get_json()["total"]) == ("0", 0)

    def test_it_tells_at_most_a_thousand_errors(self, client):
        file = {"libraries": [{"slug": f"l-{n}", "name": ""} for n in range(1_003)]}
        problem = assert_problem(client.post("/import", file), 422)
        assert (len(problem["errors"]), problem["rejected"], problem["more_errors"]) == (1_000, 1_003, 3)


class TestPartial:
    def test_it_takes_what_it_can(self, client):
        answer = client.post("/import?mode=partial", BAD)
        report = answer.get_json()
        assert (answer.status_code, report["created"], report["rejected"]) == (207, 1, 4)
        assert [item["result"] for item in report["items"]] == ["created", *["rejected"] * 4]
        assert client.get("/libraries/numpy").status_code == 200

    def test_it_answers_200_where_nothing_is_rejected(self, client):
        assert client.post("/import?mode=partial", FILE).status_code == 200


class TestDryRun:
    @pytest.mark.parametrize("mode", ["atomic", "partial"])
    def test_it_gives_the_same_report_and_changes_nothing(self, client, mode):
        dry = client.post(f"/import?mode={mode}&dry_run=true", FILE)
        assert (dry.headers["Atlas-Version"], client.get("/libraries").get_json()["total"]) == ("0", 0)
        wet = client.post(f"/import?mode={mode}", FILE)
        assert dry.get_json() == {**wet.get_json(), "dry_run": True}

    def test_it_refuses_what_would_be_refused(self, client):
        dry = assert_problem(client.post("/import?dry_run=true", BAD), 422)
        wet = assert_problem(client.post("/import", BAD), 422)
        assert dry["errors"] == wet["errors"]


class TestRights:
    def test_it_needs_the_scope_import(self, client, token):
        problem = assert_problem(client.post("/import", FILE, token=token("writer", Scope.WRITE)), 403)
        assert "import" in problem["detail"]

    def test_a_token_that_is_held_to_a_team_takes_in_its_use_cases(self, client, token):
        client.post("/import", {**FILE, "use-cases": []})
        held = token("held", Scope.IMPORT, teams=["core"])
        file = {"use-cases": [USE_CASE], "teams": [{**TEAM, "slug": "other", "name": "Other"}]}
        report = client.post("/import?mode=partial", file, token=held).get_json()
        assert [item["result"] for item in report["items"]] == ["rejected", "created"]
        assert report["items"][0]["errors"][0]["code"] == "insufficient_scope"


class TestLimits:
    def test_more_records_than_ten_thousand_are_too_many(self, client):
        file = {"libraries": [{"name": "x"}] * 10_001}
        problem = assert_problem(client.post("/import", file), 413, "content_too_large")
        assert "10,000" in problem["detail"]

    def test_more_bytes_than_16_mib_are_not_read(self, send):
        problem = assert_problem(send("", "application/json", " " * (16 * 1024 * 1024 + 1)), 413)
        assert "16,777,216" in problem["detail"]

    def test_it_takes_more_than_other_methods_do(self, client):
        file = {"purposes": [{"name": f"Purpose {n}", "description": "x" * 9_000} for n in range(150)]}
        assert client.post("/import", file).get_json()["created"] == 150
