from datetime import UTC, datetime, timedelta

import pytest

from app.models import Scope
from tests.client import assert_problem, slugs

NOON = "2026-01-31T12:00:00Z"


@pytest.fixture
def claim(make):
    """A documented use case of the team core."""
    make.team(slug="core", name="core")
    return make.use_case(slug="alerts", team="core")


def judged(record):
    """Give the members that judge a use case."""
    names = ("status", "status_note", "confirmed_at", "confirmed_by", "disputed_at", "disputed_by")
    return tuple(record[name] for name in names)


class TestConfirm:
    def test_it_says_who_when_and_how_that_is_known(self, client, claim, at):
        at(NOON)
        record = client.post("/use-cases/alerts/confirm", {"note": "Seen."}).get_json()
        assert judged(record) == ("confirmed", "Seen.", NOON, "tester", None, None)

    def test_it_is_of_the_day_that_is_given(self, client, claim):
        record = client.post("/use-cases/alerts/confirm", {"on": "2026-01-30"}).get_json()
        assert record["confirmed_at"] == "2026-01-30T00:00:00Z"

    def test_it_is_not_of_a_day_to_come(self, client, claim, at):
        at(NOON)
        answer = client.post("/use-cases/alerts/confirm", {"on": "2026-02-01"})
        assert_problem(answer, 422, "invalid", pointer="/on")

    def test_it_does_not_go_back(self, client, claim, at):
        at(NOON)
        client.post("/use-cases/alerts/confirm", {})
        answer = client.post("/use-cases/alerts/confirm", {"on": "2026-01-30"})
        problem = assert_problem(answer, 422, "invalid", pointer="/on")
        assert "2026-01-31" in problem["errors"][0]["detail"]
        same_day = client.post("/use-cases/alerts/confirm", {"on": "2026-01-31"}).get_json()
        assert same_day["confirmed_at"] == NOON
        at("2026-02-02T12:00:00Z")
        later = client.post("/use-cases/alerts/confirm", {"on": "2026-02-01"}).get_json()
        assert later["confirmed_at"] == "2026-02-01T00:00:00Z"

    def test_it_ends_a_dispute(self, client, claim, at):
        at(NOON)
        client.post("/use-cases/alerts/dispute", {"reason": "It went."})
        record = client.post("/use-cases/alerts/confirm", {}).get_json()
        assert judged(record) == ("confirmed", None, NOON, "tester", None, None)

    def test_it_does_not_bring_back_what_is_retired(self, client, claim):
        client.patch("/use-cases/alerts", {"status": "retired"})
        problem = assert_problem(client.post("/use-cases/alerts/confirm", {}), 409, "status_transition")
        assert "can become documented" in problem["detail"]

    def test_it_honours_if_match(self, client, claim):
        answer = client.post("/use-cases/alerts/confirm", {}, headers={"If-Match": '"1.0-x"'})
        assert_problem(answer, 412, "precondition_failed")

    def test_it_misses_what_is_not_there(self, client):
        assert_problem(client.post("/use-cases/alerts/confirm", {}), 404, "not_found")

    def test_a_token_held_to_the_team_may(self, client, claim, token):
        own = token("core", Scope.WRITE, teams=["core"])
        assert client.post("/use-cases/alerts/confirm", {}, token=own).status_code == 200

    def test_a_token_held_to_another_team_may_not(self, client, claim, make, token):
        make.team(slug="other")
        other = token("other", Scope.WRITE, teams=["other"])
        for word, body in (("confirm", {}), ("dispute", {"reason": "No."})):
            answer = client.post(f"/use-cases/alerts/{word}", body, token=other)
            assert_problem(answer, 403, "insufficient_scope")

    def test_it_is_said_once_for_one_key(self, client, claim):
        headers = {"Idempotency-Key": "one"}
        first = client.post("/use-cases/alerts/confirm", {}, headers=headers)
        again = client.post("/use-cases/alerts/confirm", {}, headers=headers)
        assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")


