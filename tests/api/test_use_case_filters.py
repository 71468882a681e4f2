from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from app.services.facets import crossed, singled_out
from tests.client import assert_problem, slugs


def three(make):
    """Make three use cases, `a`, `b` and `c`, that differ in everything."""
    rows = (
        ("a", "uses", "uses", "documented", "documented", "active"),
        ("b", "does_not_use", "builds", "confirmed", "observed", "archived"),
        ("c", "uses", "extends", "disputed", "manifest", "deprecated"),
    )
    for name, stance, role, status, evidence_kind, lifecycle in rows:
        organization = make.organization(name=f"Organization {name}", slug=f"o-{name}")["slug"]
        members = {"name": f"Team {name}", "area": f"area {name}", "aliases": [f"known-{name}"]}
        team = make.team(slug=f"t-{name}", organization=organization, **members)
        library = make.library(
            name=f"Library {name}", slug=f"l-{name}", topics=[f"topic-{name}"], lifecycle=lifecycle
        )
        source = make.source(title=f"Source {name}", slug=f"s-{name}")["slug"]
        make.use_case(
            slug=name,
            title=f"Title-{name}",
            description=f"Described as {name}{name}.",
            team=team["slug"],
            library=library["slug"],
            role=role,
            purpose=make.purpose(name=f"Purpose {name}", slug=f"p-{name}")["slug"],
            stance=stance,
            status=status,
            evidence=[{"source": source, "kind": evidence_kind}],
        )


# Filter, a value of `a` and one of `b`.
VALUES = [
    ("team", "t-a", "Team b"),
    ("organization", "o-a", "Organization b"),
    ("area", "area a", "area b"),
    ("library", "l-a", "Library b"),
    ("purpose", "p-a", "Purpose b"),
    ("topic", "topic-a", "topic-b"),
    ("role", "uses", "builds"),
    ("status", "documented", "confirmed"),
    ("source", "s-a", "s-b"),
    ("evidence_kind", "documented", "observed"),
    ("lifecycle", "active", "archived"),
]


class TestEachFilter:
    @pytest.fixture
    def database_url(self, farm, filled):
        url = filled(three)
        yield url
        farm.drop(url)

    @pytest.mark.parametrize(("name", "first", "second"), VALUES)
    def test_it_lets_through_what_has_the_value(self, client, name, first, second):
        assert slugs(client.get(f"/use-cases?{name}={first}")) == ["a"]

    @pytest.mark.parametrize("page", [0, 10**6])
    def test_it_finds_the_same_by_the_order_and_by_the_value(self, client, monkeypatch, page):
        monkeypatch.setattr(singled_out, "_PAGE", page)  # no number is few, or many
        for name, first, second in VALUES:
            assert slugs(client.get(f"/use-cases?{name}={first}")) == ["a"], name
            assert slugs(client.get(f"/use-cases?{name}={second}&sort=-slug")) == ["b"], name

    @pytest.mark.parametrize(("name", "first", "second"), VALUES)
    def test_it_may_stand_twice_and_means_or(self, client, name, first, second):
        assert slugs(client.get(f"/use-cases?{name}={first}&{name}={second}")) == ["a", "b"]

    @pytest.mark.parametrize(("name", "first", "second"), VALUES)
    def test_it_goes_together_with_another_one(self, client, name, first, second):
        other = "evidence_kind=observed" if name == "team" else "team=t-b"
        assert slugs(client.get(f"/use-cases?{name}={first}&{other}")) == []

    @pytest.mark.parametrize("page", [0, 10**6])
    @pytest.mark.parametrize("sort", ["title", "-title", "-updated_at", "slug"])
    def test_any_two_mean_both(self, client, monkeypatch, page, sort):
        monkeypatch.setattr(crossed, "_PAGE", page)  # no number is few, or many
        for (name, first, second), (other, its_first, its_second) in combinations(VALUES, 2):
            asked = {
                f"{name}={first}&{other}={its_first}": ["a"],
                f"{name}={second}&{other}={its_second}": ["b"],
            }
            asked |= {f"{name}={first}&{other}={its_second}": [], f"{name}={second}&{other}={its_first}": []}
            for question, found in asked.items():
                answer = client.get(f"/use-cases?{question}&sort={sort}")
                assert (slugs(answer), answer.get_json()["total"]) == (found, len(found)), question

    def test_several_are_turned_page_by_page(self, client, make):
        make.use_case(
            slug="d", title="Title-0", team="t-a", library="l-a", purpose="p-a", status="documented"
        )
        asked = "purpose=p-a&library=l-a&status=documented&team=t-a&area=area+a"
        for sort, first, second in (("title", "d", "a"), ("-title", "a", "d"), ("-updated_at", "d", "a")):
            page = client.get(f"/use-cases?{asked}&sort={sort}&limit=1")
            assert (slugs(page), page.get_json()["total"]) == ([first], 2)
            assert slugs(client.get(page.get_json()["next"].partition("/api/v1")[2])) == [second]

    def test_no_page_is_looked_for_where_nothing_is(self, client, statements):
        for asked in ("status=retired", "status=documented&role=builds", "library=l-a&topic=topic-b"):
            with statements() as seen:
                assert slugs(client.get(f"/use-cases?{asked}")) == []
            assert not [statement for statement in seen if "LIMIT" in statement], asked

    def test_several_take_a_fixed_number_of_statements(self, client, statements):
        """The state of the atlas, two names, two tallies, the count and the page; the record is kept."""
        client.get("/use-cases?limit=1")
        with statements() as seen:
            client.get("/use-cases?team=t-a&library=l-a&limit=1")
        assert len(seen) == 7

    @pytest.mark.parametrize(
        ("stance", "found"),
        [("uses", ["a", "c"]), ("does_not_use", ["b"]), ("uses&stance=does_not_use", list("abc"))],
    )
    def test_stance_is_what_is_claimed(self, client, stance, found):
        assert slugs(client.get(f"/use-cases?stance={stance}")) == found

    @pytest.mark.parametrize("name", ["role", "status", "stance", "evidence_kind", "lifecycle"])
    def test_a_word_that_is_none_is_refused(self, client, name):
        assert_problem(client.get(f"/use-cases?{name}=nonsense"), 422, "invalid", parameter=name)

    @pytest.mark.parametrize("name", ["team", "organization", "library", "purpose", "source"])
    def test_a_name_that_nobody_has_finds_nothing(self, client, name):
        assert slugs(client.get(f"/use-cases?{name}=nobody")) == []

    def test_a_team_may_be_named_by_an_alias(self, client):
        assert slugs(client.get("/use-cases?team=KNOWN-b")) == ["b"]

    def test_a_library_may_be_named_by_an_old_slug(self, client):
        client.patch("/libraries/l-b", {"slug": "renamed"})
        assert slugs(client.get("/use-cases?library=l-b")) == ["b"]

    @pytest.mark.parametrize(
        "question",
        ["title-b", "described bb", "team b t-b", "library l-b", "purpose p-b", "known-b", "topic-b"],
    )
    def test_q_looks_through_the_names_around_it(self, client, question):
        assert slugs(client.get(f"/use-cases?q={question}")) == ["b"]

    def test_all_words_of_q_must_occur(self, client):
        assert slugs(client.get("/use-cases?q=t-a l-b")) == []


