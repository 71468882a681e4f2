import pytest

from tests.client import assert_problem, slugs

# A piece of evidence that names its source and nothing else.
PIECE = {
    "source": {"slug": "article", "title": "Article"},
    "section": None,
    "line": None,
    "start": None,
    "end": None,
    "excerpt_sha256": None,
    "landmarks": None,
    "mentions": [],
    "kind": "documented",
    "note": None,
    "check": "unchecked",
    "checked_at": None,
}


class TestCreate:
    def test_it_answers_with_every_member(self, client, make, at):
        references = {
            "team": make.team(name="Core")["slug"],
            "library": make.library(name="NumPy")["slug"],
            "purpose": make.purpose(name="Sums")["slug"],
            "evidence": [{"source": make.source(title="Article")["slug"]}],
        }
        body = make.use_case_body(title="Adding up", **references)
        at("2026-01-31T12:00:00Z")
        made = client.post("/use-cases", body).get_json()
        assert isinstance(made["evidence"][0].pop("id"), int)
        assert made == {
            "slug": "core-adding-up",
            "team": {"slug": "core", "name": "Core"},
            "title": "Adding up",
            "description": None,
            "stance": "uses",
            "purposes": [{"slug": "sums", "name": "Sums"}],
            "usages": [
                {
                    "library": {"slug": "numpy", "name": "NumPy"},
                    "role": "uses",
                    "version_range": None,
                    "scope": None,
                }
            ],
            "since": None,
            "until": None,
            "status": "documented",
            "confirmed_at": None,
            "confirmed_by": None,
            "disputed_at": None,
            "disputed_by": None,
            "status_note": None,
            "fresh_at": "2026-01-31T12:00:00Z",
            "evidence": [PIECE],
            "revision": 1,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    @pytest.mark.parametrize("evidence", [[], None, "article"])
    def test_it_needs_evidence(self, client, make, evidence):
        body = make.use_case_body(evidence=evidence)
        assert_problem(client.post("/use-cases", body), 422, "invalid", pointer="/evidence")

    def test_it_names_every_reference_that_points_at_nothing(self, client, make):
        usages = [{"library": make.library()["slug"]}, {"library": "none"}]
        body = make.use_case_body(
            team="none", usages=usages, purposes=["none"], evidence=[{"source": "none"}]
        )
        problem = assert_problem(client.post("/use-cases", body), 409, "unknown_reference")
        pointers = {flaw["pointer"] for flaw in problem["errors"]}
        assert pointers == {"/team", "/usages/1/library", "/purposes/0", "/evidence/0/source"}

    def test_a_reference_may_be_an_old_slug(self, client, make):
        make.team(name="Core")
        client.patch("/teams/core", {"slug": "kernel"})
        assert make.use_case(team="core")["team"]["slug"] == "kernel"

    def test_a_reference_may_be_an_alias(self, client, make):
        make.library(name="Amazon Web Services", aliases=["aws"])
        made = make.use_case(library="aws")
        assert made["usages"][0]["library"]["slug"] == "amazon-web-services"

    def test_it_cannot_end_before_it_begins(self, client, make):
        body = make.use_case_body(since="2021-01-01", until="2020-12-31")
        assert_problem(client.post("/use-cases", body), 422, "invalid", pointer="/until")

    def test_it_may_last_one_day(self, make):
        assert make.use_case(since="2021-01-01", until="2021-01-01")["until"] == "2021-01-01"

    def test_one_library_may_have_two_roles(self, make):
        library = make.library(name="Flask")["slug"]
        made = make.use_case(usages=[{"library": library, "role": role} for role in ("uses", "extends")])
        assert [usage["role"] for usage in made["usages"]] == ["extends", "uses"]

    def test_a_usage_that_stands_twice_is_one(self, make):
        library = make.library()["slug"]
        assert len(make.use_case(usages=[{"library": library}, {"library": library}])["usages"]) == 1

    def test_a_usage_has_one_version_range(self, client, make):
        library = make.library()["slug"]
        usages = [{"library": library, "version_range": range_} for range_ in (">=1", ">=2")]
        body = make.use_case_body(usages=usages)
        assert_problem(client.post("/use-cases", body), 422, "invalid", pointer="/usages/1")

    def test_a_purpose_that_stands_twice_is_one(self, make):
        purpose = make.purpose()["slug"]
        assert len(make.use_case(purposes=[purpose, purpose])["purposes"]) == 1

    def test_evidence_that_stands_twice_is_one(self, make):
        source = make.source()["slug"]
        assert len(make.use_case(evidence=[{"source": source}, {"source": source}])["evidence"]) == 1

    def test_titles_need_not_be_unique(self, make):
        make.use_case(title="Serving", slug="one")
        assert make.use_case(title="Serving", slug="two")["title"] == "Serving"


class TestReplace:
    def test_equal_evidence_keeps_its_id(self, client, make):
        made = make.use_case(slug="serving")
        more = [{"source": make.source()["slug"]}, *made["evidence"]]
        changed = client.put("/use-cases/serving", {**made, "evidence": more}).get_json()
        assert made["evidence"][0]["id"] in [row["id"] for row in changed["evidence"]]

    def test_a_usage_that_is_left_out_is_gone(self, client, make):
        made = make.use_case(slug="serving")
        usages = [{"library": make.library(name="Flask")["slug"]}]
        changed = client.put("/use-cases/serving", {**made, "usages": usages}).get_json()
        assert [usage["library"]["slug"] for usage in changed["usages"]] == ["flask"]

    def test_a_changed_version_range_is_kept(self, client, make):
        made = make.use_case(slug="serving")
        usages = [{**made["usages"][0], "version_range": ">=3"}]
        changed = client.patch("/use-cases/serving", {"usages": usages}).get_json()
        assert (changed["usages"], changed["revision"]) == (usages, 2)

    def test_it_may_go_over_to_another_team(self, client, make):
        make.use_case(slug="serving")
        changed = client.patch("/use-cases/serving", {"team": make.team(name="New")["slug"]}).get_json()
        assert changed["team"] == {"slug": "new", "name": "New"}

    def test_a_change_of_a_part_alone_is_a_change(self, client, make):
        make.use_case(slug="serving")
        changed = client.patch("/use-cases/serving", {"purposes": [make.purpose(name="Web")["slug"]]})
        assert changed.get_json()["revision"] == 2


class TestDelete:
    def test_its_parts_go_with_it(self, client, make):
        made = make.whole("use-cases", slug="serving")
        assert client.delete("/use-cases/serving").status_code == 204
        assert slugs(client.get("/use-cases")) == []
        for usage in made["usages"]:
            assert client.delete(f"/libraries/{usage['library']['slug']}").status_code == 204
