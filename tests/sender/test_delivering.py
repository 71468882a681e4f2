"""Webhooks from end to end: every change reaches every endpoint, in order, at least once."""

import dataclasses

import pytest
import sqlalchemy as sa

from app.models import Audit, Change, Webhook, WebhookAttempt, WebhookSender
from app.sender import Sender
from app.services import chain
from app.services.webhooks.events import Telling
from tests.sender.turns import deliver


class TestDelivery:
    def test_every_change_is_told_in_order(self, hook, make, client, receiver, sender):
        hook()
        make.organization(name="Netflix")
        client.patch("/organizations/netflix", {"description": "Films."})
        client.delete("/organizations/netflix")
        deliver(sender)
        told = [(event["type"], event["data"]["seq"]) for _id, event in receiver.events]
        assert told == [
            ("organization.created", 1),
            ("organization.updated", 2),
            ("organization.deleted", 3),
        ]

    def test_an_event_is_thin(self, hook, make, receiver, sender, database):
        hook()
        make.organization(name="Netflix")
        deliver(sender)
        with database.reading() as connection:
            at = connection.scalar(sa.select(Change.at))
        assert receiver.events[0][1] == {
            "type": "organization.created",
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "data": {
                "seq": 1,
                "kind": "organization",
                "slug": "netflix",
                "revision": 1,
                "action": "create",
                "url": "http://127.0.0.1:8000/api/v1/organizations/netflix",
            },
        }

    def test_what_was_before_is_not_told(self, make, hook, receiver, sender):
        make.organization(name="Before")
        hook()
        make.organization(name="After")
        deliver(sender)
        assert [event["data"]["slug"] for _id, event in receiver.events] == ["after"]

    def test_ids_are_those_of_the_events(self, hook, make, receiver, sender):
        hook()
        make.organization(name="One")
        make.organization(name="Two")
        receiver.statuses = [500]
        deliver(sender)
        assert len(receiver.tries) == 1
        assert len({id_ for id_, *_rest in receiver.tries}) == 1

    def test_an_import_is_told_record_by_record(self, hook, client, receiver, sender):
        hook()
        names = [{"name": f"Purpose {number}"} for number in range(450)]
        client.post("/import", {"purposes": names})
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == list(range(1, 451))

    @pytest.mark.parametrize(
        ("wanted", "told"),
        [
            ({"kinds": ["team"]}, ["team.created", "team.created"]),
            (
                {"events": ["team.created", "use_case.deleted"]},
                ["team.created", "team.created", "use_case.deleted"],
            ),
            ({"teams": ["core"]}, ["team.updated", "use_case.created", "use_case.deleted"]),
        ],
    )
    def test_only_what_is_wanted_is_told(self, hook, make, client, receiver, sender, wanted, told):
        if "teams" in wanted:
            make.team(slug="core", name="Core")
        hook(**wanted)
        for slug in ("core", "other"):
            if slug == "core" and "teams" in wanted:
                client.patch("/teams/core", {"area": "Tools"})
            else:
                make.team(slug=slug, name=slug)
            make.use_case(slug=f"{slug}-lints", team=slug)
        client.delete("/use-cases/core-lints")
        deliver(sender)
        assert [event["type"] for _id, event in receiver.events] == told

    def test_nothing_to_tell_is_nothing_to_do(self, hook, sender, sql):
        hook()
        assert sender.turn() is False
        assert sql(sa.select(WebhookSender.holder)) == [("",)]

    def test_what_nobody_wants_moves_the_cursor_on(self, hook, make, client, sender):
        made = hook(kinds=["team"])
        make.organization(name="Netflix")
        deliver(sender)
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert shown["cursor"] == 1