class TestFiltersOnOneUsage:
    def test_library_and_role_speak_of_one_usage(self, client, make):
        flask, winston = make.library(name="Flask")["slug"], make.library(name="Winston")["slug"]
        make.use_case(slug="in", usages=[{"library": flask, "role": "builds"}])
        make.use_case(slug="out", usages=[{"library": flask}, {"library": winston, "role": "builds"}])
        assert slugs(client.get("/use-cases?library=flask&role=builds")) == ["in"]

    def test_topic_and_lifecycle_speak_of_one_usage(self, client, make):
        both = make.library(topics=["web"], lifecycle="archived")["slug"]
        halves = [make.library(topics=["web"])["slug"], make.library(lifecycle="archived")["slug"]]
        make.use_case(slug="in", library=both)
        make.use_case(slug="out", usages=[{"library": slug} for slug in halves])
        assert slugs(client.get("/use-cases?topic=web&lifecycle=archived")) == ["in"]

    def test_source_and_evidence_kind_speak_of_one_piece(self, client, make):
        article, code = make.source(title="Article")["slug"], make.source()["slug"]
        make.use_case(slug="in", evidence=[{"source": article, "kind": "observed"}])
        make.use_case(slug="out", evidence=[{"source": article}, {"source": code, "kind": "observed"}])
        assert slugs(client.get("/use-cases?source=article&evidence_kind=observed")) == ["in"]


class TestUsedOn:
    @pytest.mark.parametrize(
        ("day", "is_found"),
        [("2019-12-31", False), ("2020-01-01", True), ("2020-06-30", True), ("2020-07-01", False)],
    )
    def test_it_is_within_since_and_until(self, client, make, day, is_found):
        make.use_case(slug="some", since="2020-01-01", until="2020-06-30")
        assert slugs(client.get(f"/use-cases?used_on={day}")) == (["some"] if is_found else [])

    @pytest.mark.parametrize(
        ("members", "day", "is_found"),
        [
            ({}, "1999-01-01", True),
            ({"since": "2020-01-01"}, "2030-01-01", True),
            ({"since": "2020-01-01"}, "2019-01-01", False),
            ({"until": "2020-01-01"}, "1999-01-01", True),
            ({"until": "2020-01-01"}, "2020-01-02", False),
        ],
    )
    def test_an_open_end_has_no_limit(self, client, make, members, day, is_found):
        make.use_case(slug="some", **members)
        assert slugs(client.get(f"/use-cases?used_on={day}")) == (["some"] if is_found else [])

    @pytest.mark.parametrize("day", ["2020-02-30", "today", "2020-1-1", "20200101"])
    def test_it_is_a_date(self, client, day):
        assert_problem(client.get(f"/use-cases?used_on={day}"), 422, "invalid", parameter="used_on")


class TestStale:
    def test_it_is_what_nobody_looked_at_for_so_many_days(self, client, make, at):
        make.use_case(slug="new")
        at("2020-01-01T00:00:00Z")
        make.use_case(slug="old")
        assert slugs(client.get("/use-cases?stale=30")) == ["old"]

    def test_a_change_makes_it_fresh(self, client, make, at):
        now = datetime.now(UTC)
        at((now - timedelta(days=60)).isoformat())
        make.use_case(slug="old")
        at(now.isoformat())
        client.patch("/use-cases/old", {"title": "Looked at"})
        assert slugs(client.get("/use-cases?stale=30")) == []

    @pytest.mark.parametrize("days", ["-1", "36501", "many", "1.5", ""])
    def test_it_is_a_number_of_days(self, client, days):
        assert_problem(client.get(f"/use-cases?stale={days}"), 422, "invalid", parameter="stale")
