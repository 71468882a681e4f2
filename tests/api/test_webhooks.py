"""Webhooks over HTTP: made, shown, changed, deleted, tried out."""

import pytest
import sqlalchemy as sa

from app.models import Audit, Webhook
from tests.client import assert_problem

URL = "https://hooks.example.com/atlas"
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def hook(client):
    """Makes an endpoint: `hook(kinds=["team"])`."""

    def create(**more):
        response = client.post("/webhooks", {"url": URL, **more})
        assert response.status_code == 201, response.get_json()
        return response.get_json()

    return create


def read(client, path=""):
    return client.get(f"/webhooks{path}", token=client.secret)


class TestCreate:
    def test_it_gives_the_secret_once(self, client, hook):
        made = hook()
        assert made["secret"].startswith("whsec_")
        assert made["secret"] not in read(client, f"/{made['id']}").text
        assert made["secret"] not in read(client).text

    def test_it_shows_what_was_made(self, client, make, at):
        make.team(slug="core", name="Core")
        at("2026-01-31T12:00:00+00:00")
        body = {"url": URL, "kinds": ["team"], "events": ["team.updated"], "teams": ["core"]}
        made = client.post("/webhooks", body).get_json()
        assert {name: value for name, value in made.items() if name not in {"id", "secret"}} == {
            **body,
            "description": None,
            "state": "active",
            "state_reason": None,
            "cursor": int(client.get("/teams").headers["Atlas-Version"]),
            "failures": 0,
            "retry_at": None,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    @pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://hooks.example.com/", "https://localhost/"])
    def test_it_refuses_where_nothing_may_be_sent(self, client, url):
        assert_problem(client.post("/webhooks", {"url": url}), 422, "invalid", pointer="/url")

    def test_it_takes_this_machine_when_that_is_allowed(self, client, with_settings):
        with_settings(webhooks_allow_loopback=True)
        assert client.post("/webhooks", {"url": "http://127.0.0.1:8080/"}).status_code == 201

    def test_it_refuses_a_team_that_is_not_there(self, client):
        response = client.post("/webhooks", {"url": URL, "teams": ["nowhere"]})
        assert_problem(response, 409, "unknown_reference", pointer="/teams/0")

    @pytest.mark.parametrize(
        ("member", "value"), [("kinds", ["tool"]), ("events", ["team.moved"]), ("state", "on"), ("url", "x")]
    )
    def test_it_refuses_what_is_not_right(self, client, member, value):
        assert_problem(client.post("/webhooks", {"url": URL, member: value}), 422, "invalid")

    @pytest.mark.parametrize("member", ["id", "secret", "cursor", "failures", "state_reason"])
    def test_it_takes_nothing_that_the_server_sets(self, client, member):
        assert_problem(client.post("/webhooks", {"url": URL, member: "x"}), 422, pointer=f"/{member}")

    def test_a_retry_makes_no_second_one_and_gets_no_secret(self, client):
        first, again = (client.post("/webhooks", {"url": URL}, headers=KEY).get_json() for _ in "12")
        assert again == {**first, "secret": None}


class TestList:
    def test_it_pages(self, client, hook):
        made = [hook()["id"] for _ in range(3)]
        first = read(client, "?limit=2").get_json()
        second = client.get(first["next"], token=client.secret).get_json()
        assert [item["id"] for item in first["items"] + second["items"]] == made
        assert (first["total"], second["next"]) == (3, None)

    def test_it_takes_a_fixed_number_of_statements(self, client, hook, statements):
        counts = []
        for _ in range(2):
            hook()
            with statements() as seen:
                read(client)
            counts.append(len(seen))
        assert counts == [4, 4]

    @pytest.mark.parametrize("path", ["", "/deliveries"])
    def test_there_is_no_other_one(self, client, path):
        assert_problem(read(client, f"/0000000000{path}"), 404, "not_found")


class TestChange:
    def test_members_are_changed_and_set_back(self, client, hook):
        made = hook(description="Old.", kinds=["team"])
        changes = {"description": None, "kinds": None, "url": f"{URL}/2"}
        changed = client.patch(f"/webhooks/{made['id']}", changes).get_json()
        assert (changed["description"], changed["kinds"], changed["url"]) == (None, [], f"{URL}/2")
        assert "secret" not in changed

    def test_where_it_leads_is_looked_at_again(self, client, hook):
        response = client.patch(f"/webhooks/{hook()['id']}", {"url": "https://10.0.0.1/"})
        assert_problem(response, 422, pointer="/url")

    def test_activating_forgets_failures(self, client, hook, database):
        made = hook()
        with database.writer.begin() as connection:
            connection.execute(sa.update(Webhook).values(failures=7, state="disabled", state_reason="x"))
        changed = client.patch(f"/webhooks/{made['id']}", {"state": "active"}).get_json()
        assert (changed["failures"], changed["state_reason"], changed["state"]) == (0, None, "active")

    def test_it_can_be_deleted(self, client, hook):
        made = hook()
        assert client.delete(f"/webhooks/{made['id']}").status_code == 204
        assert read(client).get_json()["total"] == 0

    def test_all_of_it_is_audited_without_secrets(self, client, hook, database):
        made = hook()
        path = f"/webhooks/{made['id']}"
        client.patch(path, {"state": "paused"})
        new = client.post(f"{path}/rotate-secret", {}).get_json()
        client.delete(path)
        with database.reading() as connection:
            rows = connection.execute(sa.select(Audit.action, Audit.detail).order_by(Audit.seq)).all()
        assert [row.action for row in rows if row.action.startswith("webhook")] == [
            "webhook.create",
            "webhook.change",
            "webhook.rotate_secret",
            "webhook.delete",
        ]
        assert made["secret"] not in str(rows)
        assert new["secret"] not in str(rows)


class TestRotateSecret:
    """A message is signed with the new secret, and for a while with the old one, too."""

    @pytest.fixture
    def here(self, client, receiver, with_settings):
        with_settings(webhooks_allow_loopback=True)
        return client.post("/webhooks", {"url": receiver.url}).get_json()

    @pytest.mark.parametrize("which", ["old", "new"])
    def test_both_are_good_for_the_overlap(self, client, receiver, here, which):
        new = client.post(f"/webhooks/{here['id']}/rotate-secret", {}).get_json()
        receiver.secret = {"old": here, "new": new}[which]["secret"]
        tried = client.post(f"/webhooks/{here['id']}/test").get_json()
        assert (tried["outcome"], len(receiver.signatures)) == ("delivered", 2)

    def test_the_old_one_ends_at_once_without_an_overlap(self, client, receiver, here):
        new = client.post(f"/webhooks/{here['id']}/rotate-secret", {"overlap_seconds": 0}).get_json()
        receiver.secret = new["secret"]
        client.post(f"/webhooks/{here['id']}/test")
        assert len(receiver.signatures) == 1


class TestTest:
    def test_it_says_what_came_of_it(self, client, receiver, with_settings):
        with_settings(webhooks_allow_loopback=True)
        made = client.post("/webhooks", {"url": receiver.url}).get_json()
        receiver.secret, receiver.statuses = made["secret"], [204, 500]
        path = f"/webhooks/{made['id']}"
        tried = [client.post(f"{path}/test").get_json() for _ in "12"]
        assert [(one["outcome"], one["status"]) for one in tried] == [("delivered", 204), ("failed", 500)]
        assert receiver.events[0][1]["type"] == "webhook.test"
        listed = read(client, f"/{made['id']}/deliveries").get_json()["items"]
        assert [item["event_id"] for item in listed] == [one["event_id"] for one in reversed(tried)]
        assert read(client, f"/{made['id']}").get_json()["failures"] == 0

    def test_it_says_why_nothing_was_sent(self, client, hook, receiver, database):
        made = hook()
        with database.writer.begin() as connection:
            connection.execute(sa.update(Webhook).values(url=receiver.url))
        tried = client.post(f"/webhooks/{made['id']}/test").get_json()
        assert (tried["outcome"], tried["status"]) == ("failed", None)
        assert tried["detail"] == "Must be an https URL."
        assert receiver.tries == []

    def test_there_is_no_other_one(self, client):
        assert_problem(client.post("/webhooks/0000000000/test"), 404, "not_found")
