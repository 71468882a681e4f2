import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import EnvironBuilder

from app.api.guard import LASTING
from app.schemas.worklist import STALE_DAYS, Reason
from tests.client import assert_problem, walk

TEXT = "It keeps its figures in NumPy, and is fond of it, as everybody knows who has ever asked."
START = 40
PLACE = {"start": 3, "end": START, "excerpt_sha256": hashlib.sha256(TEXT[3:START].encode()).hexdigest()}
NOW = datetime.now(UTC)
PAST, FUTURE = f"{NOW - timedelta(days=2):%Y-%m-%d}", f"{NOW + timedelta(days=2):%Y-%m-%d}"


@pytest.fixture
def claim(make):
    """Makes use cases of the team core that want nothing unless members call for it: `claim(slug="a")`."""
    make.team(slug="core", name="core")
    make.purpose(slug="web", name="Web")
    make.library(slug="flask", name="Flask", lifecycle="active")
    make.library(slug="old", name="Old", lifecycle="deprecated", replaced_by="flask")
    make.library(slug="gone", name="Gone", lifecycle="archived")
    make.source(slug="article")

    def add(**members):
        evidence = [{"source": "article", **PLACE}]
        plain = {"slug": "a", "team": "core", "library": "flask", "purpose": "web", "evidence": evidence}
        return make.use_case(**{**plain, **members})

    return add


@pytest.fixture
def check(client):
    """Checks the article against a text: `check(TEXT)`."""
    headers = {"Content-Type": "text/plain"}
    return lambda text: client.post("/sources/article/check", data=text.encode(), headers=headers)


def found(client, query="", team="core"):
    """Give the reasons of each use case of the worklist."""
    answer = client.get(f"/teams/{team}/worklist{query}")
    assert answer.status_code == 200, answer.get_json()
    return {item["use_case"]["slug"]: item["reasons"] for item in answer.get_json()["items"]}


class TestReasons:
    def test_what_is_in_order_wants_nothing(self, client, claim, check):
        claim()
        check(TEXT)
        assert found(client) == {}

    @pytest.mark.parametrize(
        ("members", "reasons"),
        [
            ({"purpose": None}, ["without_purpose"]),
            ({"library": "old"}, ["deprecated_library"]),
            ({"library": "gone"}, ["deprecated_library"]),
            (
                {"library": "gone", "role": "builds", "purpose": None},
                ["without_purpose", "deprecated_library"],
            ),
            ({"status": "disputed"}, ["disputed"]),
            ({"status": "disputed", "until": PAST, "purpose": None}, ["disputed"]),
        ],
    )
    def test_each_has_its_own(self, client, claim, check, members, reasons):
        claim(**members)
        check(TEXT)
        assert found(client) == {"a": reasons}

    @pytest.mark.parametrize("members", [{"status": "retired"}, {"until": PAST}])
    def test_what_is_over_wants_nothing(self, client, claim, members):
        claim(purpose=None, library="old", **members)
        assert found(client, "?stale=0") == {}

    def test_what_is_not_over_yet_does(self, client, claim):
        claim(until=FUTURE)
        assert found(client) == {"a": ["unchecked"]}

    def test_a_denial_needs_no_purpose_and_no_library_that_is_kept(self, client, claim):
        claim(stance="does_not_use", purpose=None, library="old")
        assert found(client, "?stale=0") == {"a": ["stale", "unchecked"]}

    @pytest.mark.parametrize(
        ("text", "reasons"),
        [(TEXT.replace("NumPy", "SciPy"), ["lost_evidence"]), ("", ["lost_evidence"]), (f"\n{TEXT}", None)],
    )
    def test_evidence_that_is_lost_is_told(self, client, claim, check, text, reasons):
        claim()
        check(TEXT)
        check(text)
        assert found(client).get("a") == reasons

    def test_evidence_without_a_place_was_never_checked(self, client, claim, check):
        claim(evidence=[{"source": "article", **PLACE}, {"source": "article"}])
        check(TEXT)
        assert found(client) == {"a": ["unchecked"]}

    def test_other_teams_have_their_own(self, client, claim, make):
        claim(slug="b", team=make.team(slug="data")["slug"])
        assert (found(client), found(client, team="data")) == ({}, {"b": ["unchecked"]})


