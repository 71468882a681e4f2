import hashlib

import pytest
import sqlalchemy as sa

from app.db import Base
from app.models import Scope
from tests.client import assert_problem

TEXT = (
    "How a team works.\nIt keeps its figures in NumPy, and is fond of it.\n"
    "Servers are written with Flask.\nEverything else is done by hand.\n"
)
EXCERPT = "keeps its figures in NumPy"


def span(text, excerpt):
    """Give a piece of evidence that points at an excerpt."""
    start = text.index(excerpt)
    digest = hashlib.sha256(excerpt.encode()).hexdigest()
    return {"start": start, "end": start + len(excerpt), "excerpt_sha256": digest}


@pytest.fixture
def claim(make):
    """A use case that rests on one excerpt of the source `article`, and the same without a place."""
    make.source(slug="article")
    make.team(slug="core", name="core")
    evidence = [{"source": "article", "line": 2, **span(TEXT, EXCERPT)}, {"source": "article"}]
    return make.use_case(slug="figures", team="core", evidence=evidence)


@pytest.fixture
def check(client, claim):
    """Checks a text, and gives the report: `check(TEXT)`."""

    def send(text, query="", **options):
        data = text if isinstance(text, bytes) else text.encode()
        headers = {"Content-Type": "text/plain; charset=UTF-8", **options.pop("headers", {})}
        answer = client.post(f"/sources/article/check{query}", data=data, headers=headers, **options)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return send


def stored(client):
    """Give the first piece of evidence as it is kept."""
    return client.get("/use-cases/figures").get_json()["evidence"][0]


class TestResults:
    def test_the_same_text_verifies(self, client, check, at):
        at("2026-01-31T12:00:00Z")
        report = check(TEXT)
        first, second = report["items"]
        assert (first["result"], second["result"], second["reason"]) == (
            "verified",
            "unchecked",
            "It has no start and end.",
        )
        assert (stored(client)["check"], stored(client)["checked_at"]) == ("verified", "2026-01-31T12:00:00Z")
        assert report["counts"] == {"verified": 1, "moved": 0, "altered": 0, "gone": 0, "unchecked": 1}

    def test_what_stands_elsewhere_has_moved_and_its_place_is_offered(self, client, check):
        text = f"A new line.\n{TEXT}"
        (moved, _other) = check(text)["items"]
        start = text.index(EXCERPT)
        assert (moved["result"], moved["place"]) == (
            "moved",
            {"line": 3, "start": start, "end": start + len(EXCERPT)},
        )
        assert (stored(client)["check"], stored(client)["line"]) == ("moved", 2)

    def test_its_new_place_is_written_when_asked_for(self, client, check):
        text = f"A new line.\n{TEXT}"
        check(text, "?apply=true")
        piece = stored(client)
        assert (piece["check"], piece["line"], piece["start"]) == ("verified", 3, text.index(EXCERPT))
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert client.get("/sources/article").get_json()["text_sha256"] == digest
        assert check(text)["is_known_text"]

    def test_other_words_between_the_same_ones_are_altered(self, client, check):
        check(TEXT)
        (item, _other) = check(TEXT.replace("NumPy", "pandas"))["items"]
        assert (item["result"], item["place"]["line"], stored(client)["check"]) == ("altered", 2, "altered")

    def test_what_is_nowhere_is_gone(self, client, check):
        check(TEXT)
        (item, _other) = check(TEXT.replace(EXCERPT, ""))["items"]
        assert (item["result"], item["place"], stored(client)["check"]) == ("gone", None, "gone")

    def test_what_was_never_seen_is_gone_with_a_reason(self, check):
        (item, _other) = check(TEXT.replace("NumPy", "pandas"))["items"]
        assert (item["result"], item["reason"]) == ("gone", "What it stood between is not known.")

    def test_text_is_compared_in_nfc(self, client, make):
        text = "Caf\u00e9 uses NumPy."
        make.source(slug="other")
        make.use_case(evidence=[{"source": "other", **span(text, "NumPy")}])
        answer = client.post(
            "/sources/other/check",
            data="Cafe\u0301 uses NumPy.".encode(),
            headers={"Content-Type": "text/markdown"},
        )
        assert answer.get_json()["items"][0]["result"] == "verified"

    def test_a_client_that_knows_only_files_may_check_too(self, check):
        report = check(TEXT, headers={"Content-Type": "application/octet-stream"})
        assert report["items"][0]["result"] == "verified"

    def test_a_source_without_evidence_has_a_report_too(self, client, make):
        make.source(slug="bare")
        answer = client.post("/sources/bare/check", data=b"", headers={"Content-Type": "text/plain"})
        assert (answer.status_code, answer.get_json()["items"]) == (200, [])


class TestTraces:
    def test_each_result_is_a_change(self, client, check):
        before = int(client.get("/teams").headers["Atlas-Version"])
        check(TEXT)
        assert int(client.get("/teams").headers["Atlas-Version"]) == before + 1

    def test_it_does_not_make_the_claim_fresh(self, client, check, claim):
        check(TEXT)
        assert client.get("/use-cases/figures").get_json()["fresh_at"] == claim["fresh_at"]

    def test_nothing_of_the_text_is_kept(self, client, check, app, log_lines):
        secret = "xyzzy-never-kept"
        check(f"{TEXT}{secret}", headers={"Idempotency-Key": "one"})
        with app.extensions["database"].reading() as connection:
            rows = "".join(
                str(connection.execute(sa.select(table)).all()) for table in Base.metadata.tables.values()
            )
        assert secret not in rows + log_lines()


class TestRights:
    def test_a_held_token_checks_the_evidence_of_its_teams(self, client, check, make, token):
        make.use_case(slug="foreign", evidence=[{"source": "article", **span(TEXT, "Flask")}])
        own = token("core", Scope.WRITE, teams=["core"])
        assert [item["use_case"]["slug"] for item in check(TEXT, token=own)["items"]] == [
            "figures",
            "figures",
        ]


class TestRefusal:
    def test_another_kind_of_body_is_told_the_right_header(self, client, claim):
        problem = assert_problem(client.post("/sources/article/check", {}), 415, "unsupported_media_type")
        assert "-H 'Content-Type: text/plain; charset=utf-8'" in problem["detail"]

    def test_what_is_not_utf_8_is_told_with_its_line(self, client, claim):
        headers = {"Content-Type": "text/plain"}
        answer = client.post("/sources/article/check", data=b"one\n\xff", headers=headers)
        assert assert_problem(answer, 400, "bad_text")["detail"] == "Line 2 is not UTF-8."

    def test_a_source_that_is_not_there_is_404(self, client):
        answer = client.post("/sources/nothing/check", data=b"x", headers={"Content-Type": "text/plain"})
        assert_problem(answer, 404, "not_found")
