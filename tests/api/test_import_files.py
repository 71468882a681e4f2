"""Files of others over HTTP: manifests, SBOMs, catalogs."""

import pytest

from app.db import Author
from app.models import Scope
from app.services import tokens
from app.services.claiming import undertaking
from tests.client import Client, assert_problem

REQUIREMENTS = "# web\nFlask>=3,<4\nnumpy\n"
BACKSTAGE = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: playout}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: jingles}
spec: {type: service, lifecycle: production, owner: playout, dependsOn: ["component:flask"]}
"""
ADOPTERS = "# Adopters\n\n| Organization | Use |\n| --- | --- |\n| Northwind Radio | Playout of jingles |\n"
RADAR = """\
name,ring,quadrant,isNew,description,status
Flask,adopt,frameworks,FALSE,Web.,
"""


@pytest.fixture
def atlas(make):
    make.organization(name="Northwind")
    make.team(name="Core", slug="core", organization="northwind", aliases=["Platform"])
    make.library(name="Flask", purl="pkg:pypi/flask", summary="A framework.")


def send(client, text, **query):
    data = text if isinstance(text, bytes) else text.encode()
    return client.open("POST", "/import", query_string=query, data=data, content_type="text/plain")


def slugs(client, path, **query):
    items = client.get(path, query_string={"limit": 200, "sort": "slug", **query}).get_json()["items"]
    return [item["slug"] for item in items]


class TestManifests:
    def test_a_team_uses_what_its_manifest_declares(self, client, atlas):
        report = send(client, REQUIREMENTS, format="requirements", team="core").get_json()
        assert (report["created"], report["updated"], report["rejected"]) == (4, 0, 0)
        assert slugs(client, "/use-cases", team="core") == ["core-uses-flask", "core-uses-numpy"]
        teams = client.get("/libraries/flask/teams").get_json()["items"]
        assert [team["team"]["slug"] for team in teams] == ["core"]

    def test_a_library_that_is_there_is_left_as_it_is(self, client, atlas):
        before = client.get("/libraries/flask").get_json()
        send(client, REQUIREMENTS, format="requirements", team="core")
        assert client.get("/libraries/flask").get_json() == before

    def test_a_dry_run_reports_the_same_and_changes_nothing(self, client, atlas):
        before = client.get("/teams").headers["Atlas-Version"]
        dry = send(client, REQUIREMENTS, format="requirements", team="core", dry_run="true").get_json()
        assert client.get("/teams").headers["Atlas-Version"] == before
        wet = send(client, REQUIREMENTS, format="requirements", team="core").get_json()
        assert {**dry, "dry_run": False} == wet

    def test_the_next_version_says_what_ended(self, client, atlas):
        send(client, REQUIREMENTS, format="requirements", team="core")
        report = send(client, "Flask>=3.1\n", format="requirements", team="core").get_json()
        assert report["ended"] == ["core-uses-numpy"]
        assert client.get("/use-cases/core-uses-numpy").get_json()["until"] is not None

    def test_the_same_again_writes_nothing(self, client, atlas):
        send(client, REQUIREMENTS, format="requirements", team="core")
        before = client.get("/teams").headers["Atlas-Version"]
        report = send(client, REQUIREMENTS, format="requirements", team="core").get_json()
        assert (report["created"], report["updated"]) == (0, 0)
        assert client.get("/teams").headers["Atlas-Version"] == before

    def test_two_files_of_a_team_are_two_sources(self, client, atlas):
        for file in ("requirements.txt", "dev.txt"):
            send(client, REQUIREMENTS, format="requirements", team="core", file=file)
        assert slugs(client, "/sources") == ["core-dev-txt", "core-requirements-txt"]
        evidence = client.get("/use-cases/core-uses-flask").get_json()["evidence"]
        assert len(evidence) == 2

    def test_what_it_cannot_take_is_remarked(self, client, atlas):
        report = send(client, "-r base.txt\n", format="requirements", team="core").get_json()
        assert [(remark["line"], remark["code"]) for remark in report["remarks"]] == [(1, "not_followed")]


class TestWhose:
    @pytest.mark.parametrize("name", ["core", "CORE", "Platform", "Core"])
    def test_the_team_may_be_named_in_any_way(self, client, atlas, name):
        assert send(client, "flask\n", format="requirements", team=name).status_code == 200
        assert slugs(client, "/use-cases", team="core") == ["core-uses-flask"]

    @pytest.mark.parametrize(
        ("format_", "parameter"),
        [
            ("requirements", "team"),
            ("techradar", "team"),
            ("backstage", "organization"),
            ("adopters", "library"),
        ],
    )
    def test_it_must_be_said(self, client, atlas, format_, parameter):
        problem = assert_problem(send(client, "x\n", format=format_), 422, parameter=parameter)
        assert parameter in problem["detail"]

    def test_it_must_be_there(self, client, atlas):
        answer = send(client, "flask\n", format="requirements", team="cor")
        assert assert_problem(answer, 404, parameter="team")["near"] == ["core"]

    def test_it_must_be_one(self, client, make, atlas):
        for number in (1, 2):
            make.team(name="Twins", slug=f"twins-{number}")
        answer = send(client, "flask\n", format="requirements", team="Twins")
        assert assert_problem(answer, 422, parameter="team")["errors"][0]["code"] == "ambiguous"


class TestBadFiles:
    @pytest.mark.parametrize(
        ("format_", "data", "status"),
        [
            ("requirements", b"flask\n\xff\n", 400),
            ("cyclonedx", b"{", 422),
            ("pyproject", b"[", 422),
            ("package-json", b"[]", 422),
        ],
    )
    def test_they_are_told_with_the_line_and_change_nothing(self, client, atlas, format_, data, status):
        before = client.get("/teams").headers["Atlas-Version"]
        problem = assert_problem(send(client, data, format=format_, team="core"), status)
        assert "ine" in problem["detail"]
        assert client.get("/teams").headers["Atlas-Version"] == before


class TestCatalogs:
    def test_backstage_makes_teams_and_what_they_own(self, client, atlas):
        report = send(client, BACKSTAGE, format="backstage", organization="northwind").get_json()
        assert report["rejected"] == 0
        assert "playout" in slugs(client, "/teams")
        used = client.get("/teams/playout/libraries").get_json()["items"]
        assert {item["library"]["slug"] for item in used} >= {"flask"}

    def test_a_radar_is_of_a_team(self, client, atlas):
        report = send(client, RADAR, format="techradar", team="core").get_json()
        assert report["rejected"] == 0
        (team,) = client.get("/libraries/flask/teams").get_json()["items"]
        assert team["team"]["slug"] == "core"
        assert client.get("/libraries/flask").get_json()["summary"] == "A framework."

    def test_adopters_are_proposed_by_a_dry_run(self, client, atlas):
        query = {"format": "adopters", "library": "flask"}
        report = send(client, ADOPTERS, dry_run="true", **query).get_json()
        assert [item["kind"] for item in report["items"]] == ["organization", "source", "team", "use_case"]
        assert slugs(client, "/organizations") == ["northwind"]
        send(client, ADOPTERS, **query)
        assert slugs(client, "/organizations") == ["northwind", "northwind-radio"]

    @pytest.mark.parametrize(
        ("format_", "text", "owner"),
        [
            ("backstage", BACKSTAGE, {"organization": "northwind"}),
            ("adopters", ADOPTERS, {"library": "flask"}),
            ("techradar", RADAR, {"team": "core"}),
        ],
    )
    def test_the_same_again_writes_nothing(self, client, atlas, format_, text, owner):
        send(client, text, format=format_, **owner)
        before = client.get("/teams").headers["Atlas-Version"]
        report = send(client, text, format=format_, **owner).get_json()
        assert (report["created"], report["updated"], report["rejected"]) == (0, 0, 0)
        assert client.get("/teams").headers["Atlas-Version"] == before


class TestHeldTokens:
    @pytest.fixture
    def held(self, app, database, atlas):
        with database.writing(Author("tests", "tests")) as session:
            secret = tokens.create(session, "held", [Scope.IMPORT], ["core"])
        return Client(app, secret)

    def test_it_brings_its_teams_manifest_up_to_date(self, held, client):
        for text in (REQUIREMENTS, "Flask\n"):
            assert send(held, text, format="requirements", team="core").status_code == 200
        assert client.get("/use-cases/core-uses-numpy").get_json()["until"] is not None

    def test_it_takes_no_manifest_of_another_team(self, held, client, make):
        make.team(name="Other", slug="other")
        answer = send(held, REQUIREMENTS, format="requirements", team="other")
        assert answer.status_code in {403, 422}
        assert slugs(client, "/use-cases") == []

    def test_it_does_not_take_the_source_of_another_team(self, held, client, make):
        make.use_case(evidence=[{"source": make.source(slug="theirs")["slug"]}])
        answer = send(held, REQUIREMENTS, format="requirements", team="core", source="theirs")
        assert answer.status_code in {403, 422}
        assert client.get("/sources/theirs").get_json()["text_sha256"] is None


class TestMovingAtlas:
    def test_a_change_in_between_is_not_undone(self, client, make, atlas, database, monkeypatch):
        send(client, REQUIREMENTS, format="requirements", team="core")
        propose, calls = undertaking.propose, []

        def and_then(*arguments):
            proposal = propose(*arguments)
            if not calls:
                calls.append(client.patch("/use-cases/core-uses-flask", {"title": "Serving"}))
            return proposal

        monkeypatch.setattr(undertaking, "propose", and_then)
        send(client, "Flask>=3.1\n", format="requirements", team="core")
        item = client.get("/use-cases/core-uses-flask").get_json()
        assert (item["title"], item["usages"][0]["version_range"]) == ("Serving", ">=3.1")
