import json

import pytest

REPORT = {"mode": "atomic", "dry_run": False, "created": 1, "updated": 0, "unchanged": 1, "rejected": 0}
CREATED = {"pointer": "/teams/0", "line": 3, "kind": "team", "slug": "a", "result": "created", "errors": []}
UNCHANGED = {**CREATED, "pointer": "/teams/1", "slug": "b", "result": "unchanged"}
REJECTED = {**CREATED, "slug": None, "result": "rejected", "errors": [{"detail": "\x1b[2JBad."}]}


@pytest.fixture
def file(tmp_path):
    """Makes a file: `file("a.json")`."""

    def make(name, text="{}"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return make


@pytest.fixture
def took_in(server):
    """A server that takes in one record of two, and knows the team core."""
    server.give("/import", {**REPORT, "items": [CREATED, UNCHANGED]})
    server.give("/coverage", {"items": [{"team": {"slug": "core"}}]})
    return server


def asked(server):
    """Give the last request: query, headers, body."""
    _method, path, headers, body = server.requests[-1]
    return path.partition("?")[2], headers, body


class TestImport:
    def test_it_sends_the_file_and_tells_what_became_of_it(self, of_server, took_in, file):
        result = of_server("import", file("a.json", '{"teams": []}'), "--token", "ta_x")
        query, headers, body = asked(took_in)
        assert (query, body) == ("mode=atomic&dry_run=false", b'{"teams": []}')
        assert (headers["Content-Type"], headers["Authorization"]) == ("application/json", "Bearer ta_x")
        assert len(headers["Idempotency-Key"]) == 32
        assert result.exit_code == 0
        assert result.stdout.splitlines()[0].split() == ["RESULT", "KIND", "SLUG", "PLACE", "LINE"]
        assert result.stdout.splitlines()[1].split() == ["created", "team", "a", "/teams/0", "3"]
        assert result.stderr == "1 created, 0 updated, 1 unchanged, 0 rejected\n"

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [
            ("a.ndjson", "application/x-ndjson"),
            ("a.YAML", "application/yaml"),
            ("a.csv", "text/csv"),
            ("requirements.txt", "application/octet-stream"),
        ],
    )
    def test_the_name_says_what_it_is(self, of_server, took_in, file, name, media_type):
        of_server("import", file(name))
        assert asked(took_in)[1]["Content-Type"] == media_type

    def test_a_manifest_is_known_by_its_name_and_team(self, of_server, took_in, file):
        of_server("import", file("package.json"), "--team", "CORE", "--mode", "partial", "--dry-run")
        assert asked(took_in)[0] == "mode=partial&dry_run=true&format=package-json&team=core"

    def test_options_come_before_names(self, of_server, took_in, file):
        of_server("import", file("package.json"), "--format", "json", "--kind", "team")
        assert asked(took_in)[0] == "mode=atomic&dry_run=false&format=json&kind=team"

    def test_standard_input_is_a_file_too(self, of_server, took_in):
        of_server("import", "-", "--format", "ndjson", "--idempotency-key", "k1", input=b"{}\xff")
        query, headers, body = asked(took_in)
        assert (query[-14:], headers["Idempotency-Key"], body) == ("&format=ndjson", "k1", b"{}\xff")

    def test_json_is_the_report_and_csv_has_a_row_an_item(self, of_server, took_in, file):
        assert json.loads(of_server("import", file("a.json"), "--json").stdout)["created"] == 1
        lines = of_server("import", file("a.json"), "--csv").stdout.splitlines()
        assert lines == [
            "result,kind,slug,pointer,line,errors",
            "created,team,a,/teams/0,3,",
            "unchanged,team,b,/teams/1,3,",
        ]

    def test_what_is_rejected_is_told_and_is_a_failure(self, of_server, server, file):
        server.give("/import", {**REPORT, "rejected": 1, "dry_run": True, "items": [REJECTED]})
        result = of_server("import", file("a.json"))
        assert result.exit_code == 1
        assert result.stdout.splitlines()[1].endswith(r"\x1b[2JBad.")
        assert result.stderr == "1 created, 0 updated, 1 unchanged, 1 rejected (dry run)\n"

    def test_a_refusal_is_told(self, of_server, server, file):
        server.refuse("/import", 422, {"detail": "2 of the items cannot be taken."})
        result = of_server("import", file("a.json"))
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: 2 of the items cannot be taken.\n"

    def test_a_team_that_is_not_there_is_told(self, of_server, server, file):
        server.give("/coverage", {"items": []})
        result = of_server("import", file("pyproject.toml"), "--team", "nobody")
        assert (result.exit_code, result.stderr) == (1, "Error: There is no team called 'nobody'.\n")

    def test_after_an_answer_that_never_came_it_tells_how_to_make_sure(self, away, file):
        result = away("import", file("a.json"), "--url", "http://127.0.0.1:1", "--idempotency-key", "k1")
        assert result.exit_code == 3
        assert result.stderr.startswith(
            "Whether it was taken in is not known. To make sure: --idempotency-key k1"
        )

    def test_an_atlas_that_takes_none_is_told(self, of_server, file):
        result = of_server("import", file("a.json"))
        assert (result.exit_code, result.stdout) == (3, "")
        assert "takes no imports" in result.stderr

    def test_a_file_that_cannot_be_read_is_told(self, of_server, tmp_path):
        result = of_server("import", str(tmp_path / "no.json"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "cannot be read: No such file or directory." in result.stderr

    def test_what_is_no_report_is_trouble(self, of_server, server, file):
        server.give("/import", {"items": 1})
        assert of_server("import", file("a.json")).exit_code == 3


class TestCheck:
    def test_what_the_atlas_does_not_say_is_a_failure(self, of_server, took_in, file):
        result = of_server("check", file("requirements.txt"), "--team", "core")
        assert asked(took_in)[0] == "mode=partial&dry_run=true&format=requirements&team=core"
        assert result.exit_code == 1
        assert "created" in result.stdout
        assert "Error: The atlas does not say what the file says." in result.stderr

    def test_what_it_says_is_good(self, of_server, took_in, file):
        counts = {**REPORT, "created": 0, "unchanged": 2}
        took_in.give("/import", {**counts, "dry_run": True, "items": [UNCHANGED]})
        result = of_server("check", file("pyproject.toml"), "--team", "core")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.splitlines()[1] == "The atlas says what the file says."

    def test_it_needs_a_team(self, away, file):
        assert away("check", file("requirements.txt")).exit_code == 2
