"""Facets of the past are counted once for each state, and never given for another one."""

import pytest

from app.models import Scope
from tests.client import Client
from tests.conftest import bound, make_token
from tests.databases import patient

ASKED = "/use-cases/facets?by=team,status"


def counts(client, query=""):
    response = client.get(ASKED + query)
    assert response.status_code == 200, response.get_json()
    return [
        [(value["value"], value["count"]) for value in facet["values"]]
        for facet in response.get_json()["facets"]
    ]


class TestRemembering:
    @pytest.fixture(autouse=True)
    def records(self, make):
        make.team(slug="core")
        make.use_case(team="core", slug="figures")

    def test_a_state_is_counted_once(self, client, statements):
        version = client.get("/teams").headers["Atlas-Version"]
        seen = []
        for _ in range(2):
            with statements() as asked:
                seen.append((counts(client, f"&as_of={version}"), len(asked)))
        (first, many), (second, few) = seen
        assert first == second == [[("core", 1)], [("documented", 1)]]
        assert few < many

    def test_each_state_has_its_own(self, client, make):
        version = client.get("/teams").headers["Atlas-Version"]
        counts(client, f"&as_of={version}")
        make.use_case(team="core", slug="more")
        latest = client.get("/teams").headers["Atlas-Version"]
        assert counts(client, f"&as_of={version}")[0] == [("core", 1)]
        assert counts(client, f"&as_of={latest}")[0] == [("core", 2)]

    def test_the_present_is_counted_anew(self, client):
        counts(client)
        client.patch("/use-cases/figures", {"status": "retired"})
        assert counts(client)[1] == [("retired", 1)]

    def test_filters_limits_and_facets_tell_questions_apart(self, client, make):
        make.use_case(team="core", slug="more", status="confirmed")
        version = client.get("/teams").headers["Atlas-Version"]
        whole = counts(client, f"&as_of={version}")
        assert counts(client, f"&as_of={version}&limit=1") != whole
        assert counts(client, f"&as_of={version}&status=confirmed") != whole
        assert counts(client, f"&as_of={version}") == whole

    def test_what_is_stale_follows_the_moment(self, client, at):
        at("2999-01-01T00:00:00Z")
        version = client.get("/teams").headers["Atlas-Version"]
        assert counts(client, f"&as_of={version}&stale=2")[0] == []
        assert counts(client, "&as_of=2998-12-31T00:00:00Z&stale=2")[0] == [("core", 1)]

    def test_another_history_of_the_same_length_is_another_state(self, session_app, farm, filled):
        def fill(make):
            make.team(slug="core")
            make.team(slug="other")

        told, remembered = [], None
        for team in ("core", "other"):
            url = filled(fill)
            with bound(session_app, patient(url)) as database:
                database.remembered = remembered = remembered or database.remembered
                client = Client(session_app, make_token(database, "tester", *Scope))
                case = {"title": "Figures", "team": team, "evidence": [{"source": "article"}]}
                sources = [{"slug": "article", "title": "Article", "kind": "article"}]
                taken = client.post(
                    "/import", {"sources": sources, "use-cases": [case | {"slug": "figures"}]}
                )
                assert taken.status_code == 200, taken.get_json()
                version = client.get("/teams").headers["Atlas-Version"]
                told.append((version, counts(client, f"&as_of={version}")[0]))
            farm.drop(url)
        assert told == [(told[0][0], [("core", 1)]), (told[0][0], [("other", 1)])]
