import csv
import hashlib
import io
import json

import pytest

from app.models import Scope

TEXT = "How a team works.\nIt keeps its figures in NumPy, and is fond of it, as everybody there will say.\n"
EXCERPT = "keeps its figures in NumPy"
START = TEXT.index(EXCERPT)


@pytest.fixture
def claim(make):
    """A use case that rests on an excerpt of the source `article`."""
    make.source(slug="article")
    digest = hashlib.sha256(EXCERPT.encode()).hexdigest()
    place = {"line": 2, "start": START, "end": START + len(EXCERPT), "excerpt_sha256": digest}
    return make.use_case(slug="figures", evidence=[{"source": "article", **place}])


@pytest.fixture(params=["here", "with a token"])
def check(request, run, claim, token, tmp_path):
    """Checks a text: `check(TEXT, "--json")`; within this process, or by a request."""
    sent = ("--token", token("checker", Scope.WRITE)) if request.param == "with a token" else ()

    def send(text, *words, slug="article"):
        path = tmp_path / "article.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return run("sources", "check", slug, str(path), *words, *sent)

    return send


class TestTable:
    def test_the_same_text_is_verified(self, check, client):
        result = check(TEXT)
        assert (result.exit_code, result.stderr) == (
            0,
            "1 verified, 0 moved, 0 altered, 0 gone, 0 unchecked\n",
        )
        assert [line.split() for line in result.stdout.splitlines()] == [
            ["USE", "CASE", "LINE", "RESULT"],
            ["figures", "2", "verified"],
        ]
        assert client.get("/use-cases/figures").get_json()["evidence"][0]["check"] == "verified"

    @pytest.mark.parametrize(
        ("text", "row"),
        [
            (f"\n{TEXT}", ["figures", "2", "moved", "line", "3,", f"{START + 1}-{START + 1 + len(EXCERPT)}"]),
            (
                TEXT.replace("NumPy", "Julia"),
                ["figures", "2", "altered", "line", "2,", f"{START}-{START + len(EXCERPT)}"],
            ),
            ("Nothing of that.", ["figures", "2", "gone"]),
        ],
    )
    def test_what_is_not_is_told_with_where_it_is(self, check, text, row):
        check(TEXT)
        result = check(text)
        assert (result.exit_code, result.stdout.splitlines()[1].split()) == (1, row)

    def test_what_has_no_place_is_not_verified(self, check, make):
        make.source(slug="other")
        make.use_case(evidence=[{"source": "other"}])
        result = check(TEXT, slug="other")
        assert (result.exit_code, "It has no start and end." in result.stdout) == (1, True)

    def test_new_places_are_written_when_asked_for(self, check, client):
        result = check(f"\n{TEXT}", "--apply")
        assert (result.exit_code, result.stderr.endswith("; new places are written\n")) == (1, True)
        assert client.get("/use-cases/figures").get_json()["evidence"][0]["line"] == 3
        assert check(f"\n{TEXT}").exit_code == 0

    def test_a_source_without_evidence_is_told(self, check, make):
        make.source(slug="bare")
        result = check(TEXT, slug="bare")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "It has no evidence.\n")


class TestForms:
    def test_json_is_the_report_of_the_api(self, check):
        report = json.loads(check(TEXT, "--json").stdout)
        place = {"line": 2, "start": START, "end": START + len(EXCERPT)}
        (item,) = report["items"]
        assert (item["line"], item["result"], item["place"]) == (2, "verified", place)
        assert report["counts"]["verified"] == 1

    def test_csv_has_a_row_a_piece(self, check):
        (row,) = csv.DictReader(io.StringIO(check("None.", "--csv").stdout))
        assert (row["use_case"], row["before"], row["result"], row["place.start"]) == (
            *("figures", "unchecked", "gone"),
            "",
        )


class TestUsage:
    def test_standard_input_is_a_file(self, run, claim):
        assert run("sources", "check", "article", "-", input=TEXT).exit_code == 0

    def test_an_old_slug_leads_to_the_source(self, check, client):
        client.patch("/sources/article", {"slug": "paper"})
        assert check(TEXT, slug="article").exit_code == 0

    def test_a_source_that_is_not_there_is_wrong_usage(self, check):
        result = check(TEXT, slug="artikle")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "Error: There is no source 'artikle'. Did you mean article?\n"

    def test_a_source_that_is_gone_is_too(self, check, make, client):
        make.source(slug="bare")
        client.delete("/sources/bare")
        assert check(TEXT, slug="bare").exit_code == 2

    def test_a_text_that_is_none_is_told_with_its_line(self, check):
        result = check(b"one\n\xff")
        assert (result.exit_code, result.stderr) == (2, "Error: Line 2 is not UTF-8.\n")

    def test_a_file_that_is_not_there_is_told(self, run, claim):
        result = run("sources", "check", "article", "/nowhere/article.txt")
        assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)

    def test_a_token_that_may_not_is_in_the_way(self, run, claim, token):
        words = ("sources", "check", "article", "-", "--token", token("importer", Scope.IMPORT))
        assert run(*words, input=TEXT).exit_code == 3

    @pytest.mark.parametrize("status", [503, 429])
    def test_a_server_in_the_way_is_told(self, of_server, server, status):
        server.refuse("/sources/article", status, {"detail": "Busy."})
        assert of_server("sources", "check", "article", "-", input=TEXT).exit_code == 3

    def test_its_help_teaches(self, away):
        result = away("sources", "check", "--help")
        assert "toolatlas sources check techrepublic-netflix-python-2019 article.txt" in result.stdout
        assert "Exit status: 0 all of it is verified" in result.stdout
