import hashlib

import pytest
import sqlalchemy as sa

from app.db import Author, Base
from app.landmarks import landmarks_of
from app.models import Evidence, Scope
from app.services.checking.undertaking import SourceCheck
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

    def test_the_digest_is_written_too_where_nothing_rests_on_the_source(self, client, make):
        make.source(slug="article")
        headers = {"Content-Type": "text/plain"}
        report = client.post("/sources/article/check?apply=true", data=TEXT.encode(), headers=headers)
        assert (report.get_json()["applied"], report.get_json()["items"]) == (True, [])
        digest = hashlib.sha256(TEXT.encode()).hexdigest()
        assert client.get("/sources/article").get_json()["text_sha256"] == digest

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


class TestLandmarks:
    """What stood around an excerpt is known before any check, where evidence says so."""

    @pytest.fixture
    def known(self, make):
        """A use case that rests on the excerpt, with its landmarks."""
        make.source(slug="article")
        start = TEXT.index(EXCERPT)
        landmarks = str(landmarks_of(TEXT, start, start + len(EXCERPT)))
        piece = {"source": "article", **span(TEXT, EXCERPT), "landmarks": landmarks}
        return make.use_case(slug="figures", evidence=[piece])

    @pytest.fixture
    def result(self, client):
        """Gives what the first check of a text finds: `result(TEXT)`."""
        headers = {"Content-Type": "text/plain"}
        return lambda text: client.post(
            "/sources/article/check", data=text.encode(), headers=headers
        ).get_json()["items"][0]["result"]

    DAMAGES = pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ("NumPy", "SciPy", "altered"),
            ("keeps its", "holds all its own", "altered"),
            ("How", "Look how", "moved"),
            (EXCERPT, "", "gone"),
            ("", "", "verified"),
        ],
    )

    @DAMAGES
    def test_the_first_check_tells_altered_from_gone(self, known, result, before, after, expected):
        assert result(TEXT.replace(before, after, 1)) == expected

    @pytest.mark.parametrize("format_", ["json", "ndjson", "yaml"])
    def test_an_export_brings_them_along(self, client, known, result, format_):
        exported = client.get(f"/export?format={format_}")
        client.delete("/use-cases/figures")
        media_type = exported.headers["Content-Type"]
        answer = client.post("/import", data=exported.data, headers={"Content-Type": media_type})
        assert answer.get_json()["created"] == 1
        assert result(TEXT.replace("NumPy", "SciPy")) == "altered"

    def test_a_piece_that_is_there_keeps_its_own(self, client, known):
        other = {**known["evidence"][0], "landmarks": "-".join(["0" * 16] * 3)}
        for send in (
            lambda record: client.put("/use-cases/figures", record),
            lambda record: client.post("/import", {"use-cases": [record]}),
        ):
            assert send({**known, "evidence": [other]}).status_code == 200
            assert client.get("/use-cases/figures").get_json() == known

    @pytest.mark.parametrize("landmarks", ["", "0" * 50, "-".join(["G" * 16] * 3), "-".join(["0" * 16] * 4)])
    def test_what_are_none_are_refused(self, client, make, known, landmarks):
        piece = {"source": "article", "landmarks": landmarks}
        answer = client.post("/use-cases/figures/evidence", piece)
        assert_problem(answer, 422, "invalid", pointer="/landmarks")

    def test_they_are_of_the_place_that_is_written(self, client, check):
        text = f"A new line.\n{TEXT}"
        check(text, "?apply=true")
        start = text.index(EXCERPT)
        assert stored(client)["landmarks"] == str(landmarks_of(text, start, start + len(EXCERPT)))

    def test_they_are_part_of_the_past(self, client, known):
        version = client.get("/teams").headers["Atlas-Version"]
        headers = {"Content-Type": "text/plain"}
        text = f"A new line.\n{TEXT}"
        client.post("/sources/article/check?apply=true", data=text.encode(), headers=headers)
        old = client.get(f"/use-cases/figures?as_of={version}").get_json()
        assert old == known
        assert stored(client)["landmarks"] != known["evidence"][0]["landmarks"]


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


class TestManifests:
    """What an import read in a manifest can be checked against the manifest, and its later versions."""

    LINES = "# what the service needs\nflask>=3\nnumpy==2.1\npandas\n"

    @pytest.fixture
    def checked(self, client, make):
        """Takes in a manifest, and gives what a check of a text finds, by line: `checked(text)`."""
        make.team(slug="core", name="core")

        def take_in(text, first=None):
            query = "format=requirements&team=core&source=needs"
            headers = {"Content-Type": "text/plain"}
            data = (self.LINES if first is None else first).encode()
            answer = client.post(f"/import?{query}", data=data, headers=headers)
            assert answer.status_code == 200, answer.get_json()
            report = client.post("/sources/needs/check", data=text.encode(), headers=headers).get_json()
            return {item["line"]: item["result"] for item in report["items"]}

        return take_in

    @pytest.mark.parametrize(
        ("before", "after", "results"),
        [
            ("", "", ["verified", "verified", "verified"]),
            ("# what", "# all that", ["moved", "moved", "moved"]),
            ("numpy==2.1", "numpy==2.2", ["verified", "altered", "verified"]),
            ("numpy==2.1\n", "", ["verified", "gone", "moved"]),
        ],
    )
    def test_each_line_is_found_again(self, checked, before, after, results):
        assert list(checked(self.LINES.replace(before, after, 1)).values()) == results

    @pytest.mark.parametrize("text", ["\ufeffflask\n", "# Cafe\u0301\nflask\n", "# one\r\nflask\r\n"])
    def test_places_count_in_the_text_as_it_was_sent(self, checked, text):
        assert set(checked(text, first=text).values()) == {"verified"}


class TestMeanwhile:
    def test_what_is_changed_while_it_is_checked_stays_unchecked(self, claim, database):
        author = Author("tests", "1")
        check = SourceCheck("article", TEXT, author)
        with database.reading() as connection:
            assert check.prepare(connection) is None
        with database.writing(author) as session:
            session.scalars(sa.select(Evidence).where(Evidence.start.is_not(None))).one().start += 1
        with database.writing(author) as session:
            item = check.write(session)["items"][0]
        assert (item["result"], item["reason"]) == ("unchecked", "It was changed while it was checked.")
