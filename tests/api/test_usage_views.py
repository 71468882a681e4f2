import pytest

from app.services.relations import usage_views
from tests.client import assert_problem, walk

# A use case that says nothing about use.
NOT_IN_USE = pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])


def rows(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.get_json()
    return response.get_json()["items"]


@pytest.fixture
def core(make):
    """A team with a face."""
    organization = make.organization(name="Acme")["slug"]
    contact = {"area": "Operations", "contact_url": "https://chat.example/core"}
    return make.team(name="Core", organization=organization, **contact)["slug"]


@pytest.fixture
def flask(make):
    return make.library(name="Flask")["slug"]


class TestLibrariesOfATeam:
    def test_a_row_says_for_what_how_and_who_says_so(self, client, make, core, flask):
        web = make.purpose(name="Web")["slug"]
        article = make.source(title="Article", published_on="2019-06-13")["slug"]
        place = {"source": article, "section": "Web", "line": 7}
        made = make.use_case(team=core, library=flask, purpose=web, title="Serving", evidence=[place])
        assert rows(client, "/teams/core/libraries") == [
            {
                "library": {"slug": "flask", "name": "Flask"},
                "purposes": [{"slug": "web", "name": "Web"}],
                "roles": ["uses"],
                "use_cases": 1,
                "newest_evidence": {
                    "source": {"slug": "article", "title": "Article"},
                    "on": "2019-06-13",
                    "section": "Web",
                    "line": 7,
                    "use_case": {"slug": made["slug"], "title": "Serving"},
                },
            }
        ]

    def test_each_library_stands_there_once(self, client, make, core, flask):
        for name, role in (("One", "uses"), ("Two", "builds")):
            make.use_case(team=core, library=flask, role=role, purpose=make.purpose(name=name)["slug"])
        (row,) = rows(client, "/teams/core/libraries")
        assert [purpose["slug"] for purpose in row["purposes"]] == ["one", "two"]
        assert (row["roles"], row["use_cases"]) == (["builds", "uses"], 2)

    def test_a_use_case_with_two_roles_counts_once(self, client, make, core, flask):
        make.use_case(team=core, usages=[{"library": flask, "role": role} for role in ("uses", "extends")])
        (row,) = rows(client, "/teams/core/libraries")
        assert (row["roles"], row["use_cases"]) == (["extends", "uses"], 1)

    def test_it_is_in_order_of_name(self, client, make, core):
        for name in ("b", "A", "C"):
            make.use_case(team=core, library=make.library(name=name)["slug"])
        assert [row["library"]["name"] for row in rows(client, "/teams/core/libraries")] == ["A", "b", "C"]

    def test_other_teams_say_nothing(self, client, make, core, flask):
        make.use_case(team=core, library=flask)
        make.use_case(library=flask)
        make.use_case()
        (row,) = rows(client, "/teams/core/libraries")
        assert row["use_cases"] == 1

    @NOT_IN_USE
    def test_what_is_not_in_use_does_not_count(self, client, make, core, flask, members):
        make.use_case(team=core, library=flask, **members)
        assert client.get("/teams/core/libraries").get_json()["total"] == 0
        assert rows(client, "/teams/core/libraries") == []

    @NOT_IN_USE
    def test_it_adds_nothing_to_what_is(self, client, make, core, flask, members):
        make.use_case(team=core, library=flask)
        purpose, source = make.purpose()["slug"], make.source(published_on="2030-01-01")["slug"]
        old = {"purpose": purpose, "role": "builds", "evidence": [{"source": source}]}
        make.use_case(team=core, library=flask, **old, **members)
        (row,) = rows(client, "/teams/core/libraries")
        assert (row["purposes"], row["roles"], row["use_cases"]) == ([], ["uses"], 1)
        assert row["newest_evidence"]["on"] is None


class TestTeamsOfALibrary:
    @pytest.fixture(autouse=True, params=[0, 50], ids=["walked", "sorted"])
    def way(self, monkeypatch, request):
        """Let any number of teams be many, or few."""
        monkeypatch.setattr(usage_views, "_PAGE", request.param)

    def test_a_row_says_whom_to_ask(self, client, make, core, flask):
        source = make.source(title="Code", accessed_on="2026-01-31")["slug"]
        made = make.use_case(team=core, library=flask, title="Serving", evidence=[{"source": source}])
        assert rows(client, "/libraries/flask/teams") == [
            {
                "team": {"slug": "core", "name": "Core"},
                "organization": {"slug": "acme", "name": "Acme"},
                "area": "Operations",
                "contact_url": "https://chat.example/core",
                "purposes": [],
                "roles": ["uses"],
                "use_cases": 1,
                "newest_evidence": {
                    "source": {"slug": "code", "title": "Code"},
                    "on": "2026-01-31",
                    "section": None,
                    "line": None,
                    "use_case": {"slug": made["slug"], "title": "Serving"},
                },
            }
        ]

    def test_each_team_stands_there_once(self, client, make, core, flask):
        for name, role in (("One", "uses"), ("Two", "integrates")):
            make.use_case(team=core, library=flask, role=role, purpose=make.purpose(name=name)["slug"])
        (row,) = rows(client, "/libraries/flask/teams")
        assert [purpose["slug"] for purpose in row["purposes"]] == ["one", "two"]
        assert (row["roles"], row["use_cases"]) == (["integrates", "uses"], 2)

    def test_teams_of_one_name_are_told_apart(self, client, make, flask):
        for slug in ("second", "first"):
            make.use_case(team=make.team(name="Core", slug=slug)["slug"], library=flask)
        assert [row["team"]["slug"] for row in rows(client, "/libraries/flask/teams")] == ["first", "second"]

    def test_other_libraries_say_nothing(self, client, make, core, flask):
        other = make.library()["slug"]
        usages = [{"library": flask}, {"library": other, "role": "builds"}]
        make.use_case(team=core, usages=usages)
        make.use_case(library=other)
        (row,) = rows(client, "/libraries/flask/teams")
        assert (row["team"]["slug"], row["roles"]) == ("core", ["uses"])

    @NOT_IN_USE
    def test_what_is_not_in_use_does_not_count(self, client, make, core, flask, members):
        make.use_case(team=core, library=flask, **members)
        assert client.get("/libraries/flask/teams").get_json()["total"] == 0
        assert rows(client, "/libraries/flask/teams") == []


class TestNewestEvidence:
    @pytest.mark.parametrize(
        ("older", "newer"),
        [
            ({"published_on": "2019-01-01"}, {"published_on": "2020-01-01"}),
            ({"published_on": "2019-01-01"}, {"accessed_on": "2020-01-01"}),
            ({}, {"published_on": "1999-01-01"}),
            ({"published_on": "2018-01-01", "accessed_on": "2026-01-01"}, {"published_on": "2019-01-01"}),
        ],
    )
    @pytest.mark.parametrize("is_turned", [False, True])
    def test_it_is_of_the_source_that_is_newest(self, client, make, core, flask, older, newer, is_turned):
        sources = [make.source(title="Older", **older)["slug"], make.source(title="Newer", **newer)["slug"]]
        for source in reversed(sources) if is_turned else sources:
            make.use_case(team=core, library=flask, evidence=[{"source": source}])
        (row,) = rows(client, "/teams/core/libraries")
        assert row["newest_evidence"]["source"]["slug"] == "newer"

    def test_the_first_of_equal_ones_stands_there(self, client, make, core, flask):
        source = make.source()["slug"]
        make.use_case(
            team=core, library=flask, evidence=[{"source": source, "line": line} for line in (9, 8)]
        )
        (row,) = rows(client, "/teams/core/libraries")
        assert row["newest_evidence"]["line"] == 9


class TestPages:
    @pytest.mark.parametrize("path", ["/teams/core/libraries", "/libraries/flask/teams"])
    def test_they_hold_every_row_once(self, client, make, core, flask, path):
        for name in "abcde":
            made = {"team": core, "library": make.library(name=name)["slug"]}
            if path == "/libraries/flask/teams":
                made = {"team": make.team(name=name)["slug"], "library": flask}
            make.use_case(**made)
        pages = walk(client, f"{path}?limit=2")
        found = [
            row.get("contact_url", row.get("library", {})) or row["team"]
            for page in pages
            for row in page["items"]
        ]
        assert [row["slug"] for row in found] == ["a", "b", "c", "d", "e"]
        assert [page["total"] for page in pages] == [5, 5, 5]

    @pytest.mark.parametrize(
        ("path", "other"),
        [
            ("/teams/core/libraries", "/teams/other/libraries"),
            ("/libraries/flask/teams", "/libraries/other/teams"),
        ],
    )
    def test_a_cursor_belongs_to_one_record(self, client, make, core, flask, path, other):
        make.team(name="Other")
        make.library(name="Other")
        make.use_case(team=core, library=flask)
        make.use_case(team=core)
        make.use_case(library=flask)
        following = client.get(f"{path}?limit=1").get_json()["next"]
        assert_problem(client.get(following.replace(path, other)), 422, "invalid", parameter="cursor")

    @pytest.mark.parametrize("path", ["/teams/none/libraries", "/libraries/none/teams"])
    def test_it_is_404_where_there_is_no_such_record(self, client, path):
        assert_problem(client.get(path), 404, "not_found")

    @pytest.mark.parametrize("query", ["sort=name", "fields=slug", "expand=team", "q=x"])
    def test_it_has_no_other_parameters(self, client, core, query):
        name = query.partition("=")[0]
        assert_problem(client.get(f"/teams/core/libraries?{query}"), 422, "invalid", parameter=name)