class TestDispute:
    def test_it_says_who_when_and_why(self, client, claim, at):
        at(NOON)
        record = client.post("/use-cases/alerts/dispute", {"reason": "It went."}).get_json()
        assert judged(record) == ("disputed", "It went.", None, None, NOON, "tester")

    def test_it_needs_a_reason(self, client, claim):
        answer = client.post("/use-cases/alerts/dispute", {})
        assert_problem(answer, 422, "invalid", pointer="/reason")

    def test_it_leaves_the_confirmation_in_sight(self, client, claim):
        confirmed = client.post("/use-cases/alerts/confirm", {}).get_json()
        record = client.post("/use-cases/alerts/dispute", {"reason": "It went."}).get_json()
        assert record["confirmed_at"] == confirmed["confirmed_at"]


class TestStatus:
    @pytest.fixture
    def disputed(self, client, claim):
        """The use case, disputed."""
        return client.post("/use-cases/alerts/dispute", {"reason": "It went."}).get_json()

    def test_a_patch_does_not_overlook_a_dispute(self, client, disputed):
        answer = client.patch("/use-cases/alerts", {"status": "documented"})
        assert_problem(answer, 409, "status_transition", pointer="/status")

    def test_a_put_does_not_overlook_a_dispute(self, client, disputed):
        body = {"team": "core", "title": "Alerts", "evidence": disputed["evidence"]}
        assert_problem(client.put("/use-cases/alerts", body), 409, "status_transition")

    def test_an_import_does_not_overlook_a_dispute(self, client, disputed):
        record = {**disputed, "status": "documented"}
        answer = client.post("/import?mode=partial", {"use-cases": [record]})
        item = answer.get_json()["items"][0]
        assert (item["result"], item["errors"][0]["code"]) == ("rejected", "status_transition")

    def test_a_dispute_can_be_settled_by_retiring(self, client, disputed):
        record = client.patch("/use-cases/alerts", {"status": "retired"}).get_json()
        assert record["status"] == "retired"

    def test_who_disputes_cannot_be_set(self, client, claim):
        answer = client.patch("/use-cases/alerts", {"disputed_by": "me"})
        assert_problem(answer, 422, "invalid", pointer="/disputed_by")


class TestFreshness:
    @pytest.fixture
    def old(self, make, at):
        """A use case that was said 60 days ago."""
        now = datetime.now(UTC)
        at((now - timedelta(days=60)).isoformat())
        made = make.use_case(slug="old", team=make.team(slug="core")["slug"])
        at(now.isoformat())
        return made

    def stale(self, client):
        return slugs(client.get("/use-cases?stale=30"))

    def test_a_confirmation_makes_fresh(self, client, old):
        client.post("/use-cases/old/confirm", {})
        assert self.stale(client) == []

    def test_a_confirmation_of_long_ago_does_not(self, client, old):
        client.post("/use-cases/old/confirm", {"on": "2020-01-01"})
        assert self.stale(client) == ["old"]

    @pytest.mark.parametrize("method", ["post", "patch"])
    def test_a_judgement_does_not(self, client, old, method):
        if method == "post":
            client.post("/use-cases/old/dispute", {"reason": "It went."})
        else:
            client.patch("/use-cases/old", {"status_note": "Asked them."})
        assert self.stale(client) == ["old"]

    def test_more_evidence_makes_fresh(self, client, old, make):
        client.post("/use-cases/old/evidence", {"source": make.source()["slug"]})
        assert self.stale(client) == []

    def test_an_import_that_changes_it_makes_fresh(self, client, old):
        client.post("/import", {"use-cases": [{**old, "title": "Said again"}]})
        assert self.stale(client) == []

    def test_an_import_that_only_judges_does_not(self, client, old):
        client.post("/import", {"use-cases": [{**old, "status_note": "Asked them."}]})
        assert self.stale(client) == ["old"]

    def test_a_list_is_unchanged_for_the_rest_of_the_day(self, client, old):
        etag = client.get("/use-cases?stale=30").headers["ETag"]
        again = client.get("/use-cases?stale=30", headers={"If-None-Match": etag})
        assert (again.status_code, f"{datetime.now(UTC) - timedelta(days=29):%Y%m%d}" in etag) == (304, True)
