import itertools

import pytest

from app.services.relations import building, hit_teams
from tests.client import assert_problem
from tests.shapes import assert_shape


def slugs_of(items, word):
    return [item[word]["slug"] for item in items]


def impact(client, slug, query=""):
    response = client.get(f"/libraries/{slug}/impact{query}")
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def chain(make, *slugs):
    """Make libraries, each built on the one before it."""
    for slug in dict.fromkeys(slugs):
        make.library(name=slug)
    for base, product in itertools.pairwise(slugs):
        usages = [{"library": base}, {"library": product, "role": "builds"}]
        make.use_case(usages=usages, team=make.team(name=f"Makers of {product}")["slug"])


class TestSeeded:
    def test_the_end_of_flask_restplus_hits_winston_and_bolt(self, seeded):
        answer = impact(seeded, "flask-restplus")
        assert slugs_of(answer["direct"], "team") == ["insight-engineering"]
        assert slugs_of(answer["built_on_it"], "library") == ["bolt", "winston"]
        assert answer["replaced_by"] == {"slug": "flask-restx", "name": "Flask-RESTX"}
        assert answer["lifecycle"] == "deprecated"

    @pytest.mark.parametrize("slug", ["flask-restplus", "python", "flask-restx"])
    def test_it_is_of_its_shape(self, seeded, slug):
        assert_shape(seeded, "get_library_impact", impact(seeded, slug))

    def test_the_number_of_statements_does_not_depend_on_the_number_of_teams(self, seeded, statements):
        counts = []
        for slug in ("gunicorn", "python"):
            with statements() as seen:
                impact(seeded, slug)
            counts.append(len(seen))
        assert counts == [21, 21]


class TestBuiltOnIt:
    def test_it_is_followed_to_any_depth_with_the_path(self, client, make):
        chain(make, "a", "b", "c", "d")
        last = impact(client, "a")["built_on_it"][-1]
        assert (last["library"]["slug"], last["depth"]) == ("d", 3)
        assert [step["slug"] for step in last["path"]] == ["a", "b", "c", "d"]
        assert last["built_by"] == [{"slug": "makers-of-d", "name": "Makers of d"}]

    def test_a_cycle_ends(self, client, make):
        chain(make, "a", "b", "c", "a")
        assert slugs_of(impact(client, "a")["built_on_it"], "library") == ["b", "c"]

    def test_what_is_integrated_carries_nothing(self, client, make):
        usages = [{"library": make.library(name="a")["slug"], "role": "integrates"}]
        usages += [{"library": make.library(name="b")["slug"], "role": "builds"}]
        make.use_case(usages=usages)
        assert impact(client, "a")["built_on_it"] == []

    @pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])
    def test_what_is_not_in_use_carries_nothing(self, client, make, members):
        usages = [{"library": make.library(name="a")["slug"]}]
        usages += [{"library": make.library(name="b")["slug"], "role": "builds"}]
        make.use_case(usages=usages, **members)
        answer = impact(client, "a")
        assert (answer["direct"], answer["built_on_it"], answer["purposes"]) == ([], [], [])

    def test_a_limit_cuts_and_says_so(self, client, make, monkeypatch):
        monkeypatch.setattr(building, "MOST_BUILT", 1)  # 500 would take minutes to make
        chain(make, "a", "b", "c")
        answer = impact(client, "a")
        assert slugs_of(answer["built_on_it"], "library") == ["b"]
        assert answer["truncated"] is True

    def test_what_is_too_far_away_is_left_out_and_said_so(self, client, make, monkeypatch):
        monkeypatch.setattr(building, "DEEPEST", 1)  # 50 would take minutes to make
        chain(make, "a", "b", "c")
        answer = impact(client, "a")
        assert slugs_of(answer["built_on_it"], "library") == ["b"]
        assert answer["truncated"] is True


class TestTeams:
    def test_a_user_of_what_is_built_on_it_is_hit_indirectly(self, client, make):
        chain(make, "a", "b", "c")
        make.use_case(library="c", team=make.team(name="Users", contact_url="https://chat.example/u")["slug"])
        hit = impact(client, "a")["indirect"][-1]
        assert hit["team"] == {"slug": "users", "name": "Users"}
        assert ([step["slug"] for step in hit["through"]], hit["depth"]) == (["a", "b", "c"], 2)

    def test_each_is_to_be_asked_once(self, client, make):
        team = make.team(name="Core", contact_url="https://chat.example/core")
        for name in ("a", "b"):
            make.library(name=name)
        make.use_case(usages=[{"library": "a"}, {"library": "b", "role": "builds"}], team=team["slug"])
        asked = {"team": {"slug": "core", "name": "Core"}, "contact_url": "https://chat.example/core"}
        assert impact(client, "a")["ask"] == [asked]

    def test_a_limit_cuts_and_says_so(self, client, make, monkeypatch):
        monkeypatch.setattr(hit_teams, "MOST_TEAMS", 1)  # 1,000 would take minutes to make
        make.library(name="a")
        for _ in range(2):
            make.use_case(library="a")
        answer = impact(client, "a")
        assert (len(answer["direct"]), answer["counts"]["direct"]) == (1, 2)
        assert answer["truncated"] is True

    def test_a_long_list_of_use_cases_is_cut_and_said_so(self, client, make, monkeypatch):
        monkeypatch.setattr(hit_teams, "MOST_REFERENCES", 1)  # 100 would take minutes to make
        make.library(name="a")
        team = make.team(name="Core")["slug"]
        for title in ("Second", "First"):
            make.use_case(library="a", team=team, title=title)
        answer = impact(client, "a")
        assert answer["direct"][0]["use_cases"] == [{"slug": "core-first", "title": "First"}]
        assert answer["truncated"] is True


class TestAlternatives:
    def test_they_are_what_others_use_for_the_same_purpose(self, client, make):
        web = make.purpose(name="Web")["slug"]
        for name in ("a", "beside", "other"):
            make.library(name=name)
        make.use_case(usages=[{"library": "a"}, {"library": "beside"}], purposes=[web])
        make.use_case(library="other", purpose=web, team=make.team(name="Others")["slug"])
        (hit,) = impact(client, "a")["purposes"]
        teams = [{"slug": "others", "name": "Others"}]
        other = {"library": {"slug": "other", "name": "other"}, "teams": teams, "team_count": 1}
        assert hit["alternatives"] == [other]


class TestQuery:
    @pytest.mark.parametrize("depth", ["0", "11", "x"])
    def test_depth_is_1_to_10(self, client, make, depth):
        make.library(name="a")
        assert_problem(client.get(f"/libraries/a/impact?depth={depth}"), 422, "invalid", parameter="depth")

    def test_depth_1_is_what_is_built_on_the_library_itself(self, client, make):
        chain(make, "a", "b", "c")
        answer = impact(client, "a", "?depth=1")
        assert slugs_of(answer["built_on_it"], "library") == ["b"]
        assert answer["truncated"] is False

    def test_an_unknown_library_is_answered_with_near_names(self, client, make):
        make.library(name="Flask")
        assert assert_problem(client.get("/libraries/flsk/impact"), 404)["near"] == ["flask"]

    def test_an_alias_leads_on(self, client, make):
        make.library(name="scikit-learn", aliases=["sklearn"])
        response = client.get("/libraries/sklearn/impact")
        assert_problem(response, 308, "renamed")

    def test_nothing_is_sent_twice(self, seeded):
        tag = seeded.get("/libraries/flask/impact").headers["ETag"]
        assert seeded.get("/libraries/flask/impact", headers={"If-None-Match": tag}).status_code == 304