class TestFailure:
    def test_a_receiver_that_was_down_misses_nothing(self, hook, make, receiver, sender, retry_now):
        hook()
        receiver.statuses = [500, 503]
        for number in range(5):
            make.organization(name=f"Nr {number}")
        for _ in range(3):
            deliver(sender)
            retry_now()
        assert [event["data"]["seq"] for _id, event in receiver.events] == [1, 2, 3, 4, 5]
        assert [id_ for id_, *_rest in receiver.tries[:3]] == [receiver.ids()[0]] * 3

    def test_it_is_not_tried_again_at_once(self, hook, make, receiver, sender):
        hook()
        receiver.statuses = [500, 500]
        make.organization(name="Netflix")
        deliver(sender)
        deliver(sender)
        assert len(receiver.tries) == 1

    def test_one_that_is_down_holds_no_other_one_up(self, hook, make, receiver, client, sender):
        client.post("/webhooks", {"url": "http://127.0.0.1:9/"})
        hook()
        make.organization(name="Netflix")
        deliver(sender)
        assert len(receiver.events) == 1

    def test_one_that_is_gone_is_disabled(self, hook, make, receiver, client, sender, sql):
        made = hook()
        receiver.statuses = [410]
        make.organization(name="Netflix")
        deliver(sender)
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert (shown["state"], shown["state_reason"]) == (
            "disabled",
            "The endpoint answered 410: it is gone.",
        )
        assert sql(sa.select(Audit.action).order_by(Audit.seq.desc()).limit(1)) == [("webhook.disable",)]

    def test_one_that_fails_and_fails_is_disabled_and_can_go_on(
        self, hook, make, receiver, client, sender, retry_now
    ):
        made = hook()
        receiver.statuses = [500] * 3
        make.organization(name="Netflix")
        for _ in range(5):
            deliver(sender)
            retry_now()
        shown = client.get(f"/webhooks/{made['id']}", token=client.secret).get_json()
        assert (shown["state"], len(receiver.tries)) == ("disabled", 3)
        client.patch(f"/webhooks/{made['id']}", {"state": "active"})
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == [1]

    def test_one_that_is_paused_is_told_later(self, hook, make, receiver, client, sender):
        made = hook()
        client.patch(f"/webhooks/{made['id']}", {"state": "paused"})
        make.organization(name="Netflix")
        deliver(sender)
        assert receiver.events == []
        client.patch(f"/webhooks/{made['id']}", {"state": "active"})
        deliver(sender)
        assert len(receiver.events) == 1

    def test_one_that_leads_inside_is_sent_nothing(self, hook, make, receiver, database, settings):
        hook()
        make.organization(name="Netflix")
        deliver(Sender(database, dataclasses.replace(settings, webhooks_allow_loopback=False)))
        assert receiver.tries == []

    def test_one_that_is_deleted_meanwhile_is_no_trouble(self, hook, make, receiver, client, sender, sql):
        made = hook()
        make.organization(name="Netflix")
        row = sql(sa.select(*Webhook.__table__.columns))[0]
        client.delete(f"/webhooks/{made['id']}")
        with sender._database.reading() as connection:
            atlas = connection.execute(sa.text("SELECT instance, version, 0 AS anchor_seq FROM atlas")).one()
        sender._serve(row, Telling(atlas.instance, "http://x"), atlas)
        assert sql(sa.select(WebhookAttempt.id)) == []

    def test_what_was_pruned_before_it_was_told_is_noted(self, hook, make, receiver, database, sender, sql):
        hook()
        for name in ("One", "Two", "Three"):
            make.organization(name=name)
        with database.writer.begin() as connection:
            chain.anchor(connection, 2)
            connection.execute(sa.delete(Change).where(Change.seq <= 2))
        deliver(sender)
        assert [event["data"]["seq"] for _id, event in receiver.events] == [3]
        assert sql(sa.select(Audit.detail).where(Audit.action == "webhook.missed")) == [
            ({"after": 0, "up_to": 2},)
        ]

    def test_a_slow_one_does_not_keep_its_turn(self, hook, make, receiver, sender, monkeypatch):
        monkeypatch.setattr("app.services.webhooks.delivering._TURN_SECONDS", 0.0)
        hook()
        make.organization(name="One")
        make.organization(name="Two")
        assert sender.turn() is True
        assert len(receiver.events) == 1
        deliver(sender)
        assert len(receiver.events) == 2


class TestAttempts:
    def test_they_are_listed_newest_first(self, hook, make, receiver, client, sender, retry_now):
        made = hook()
        receiver.statuses = [500]
        make.organization(name="Netflix")
        deliver(sender)
        retry_now()
        deliver(sender)
        items = client.get(f"/webhooks/{made['id']}/deliveries", token=client.secret).get_json()["items"]
        shown = [(item["outcome"], item["status"], item["number"], item["seq"]) for item in items]
        assert shown == [("delivered", 204, 2, 1), ("failed", 500, 1, 1)]

    def test_a_hundred_are_kept(self, hook, client, sender, sql):
        hook()
        client.post("/import", {"purposes": [{"name": f"Purpose {number}"} for number in range(120)]})
        deliver(sender)
        assert sql(
            sa.select(sa.func.count(), sa.func.max(WebhookAttempt.seq)).select_from(WebhookAttempt)
        ) == [(100, 120)]
