"""Idempotency-Key: what is sent twice is done once."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.api.retries import Running
from app.errors import Conflict
from app.models import KeptAnswer, Scope
from app.services.retries import Retry
from tests.client import assert_problem

BODY = {"name": "Netflix"}
FILE = {"purposes": [{"name": "Analysis"}]}


def key(name="one"):
    return {"Idempotency-Key": name}


@pytest.fixture
def kept(database):
    """Counts the answers that are kept: `kept()`."""

    def count():
        with database.reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(KeptAnswer))

    return count


class TestSecondTime:
    def test_the_answer_is_given_again(self, client):
        first = client.post("/organizations", BODY, headers=key())
        second = client.post("/organizations", BODY, headers=key())
        assert (second.status_code, second.data) == (first.status_code, first.data) == (201, first.data)
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        for name in ("Location", "ETag", "Content-Type", "Last-Modified"):
            assert second.headers[name] == first.headers[name]

    def test_nothing_is_done_again(self, client):
        first = client.post("/import", FILE, headers=key())
        client.patch("/purposes/analysis", {"description": "Changed since."})
        second = client.post("/import", FILE, headers=key())
        assert second.get_json() == first.get_json()
        assert client.get("/purposes/analysis").get_json()["description"] == "Changed since."

    @pytest.mark.parametrize("path", ["/organizations", "/organizations/"])
    def test_both_spellings_of_a_url_are_one(self, client, path):
        client.post("/organizations", BODY, headers=key())
        assert client.post(path, BODY, headers=key()).status_code == 201

    def test_a_report_of_207_is_given_again(self, client):
        file = {"purposes": [{"name": "Analysis"}, {"name": ""}]}
        answers = [client.post("/import?mode=partial", file, headers=key()) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [207, 207]
        assert answers[1].headers["Idempotent-Replayed"] == "true"

    def test_an_import_that_changes_nothing_is_kept_too(self, client, kept):
        client.post("/import", FILE)
        client.post("/import", FILE, headers=key())
        assert kept() == 1

    def test_evidence_is_added_once(self, client, make):
        use_case = make.use_case(slug="alerts")
        body = {"source": use_case["evidence"][0]["source"]["slug"], "line": 3}
        answers = [client.post("/use-cases/alerts/evidence", body, headers=key()) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert client.get("/use-cases/alerts/evidence").get_json()["total"] == 2


class TestOtherRequests:
    @pytest.mark.parametrize(
        ("path", "body"), [("/organizations", {"name": "Other"}), ("/organizations?a=b", BODY)]
    )
    def test_the_same_key_for_another_request_is_refused(self, client, path, body):
        client.post("/organizations", BODY, headers=key())
        answer = client.post(path, body, headers=key())
        if path == "/organizations":
            assert_problem(answer, 422, "idempotency_key_reused", parameter="Idempotency-Key")
        else:
            assert_problem(answer, 422, parameter="a")

    def test_another_mode_is_another_request(self, client):
        client.post("/import", FILE, headers=key())
        answer = client.post("/import?mode=partial", FILE, headers=key())
        assert_problem(answer, 422, "idempotency_key_reused")

    def test_a_key_belongs_to_a_url(self, client):
        client.post("/organizations", BODY, headers=key())
        assert client.post("/purposes", {"name": "Netflix"}, headers=key()).status_code == 201

    def test_a_key_belongs_to_a_token(self, client, token):
        client.post("/organizations", BODY, headers=key())
        answer = client.post("/organizations", BODY, headers=key(), token=token("other", Scope.WRITE))
        assert_problem(answer, 409, "conflict")

    def test_only_post_needs_it(self, client, kept):
        client.put("/organizations/netflix", BODY, headers=key())
        assert kept() == 0

    @pytest.mark.parametrize("name", ["", "with blank", "x" * 256, "é"])
    def test_it_says_what_a_key_is(self, client, name):
        answer = client.post("/organizations", BODY, headers={"Idempotency-Key": name})
        assert_problem(answer, 422, parameter="Idempotency-Key")


class TestFailures:
    def test_they_are_not_kept(self, client, kept, make):
        body = {"name": "Core", "organization": "acme"}
        assert client.post("/teams", body, headers=key()).status_code == 409
        make.organization(slug="acme")
        assert (client.post("/teams", body, headers=key()).status_code, kept()) == (201, 1)

    def test_without_a_key_nothing_is_kept(self, client, kept):
        client.post("/organizations", BODY)
        assert kept() == 0


class TestAge:
    def test_after_a_day_the_key_is_free(self, client, database, kept):
        client.post("/organizations", BODY, headers=key())
        now = database.clock
        database.clock = lambda: now() + timedelta(hours=24, seconds=1)
        assert_problem(client.post("/organizations", BODY, headers=key()), 409, "conflict")
        client.post("/organizations", {"name": "Other"}, headers=key("two"))
        assert kept() == 1

    def test_up_to_a_day_it_is_kept(self, client, database):
        client.post("/organizations", BODY, headers=key())
        now = database.clock
        database.clock = lambda: now() + timedelta(hours=23, minutes=59)
        assert client.post("/organizations", BODY, headers=key()).status_code == 201


class TestRunning:
    def test_a_request_that_is_still_running_is_told(self, client, app, monkeypatch):
        begun, go_on = threading.Event(), threading.Event()
        taken = app.extensions["database"]
        writing = taken.writing

        def slow(author):
            begun.set()
            assert go_on.wait(30)
            return writing(author)

        monkeypatch.setattr(taken, "writing", slow)
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(client.post("/organizations", BODY, headers=key()))
        )
        thread.start()
        assert begun.wait(30)
        answer = client.post("/organizations", BODY, headers=key())
        go_on.set()
        thread.join()
        assert_problem(answer, 409, "still_running")
        assert (answer.headers["Retry-After"], answers[0].status_code) == ("1", 201)

    def test_two_at_once_are_done_once(self, client):
        def post():
            while (answer := client.post("/import", FILE, headers=key())).status_code == 409:
                pass
            answers.append(answer)

        answers = []
        threads = [threading.Thread(target=post) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 3

    def test_one_that_another_process_has_done_meanwhile_is_not_done_again(self, client, app):
        """Another process is not in this one's list; it waits for the lock, and finds what was kept."""
        database = app.extensions["database"]
        writing = database.writing

        def after_the_other(author):
            database.writing = writing
            app.extensions["running"] = Running()
            client.post("/organizations", BODY, headers=key())
            return writing(author)

        database.writing = after_the_other
        answer = client.post("/organizations", BODY, headers=key())
        assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (201, "true")

    def test_a_name_is_free_again_after_a_failure(self):
        running, retry = Running(), Retry(1, "POST /x", "one", "0")
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), running.alone(retry):
                raise ZeroDivisionError
        with running.alone(retry), pytest.raises(Conflict), running.alone(retry):
            pass
