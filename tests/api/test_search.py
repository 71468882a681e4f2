import pytest

from tests.client import assert_problem


class TestSearch:
    def test_it_gives_ranked_hits_with_links(self, seeded):
        first = seeded.get("/search?q=sklearn").get_json()["items"][0]
        assert (first["kind"], first["slug"]) == ("library", "scikit-learn")
        assert first["url"] == "http://localhost/api/v1/libraries/scikit-learn"

    def test_pages_join(self, seeded):
        first = seeded.get("/search?q=python&limit=5").get_json()
        second = seeded.get(first["next"]).get_json()
        both = seeded.get("/search?q=python&limit=10").get_json()
        assert first["items"] + second["items"] == both["items"]

    def test_a_cursor_of_another_question_is_refused(self, seeded):
        following = seeded.get("/search?q=python&limit=5").get_json()["next"]
        assert_problem(seeded.get(following.replace("q=python", "q=flask")), 422, parameter="cursor")

    def test_several_kinds_may_be_asked_for(self, seeded):
        items = seeded.get("/search?q=python&kind=library&kind=organization").get_json()["items"]
        assert {item["kind"] for item in items} == {"library", "organization"}

    @pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=%00", f"?q={'x' * 201}"])
    def test_a_question_without_text_is_refused(self, seeded, query):
        assert_problem(seeded.get(f"/search{query}"), 422, parameter="q")

    @pytest.mark.parametrize(
        "query", ["q=a&limit=0", "q=a&limit=101", "q=a&kind=tool", "q=a&sort=name", "q=a&q=b"]
    )
    def test_bad_parameters_are_refused(self, seeded, query):
        assert_problem(seeded.get(f"/search?{query}"), 422)

    def test_nothing_changed_is_304(self, seeded):
        etag = seeded.get("/search?q=numpy").headers["ETag"]
        assert seeded.get("/search?q=numpy", headers={"If-None-Match": etag}).status_code == 304

    def test_the_statements_do_not_grow_with_the_hits(self, seeded, statements):
        with statements() as few:
            seeded.get("/search?q=numpy&limit=1")
        with statements() as many:
            seeded.get("/search?q=python&limit=100")
        assert abs(len(few) - len(many)) <= 2
        assert len(many) <= 12


class TestFacets:
    def facet(self, client, query):
        document = client.get(f"/search/facets?by=kind&{query}").get_json()
        return document["total"], document["facets"][0]

    def test_each_count_is_the_total_that_its_url_leads_to(self, seeded):
        total, facet = self.facet(seeded, "q=notebook")
        assert sum(value["count"] for value in facet["values"]) == total == facet["counted"]
        for value in facet["values"]:
            answer = seeded.get(value["url"].removeprefix("http://localhost/api/v1")).get_json()
            assert (answer["total"], answer["kinds"][value["value"]]) == (value["count"], value["count"])

    def test_they_are_those_of_the_search(self, seeded):
        kinds = seeded.get("/search?q=python").get_json()["kinds"]
        _total, facet = self.facet(seeded, "q=python")
        assert {value["value"]: value["count"] for value in facet["values"]} == {
            kind: number for kind, number in kinds.items() if number
        }

    def test_its_own_filter_may_be_left_out(self, seeded):
        total, facet = self.facet(seeded, "q=notebook&kind=library")
        assert ([value["value"] for value in facet["values"]], facet["counted"]) == (["library"], total)
        same, wider = self.facet(seeded, "q=notebook&kind=library&exclude_self=true")
        assert same == total < wider["counted"]
        assert len(wider["values"]) > 1

    def test_the_rest_is_summed_up(self, seeded):
        total, facet = self.facet(seeded, "q=notebook&limit=1")
        assert facet["values"][0]["count"] + facet["rest"]["count"] == total
        assert facet["rest"]["values"] > 0

    @pytest.mark.parametrize("query", ["q=a", "by=kind", "q=a&by=topic", "q=a&by=kind&cursor=x"])
    def test_bad_parameters_are_refused(self, seeded, query):
        assert_problem(seeded.get(f"/search/facets?{query}"), 422)

    def test_it_takes_as_many_statements_as_the_search(self, seeded, statements):
        with statements() as searched:
            seeded.get("/search?q=notebook")
        with statements() as counted:
            seeded.get("/search/facets?q=notebook&by=kind")
        assert len(counted) <= len(searched)


class TestSuggest:
    def test_the_number_of_use_cases_is_that_of_their_list(self, seeded):
        for beginning in ("p", "n", "sc"):
            items = seeded.get(f"/suggest?q={beginning}").get_json()["items"]
            assert items
            for item in items:
                filtered = seeded.get(f"/use-cases?{item['kind']}={item['slug']}&limit=1").get_json()
                assert item["use_cases"] == filtered["total"]

    def test_it_gives_completions_with_links(self, seeded):
        item = seeded.get("/suggest?q=scik").get_json()["items"][0]
        assert item["url"] == "http://localhost/api/v1/libraries/scikit-learn"

    @pytest.mark.parametrize("query", ["", "?q=", "?q=a&limit=11", "?q=a&kind=tool"])
    def test_bad_parameters_are_refused(self, seeded, query):
        assert_problem(seeded.get(f"/suggest{query}"), 422)
