"""Who uses what on a day: what an atlas says that holds nothing but what is true on it."""

from random import Random

import pytest

from app.services.relations import usage_views
from tests.client import assert_problem, walk

DAYS = (None, "2019-01-01", "2020-06-14", "2020-06-15", "2020-06-16", "2021-12-31")
DAY = "2020-06-15"
VIEWS = (
    "/teams/team-0/libraries",
    "/libraries/library-0/teams",
    "/purposes/purpose-0/libraries",
    "/libraries/library-0/related",
    "/libraries/library-0/impact",
    "/libraries/library-0/impact?depth=1",
    "/compare?team=team-0&team=team-1&team=team-2",
    "/compare?library=library-0&library=library-1",
    "/coverage",
    "/coverage?purpose=purpose-0&library=library-1",
    "/coverage?area=web&source=source-0",
    "/conflicts",
    "/graph?around=library:library-0&depth=3",
    "/graph?around=team:team-0&kinds=use_case,library,source,purpose",
)
PAGED = (*VIEWS[:4], "/conflicts")


def is_true(use_case):
    """Say whether a use case is true on the day."""
    return (use_case["since"] or DAY) <= DAY <= (use_case["until"] or DAY)


def on_the_day(path):
    """Ask a view about the day."""
    return f"{path}{'&' if '?' in path else '?'}used_on={DAY}"


def answer_of(client, path):
    """Read a view; its URLs apart, which say what was asked."""
    response = client.get(path)
    assert response.status_code == 200, response.get_json()
    document = response.get_json()
    return {name: document[name] for name in document if name != "next"}


@pytest.fixture
def use_cases(make):
    """A few teams, libraries and purposes, and sixty use cases of many times."""
    random = Random(3)  # noqa: S311  # made-up data needs no secret randomness
    for kind, number in (("team", 3), ("library", 5), ("purpose", 3), ("source", 2)):
        for place in range(number):
            members = {"area": "web"} if kind == "team" else {}
            getattr(make, kind)(slug=f"{kind}-{place}", **members)
    made = []
    for place in range(60):
        since, until = random.choice(DAYS), random.choice(DAYS)
        if since and until and since > until:
            since, until = until, since
        library, other = random.sample(range(5), 2)
        usages = [
            {"library": f"library-{library}", "role": random.choice(("uses", "extends"))},
            {"library": f"library-{other}", "role": random.choice(("uses", "builds"))},
        ]
        made.append(
            make.use_case(
                slug=f"use-case-{place}",
                team=f"team-{random.randrange(3)}",
                usages=usages,
                purposes=[f"purpose-{random.randrange(3)}"],
                stance=random.choice(("uses", "uses", "does_not_use")),
                status=random.choice(("documented", "documented", "retired")),
                evidence=[{"source": f"source-{random.randrange(2)}", "line": place + 1}],
                since=since,
                until=until,
            )
        )
    return made


class TestViews:
    def test_they_tell_of_a_day_what_an_atlas_of_that_day_would(self, client, use_cases):
        of_the_day = {path: answer_of(client, on_the_day(path)) for path in VIEWS}
        of_all = {path: answer_of(client, path) for path in VIEWS}
        assert [path for path in VIEWS if of_the_day[path] == of_all[path]] == []
        version = client.get("/teams").headers["Atlas-Version"]
        for use_case in use_cases:
            if not is_true(use_case):
                assert client.delete(f"/use-cases/{use_case['slug']}").status_code == 204
        for path in VIEWS:
            assert answer_of(client, path) == of_the_day[path], path
            assert answer_of(client, f"{on_the_day(path)}&as_of={version}") == of_the_day[path], path

    @pytest.mark.parametrize("path", PAGED)
    def test_their_pages_hold_all_of_it_once(self, client, use_cases, path):
        whole = answer_of(client, f"{on_the_day(path)}&limit=200")
        pages = walk(client, f"{on_the_day(path)}&limit=1")
        assert [item for page in pages for item in page["items"]] == whole["items"]
        assert {page["total"] for page in pages} == {len(whole["items"])}
        assert len(pages) > 1

    @pytest.mark.parametrize("path", [*PAGED, "/coverage"])
    def test_a_cursor_belongs_to_the_day(self, client, use_cases, path):
        following = client.get(f"{path}?limit=1&used_on={DAY}").get_json()["next"]
        for other in (following.replace(f"&used_on={DAY}", ""), following.replace(DAY, "2019-01-01")):
            assert other != following
            assert_problem(client.get(other), 422, "invalid", parameter="cursor")

    @pytest.mark.parametrize("path", VIEWS)
    @pytest.mark.parametrize("day", ["2020-02-30", "yesterday", "", "2020-06-15T00:00:00Z"])
    def test_what_is_no_day_is_refused(self, client, path, day):
        asked = on_the_day(path).replace(DAY, day)
        assert_problem(client.get(asked), 422, "invalid", parameter="used_on")

    def test_it_is_the_same_where_all_teams_are_walked(self, client, use_cases, monkeypatch):
        paths = [on_the_day(f"/libraries/library-{number}/teams") for number in range(5)]
        sorted_ = [answer_of(client, path) for path in paths]
        monkeypatch.setattr(usage_views, "_PAGE", 0)
        assert [answer_of(client, f"{path}&limit=51")["items"] for path in paths] == [
            answer["items"] for answer in sorted_
        ]


class TestDays:
    @pytest.mark.parametrize(
        ("since", "until", "is_found"),
        [
            (None, None, True),
            ("2020-06-15", "2020-06-15", True),
            ("2020-06-16", None, False),
            (None, "2020-06-14", False),
            ("2019-01-01", None, True),
            (None, "2021-01-01", True),
        ],
    )
    def test_the_first_and_the_last_day_count(self, client, make, since, until, is_found):
        make.team(slug="core")
        make.library(slug="flask")
        make.use_case(team="core", library="flask", since=since, until=until)
        found = [
            client.get(on_the_day(path)).get_json()["total"]
            for path in ("/teams/core/libraries", "/libraries/flask/teams")
        ]
        assert found == [is_found, is_found]
