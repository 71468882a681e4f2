import pytest

from tests.client import assert_problem, slugs

# Filter, the member that it looks at, and three values for three libraries.
PLAIN_FILTERS = [
    ("kind", "kind", ("framework", "service", "language")),
    ("origin", "origin", ("in_house", "commercial", "open_source")),
    ("lifecycle", "lifecycle", ("deprecated", "archived", "active")),
    ("license", "license", ("MIT", "Apache-2.0", "BSD-3-Clause")),
    ("language", "language", ("Python", "Java", "Scala")),
    ("topic", "topics", (["web"], ["data", "plots"], ["network"])),
]


class TestCreate:
    def test_it_answers_with_the_record_and_its_place(self, client):
        response = client.post("/libraries", {"name": "Ruff"})
        assert response.status_code == 201
        assert response.headers["Location"] == "http://localhost/api/v1/libraries/ruff"
        assert response.get_json()["slug"] == "ruff"

    def test_it_fills_in_what_is_left_out(self, client):
        made = client.post("/libraries", {"name": "Ruff"}).get_json()
        words = {name: made[name] for name in ("kind", "origin", "lifecycle")}
        assert words == {"kind": "library", "origin": "open_source", "lifecycle": "unknown"}
        assert (made["topics"], made["aliases"], made["maker"], made["purl"]) == ([], [], None, None)

    def test_it_refuses_a_taken_name(self, client, make):
        make.library(name="Ruff")
        problem = assert_problem(
            client.post("/libraries", {"name": "RUFF", "slug": "other"}), 409, pointer="/name"
        )
        assert problem["conflict"] == "http://localhost/api/v1/libraries/ruff"

    def test_it_refuses_a_taken_package_url(self, client, make):
        make.library(name="Ruff", purl="pkg:pypi/ruff")
        response = client.post("/libraries", {"name": "Rough", "purl": "pkg:pypi/ruff"})
        problem = assert_problem(response, 409, "conflict", pointer="/purl")
        assert problem["conflict"] == "http://localhost/api/v1/libraries/ruff"

    def test_it_brings_a_package_url_to_its_one_form(self, client):
        response = client.post("/libraries", {"name": "Typing", "purl": "pkg:pypi/Typing_Extensions"})
        assert response.get_json()["purl"] == "pkg:pypi/typing-extensions"

    def test_it_keeps_topics_and_aliases_sorted_and_once(self, client):
        lists = {"topics": ["web", "http", "web"], "aliases": ["b", "a", "b"]}
        made = client.post("/libraries", {"name": "Flask", **lists}).get_json()
        assert (made["topics"], made["aliases"]) == (["http", "web"], ["a", "b"])


class TestPlainFilters:
    @pytest.mark.parametrize(("filter_", "member", "values"), PLAIN_FILTERS)
    def test_one_value_lets_through_those_that_have_it(self, client, make, filter_, member, values):
        for name, value in zip("abc", values, strict=True):
            make.library(name=name, **{member: value})
        asked = values[1][0] if member == "topics" else values[1]
        assert slugs(client.get(f"/libraries?{filter_}={asked}")) == ["b"]

    @pytest.mark.parametrize(("filter_", "member", "values"), PLAIN_FILTERS)
    def test_two_values_mean_or(self, client, make, filter_, member, values):
        for name, value in zip("abc", values, strict=True):
            make.library(name=name, **{member: value})
        first, second = (value[0] if member == "topics" else value for value in values[:2])
        assert slugs(client.get(f"/libraries?{filter_}={first}&{filter_}={second}")) == ["a", "b"]

    @pytest.mark.parametrize("filter_", ["kind", "origin", "lifecycle"])
    def test_a_word_that_is_none_is_refused(self, client, filter_):
        response = client.get(f"/libraries?{filter_}=library&{filter_}=nonsense")
        problem = assert_problem(response, 422, "invalid", parameter=filter_)
        assert "nonsense" not in problem["detail"]

    def test_different_filters_mean_and(self, client, make):
        make.library(name="In", kind="framework", language="C")
        make.library(name="Other", kind="framework", language="Java")
        make.library(name="Third", kind="service", language="C")
        assert slugs(client.get("/libraries?kind=framework&language=C")) == ["in"]


