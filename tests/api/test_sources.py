import pytest

from tests.client import assert_problem, slugs


class TestCreate:
    def test_it_answers_with_every_member(self, client, at):
        at("2026-01-31T12:00:00Z")
        response = client.post("/sources", {"title": "An article", "kind": "article"})
        assert response.get_json() == {
            "slug": "an-article",
            "kind": "article",
            "title": "An article",
            "authors": [],
            "publisher": None,
            "published_on": None,
            "url": None,
            "accessed_on": None,
            "language": None,
            "text_sha256": None,
            "note": None,
            "revision": 1,
            "created_at": "2026-01-31T12:00:00Z",
            "updated_at": "2026-01-31T12:00:00Z",
        }

    def test_it_keeps_authors_in_their_order(self, client, make):
        assert make.source(authors=["Zoe", "Abe"])["authors"] == ["Zoe", "Abe"]

    def test_titles_need_not_be_unique(self, client, make):
        make.source(title="Minutes", slug="minutes-1")
        assert make.source(title="Minutes", slug="minutes-2")["title"] == "Minutes"

    def test_a_taken_slug_is_in_the_way(self, client, make):
        make.source(title="Minutes")
        response = client.post("/sources", {"title": "Minutes", "kind": "code"})
        problem = assert_problem(response, 409, "conflict", pointer="/slug")
        assert problem["conflict"] == "http://localhost/api/v1/sources/minutes"


class TestFilters:
    def test_kind_is_the_sort_of_document(self, client, make):
        for kind in ("article", "sbom", "code"):
            make.source(title=kind, kind=kind)
        assert slugs(client.get("/sources?kind=sbom")) == ["sbom"]

    def test_two_kinds_mean_or(self, client, make):
        for kind in ("article", "sbom", "code"):
            make.source(title=kind, kind=kind)
        assert slugs(client.get("/sources?kind=sbom&kind=code")) == ["code", "sbom"]

    @pytest.mark.parametrize(("query", "found"), [("A", ["a"]), ("A&publisher=B", ["a", "b"])])
    def test_publisher_is_who_published_it(self, client, make, query, found):
        for publisher in "ABC":
            make.source(title=publisher, publisher=publisher)
        assert slugs(client.get(f"/sources?publisher={query}")) == found

    @pytest.mark.parametrize("word", ["zoe", "press", "minutes"])
    def test_q_looks_through_title_authors_publisher_and_note(self, client, make, word):
        make.source(title="In", authors=["Zoe"], publisher="The Press", note="Minutes of a talk")
        make.source(title="Out")
        assert slugs(client.get(f"/sources?q={word}")) == ["in"]


class TestUseCases:
    def test_it_holds_those_that_it_is_evidence_for(self, client, make):
        make.use_case(evidence=[{"source": make.source(title="Article")["slug"]}], slug="own")
        make.use_case()
        assert slugs(client.get("/sources/article/use-cases")) == ["own"]


class TestDelete:
    def test_it_names_the_use_case_that_it_is_evidence_for(self, client, make):
        make.use_case(evidence=[{"source": make.source(title="Article")["slug"]}], slug="serving")
        problem = assert_problem(client.delete("/sources/article"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The use case serving points at it."]

    @pytest.mark.parametrize("member", ["lifecycle_source", "replaced_by_source"])
    def test_it_names_the_library_that_it_speaks_of(self, client, make, member):
        make.library(name="Flask", **{member: make.source(title="Article")["slug"]})
        problem = assert_problem(client.delete("/sources/article"), 409, "still_referenced")
        assert [flaw["detail"] for flaw in problem["errors"]] == ["The library flask points at it."]