class TestAge:
    @pytest.fixture
    def old(self, claim, check, at):
        """A use case that was said just as long ago as what is stale."""
        at((NOW - timedelta(days=STALE_DAYS)).isoformat())
        claim()
        at(NOW.isoformat())
        check(TEXT)

    @pytest.mark.parametrize(
        ("query", "reasons"), [("", ["stale"]), (f"?stale={STALE_DAYS + 1}", None), ("?stale=1", ["stale"])]
    )
    def test_it_is_half_a_year_unless_said_otherwise(self, client, old, query, reasons):
        assert found(client, query).get("a") == reasons

    def test_a_confirmation_makes_fresh(self, client, old):
        client.post("/use-cases/a/confirm", {})
        assert found(client) == {}

    def test_it_is_counted_from_the_state_that_is_shown(self, client, old):
        version = client.get("/teams").headers["Atlas-Version"]
        early = NOW - timedelta(days=1)
        assert found(client, f"?as_of={early:%Y-%m-%dT%H:%M:%SZ}&reason=stale") == {}
        assert found(client, f"?as_of={version}&reason=stale") == {"a": ["stale"]}

    def test_what_is_over_is_counted_from_it_too(self, client, claim):
        claim(until=f"{NOW:%Y-%m-%d}")
        version = client.get("/teams").headers["Atlas-Version"]
        client.patch("/use-cases/a", {"until": PAST})
        assert (found(client), found(client, f"?as_of={version}")) == ({}, {"a": ["unchecked"]})

    def test_its_answers_hold_for_the_day_and_the_days(self, client, old):
        etag = client.get("/teams/core/worklist").headers["ETag"]
        again = client.get("/teams/core/worklist", headers={"If-None-Match": etag})
        other = client.get("/teams/core/worklist?stale=1", headers={"If-None-Match": etag})
        assert (again.status_code, other.status_code) == (304, 200)
        assert f"{NOW - timedelta(days=STALE_DAYS - 1):%Y%m%d}" in etag

    @pytest.mark.parametrize(("path", "lasts"), [("teams/core/worklist", False), ("use-cases", True)])
    def test_the_front_does_not_give_them_again(self, app, old, path, lasts):
        """Tomorrow the same atlas has another answer."""
        environ = EnvironBuilder(f"/api/v1/{path}").get_environ()
        app(environ, lambda *_answer: None).close()
        assert bool(environ[LASTING]) == lasts


class TestItems:
    def test_one_says_what_is_to_be_done(self, client, claim, check, at):
        at(f"{NOW:%Y-%m-%d}T12:00:00Z")
        claim(
            title="Pages",
            usages=[
                {"library": library, "role": role}
                for library in ("old", "gone", "flask")
                for role in ("uses", "extends")
            ],
            evidence=[{"source": "article", **PLACE}, {"source": "article"}],
        )
        check(TEXT)
        client.post("/use-cases/a/dispute", {"reason": "It went."})
        (item,) = client.get("/teams/core/worklist").get_json()["items"]
        assert item == {
            "use_case": {"slug": "a", "title": "Pages"},
            "reasons": ["disputed", "unchecked", "deprecated_library"],
            "status": "disputed",
            "status_note": "It went.",
            "fresh_at": f"{NOW:%Y-%m-%d}T12:00:00Z",
            "evidence": {"verified": 1, "moved": 0, "altered": 0, "gone": 0, "unchecked": 1},
            "ended_libraries": [
                {"library": {"slug": "gone", "name": "Gone"}, "lifecycle": "archived", "replaced_by": None},
                {
                    "library": {"slug": "old", "name": "Old"},
                    "lifecycle": "deprecated",
                    "replaced_by": {"slug": "flask", "name": "Flask"},
                },
            ],
        }


class TestFilter:
    @pytest.fixture
    def three(self, claim):
        """A use case that was never checked, one without purpose too, and one on an old library too."""
        claim()
        claim(slug="b", purpose=None)
        claim(slug="c", library="old")

    @pytest.mark.parametrize(
        ("query", "slugs"),
        [
            ("", ["a", "b", "c"]),
            ("?reason=without_purpose", ["b"]),
            ("?reason=deprecated_library&reason=without_purpose", ["b", "c"]),
            ("?reason=stale", []),
        ],
    )
    def test_it_chooses_and_is_counted(self, client, three, query, slugs):
        page = client.get(f"/teams/core/worklist{query}").get_json()
        assert sorted(item["use_case"]["slug"] for item in page["items"]) == slugs
        assert page["total"] == len(slugs)

    def test_counts_are_of_the_whole_worklist(self, client, three):
        counts = client.get("/teams/core/worklist?reason=without_purpose").get_json()["counts"]
        assert counts == {
            **dict.fromkeys(Reason, 0),
            "unchecked": 3,
            "without_purpose": 1,
            "deprecated_library": 1,
        }

    def test_they_are_left_out_with_the_total(self, client, three):
        page = client.get("/teams/core/worklist?total=false").get_json()
        assert (page["total"], page["counts"], len(page["items"])) == (None, None, 3)

    @pytest.mark.parametrize(
        ("query", "parameter"), [("reason=old", "reason"), ("stale=-1", "stale"), ("team=core", "team")]
    )
    def test_what_is_no_question_is_refused(self, client, three, query, parameter):
        assert_problem(client.get(f"/teams/core/worklist?{query}"), 422, "invalid", parameter=parameter)


class TestPages:
    def test_they_lead_through_all_those_longest_unsaid_first(self, client, claim, at):
        for days, slug in enumerate("dbac"):
            at((NOW - timedelta(days=200 - days // 2)).isoformat())
            claim(slug=slug)
        pages = walk(client, "/teams/core/worklist?limit=3&reason=unchecked")
        assert [item["use_case"]["slug"] for page in pages for item in page["items"]] == list("bdac")
        assert [page["total"] for page in pages] == [4, 4]

    def test_a_cursor_belongs_to_its_days(self, client, claim):
        for slug in "ab":
            claim(slug=slug)
        following = client.get("/teams/core/worklist?limit=1").get_json()["next"]
        assert_problem(client.get(f"{following}&stale=1"), 422, parameter="cursor")

    def test_an_old_slug_leads_on_and_no_team_is_404(self, client, claim):
        client.patch("/teams/core", {"slug": "kernel"})
        assert client.get("/teams/core/worklist").headers["Location"].endswith("/teams/kernel/worklist")
        assert_problem(client.get("/teams/nobody/worklist"), 404, "not_found")