class TestFiltersByRecords:
    @pytest.mark.parametrize("name", ["acme", "Acme%20Inc"])
    def test_maker_is_the_organization_that_makes_it(self, client, make, name):
        make.library(name="In", maker=make.organization(name="Acme Inc", slug="acme")["slug"])
        make.library(name="Out", maker=make.organization()["slug"])
        make.library(name="None")
        assert slugs(client.get(f"/libraries?maker={name}")) == ["in"]

    def test_two_makers_mean_or(self, client, make):
        for name in ("One", "Two", "Three"):
            make.library(name=name, maker=make.organization(name=name)["slug"])
        assert slugs(client.get("/libraries?maker=one&maker=two")) == ["one", "two"]

    def test_used_by_is_a_team(self, client, make):
        make.use_case(library=make.library(name="In")["slug"], team=make.team(name="Core")["slug"])
        make.use_case(library=make.library(name="Out")["slug"])
        assert slugs(client.get("/libraries?used_by=core")) == ["in"]

    def test_used_by_two_teams_means_or(self, client, make):
        for name in ("One", "Two", "Three"):
            make.use_case(library=make.library(name=name)["slug"], team=make.team(name=name)["slug"])
        assert slugs(client.get("/libraries?used_by=one&used_by=two")) == ["one", "two"]

    def test_used_by_may_name_an_alias(self, client, make):
        team = make.team(name="Core", aliases=["Kernel"])["slug"]
        make.use_case(library=make.library(name="In")["slug"], team=team)
        make.library(name="Out")
        assert slugs(client.get("/libraries?used_by=kernel")) == ["in"]

    @pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])
    def test_used_by_passes_over_what_is_not_in_use(self, client, make, members):
        make.use_case(team=make.team(name="Core")["slug"], **members)
        assert slugs(client.get("/libraries?used_by=core")) == []

    def test_purpose_is_what_it_is_used_for(self, client, make):
        make.use_case(library=make.library(name="In")["slug"], purpose=make.purpose(name="Web")["slug"])
        make.use_case(library=make.library(name="Out")["slug"])
        assert slugs(client.get("/libraries?purpose=web")) == ["in"]

    def test_two_purposes_mean_or(self, client, make):
        for name in ("One", "Two", "Three"):
            make.use_case(library=make.library(name=name)["slug"], purpose=make.purpose(name=name)["slug"])
        assert slugs(client.get("/libraries?purpose=one&purpose=two")) == ["one", "two"]

    def test_used_by_and_purpose_speak_of_one_use_case(self, client, make):
        team, web = make.team(name="Core")["slug"], make.purpose(name="Web")["slug"]
        make.use_case(library=make.library(name="In")["slug"], team=team, purpose=web)
        make.use_case(library=make.library(name="Out")["slug"], team=team)
        make.use_case(library="out", purpose=web)
        assert slugs(client.get("/libraries?used_by=core&purpose=web")) == ["in"]

    @pytest.mark.parametrize(("answer", "found"), [("true", ["free"]), ("false", ["taken"])])
    def test_unused_is_what_no_use_case_takes(self, client, make, answer, found):
        make.use_case(library=make.library(name="Taken")["slug"])
        make.library(name="Free")
        assert slugs(client.get(f"/libraries?unused={answer}")) == found


class TestQuestion:
    @pytest.mark.parametrize(
        "question", ["pandas", "PANDAS", "data%20frames", "frames+data", "pkg:pypi", "tables"]
    )
    def test_q_looks_through_names_summary_purl_aliases_and_topics(self, client, make, question):
        words = {"summary": "Data frames", "topics": ["tables"], "aliases": ["pd"]}
        make.library(name="pandas", purl="pkg:pypi/pandas", **words)
        make.library(name="Other")
        assert slugs(client.get(f"/libraries?q={question}")) == ["pandas"]

    @pytest.mark.parametrize("question", ["%25", "_", "pandas%20nothing", "%5C"])
    def test_q_takes_every_letter_as_it_is(self, client, make, question):
        make.library(name="pandas")
        assert slugs(client.get(f"/libraries?q={question}")) == []

    def test_q_is_at_most_200_characters_long(self, client):
        assert_problem(client.get(f"/libraries?q={'a' * 201}"), 422, parameter="q")


class TestUseCases:
    def test_it_holds_those_that_take_the_library(self, client, make):
        make.use_case(library=make.library(name="Flask")["slug"], slug="own")
        make.use_case()
        assert slugs(client.get("/libraries/flask/use-cases")) == ["own"]

    def test_a_role_speaks_of_this_very_library(self, client, make):
        usages = [{"library": make.library(name="Flask")["slug"]}]
        usages += [{"library": make.library(name="Winston")["slug"], "role": "builds"}]
        make.use_case(usages=usages, slug="own")
        assert slugs(client.get("/libraries/flask/use-cases?role=builds")) == []
        assert slugs(client.get("/libraries/winston/use-cases?role=builds")) == ["own"]

    def test_an_alias_leads_on(self, client, make):
        make.library(name="Amazon Web Services", slug="amazon-web-services", aliases=["aws"])
        response = client.get("/libraries/aws/use-cases")
        assert_problem(response, 308, "renamed")
        place = "http://localhost/api/v1/libraries/amazon-web-services/use-cases"
        assert response.headers["Location"] == place


class TestDelete:
    def test_it_names_the_use_case_that_takes_it(self, client, make):
        make.use_case(library=make.library(name="Flask")["slug"], slug="serving")
        problem = assert_problem(client.delete("/libraries/flask"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The use case serving points at it."]

    def test_it_names_the_library_that_it_replaces(self, client, make):
        make.library(name="Old", replaced_by=make.library(name="New")["slug"])
        problem = assert_problem(client.delete("/libraries/new"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The library old points at it."]

    def test_its_names_are_free_again(self, client, make):
        make.whole("libraries", name="Flask")
        client.delete("/libraries/flask")
        assert make.library(name="The framework", purl="pkg:pypi/whole")["slug"] == "the-framework"
