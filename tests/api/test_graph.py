import pydot
import pytest

from tests.client import assert_problem

MEDIA_TYPES = {
    "json": "application/json",
    "dot": "text/vnd.graphviz",
    "mermaid": "text/vnd.mermaid",
    "graphml": "application/graphml+xml",
}
BEGINNINGS = {"json": "{", "dot": "digraph", "mermaid": "flowchart LR", "graphml": "<?xml"}


def ids(response):
    assert response.status_code == 200, response.get_json()
    return [node["id"] for node in response.get_json()["nodes"]]


class TestGraph:
    def test_it_shows_what_is_around_a_library(self, seeded):
        drawn = seeded.get("/graph?around=library:flask-restplus&depth=1&kinds=team,library").get_json()
        around = ["bolt", "flask-restx", "winston"]
        assert {node["id"] for node in drawn["nodes"]} == {
            "library:flask-restplus",
            "team:insight-engineering",
            *(f"library:{slug}" for slug in around),
        }
        assert (drawn["around"], drawn["truncated"], drawn["left_out"]) == (
            "library:flask-restplus",
            False,
            0,
        )

    def test_a_node_leads_to_its_record(self, seeded):
        node = seeded.get("/graph?around=library:flask&depth=1&kinds=team").get_json()["nodes"][0]
        assert node == {
            "id": "library:flask",
            "kind": "library",
            "slug": "flask",
            "label": "Flask",
            "url": "http://localhost/api/v1/libraries/flask",
            "distance": 0,
        }

    def test_an_edge_says_how_many_use_cases_say_so(self, client, make):
        library, team = make.library(name="Flask")["slug"], make.team(name="Core")["slug"]
        for _ in range(2):
            make.use_case(library=library, team=team)
        edges = client.get("/graph?around=library:flask&kinds=team,library").get_json()["edges"]
        assert edges == [{"from": "team:core", "to": "library:flask", "kind": "uses", "use_cases": 2}]

    def test_an_edge_of_a_record_counts_none(self, client, make):
        make.library(name="Old", replaced_by=make.library(name="New")["slug"])
        edges = client.get("/graph?around=library:new").get_json()["edges"]
        assert edges == [
            {"from": "library:old", "to": "library:new", "kind": "replaced_by", "use_cases": None}
        ]

    def test_a_library_is_not_built_on_itself(self, client, make):
        library = make.library(name="Winston")["slug"]
        make.use_case(usages=[{"library": library, "role": role} for role in ("builds", "uses")])
        edges = client.get("/graph?around=library:winston&kinds=library").get_json()["edges"]
        assert edges == []

    @pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])
    def test_what_is_not_in_use_ties_nothing(self, client, make, members):
        make.use_case(library=make.library(name="Flask")["slug"], purpose=make.purpose()["slug"], **members)
        assert ids(client.get("/graph?around=library:flask")) == ["library:flask"]

    @pytest.mark.parametrize("members", [{"stance": "does_not_use"}, {"status": "retired"}])
    def test_a_use_case_that_is_not_in_use_shows_whose_it_is_and_who_says_so(self, client, make, members):
        evidence = [{"source": make.source(title="Report")["slug"]}]
        make.use_case(slug="own", team=make.team(name="Core")["slug"], evidence=evidence, **members)
        shown = ids(client.get("/graph?around=use_case:own&depth=1&kinds=team,library,source"))
        assert shown == ["use_case:own", "team:core", "source:report"]

    @pytest.mark.parametrize("name", ["aws", "cloud"])
    def test_old_slugs_and_aliases_lead_to_the_record(self, client, make, name):
        make.library(name="Amazon Web Services", slug="cloud", aliases=["AWS"])
        client.patch("/libraries/cloud", {"slug": "amazon-web-services"})
        drawn = client.get(f"/graph?around=library:{name}").get_json()
        assert drawn["around"] == "library:amazon-web-services"

    def test_an_unknown_record_is_not_found_with_near_names(self, seeded):
        problem = assert_problem(seeded.get("/graph?around=library:flsk"), 404, "not_found")
        assert problem["near"] == ["flask"]

    @pytest.mark.parametrize(
        "around", ["flask", "library:", ":flask", "tool:flask", "library:Flask", "library%3A%00"]
    )
    def test_a_malformed_place_is_refused(self, seeded, around):
        assert_problem(seeded.get(f"/graph?around={around}"), 422, "invalid", parameter="around")

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            *(("depth=0", "depth"), ("depth=6", "depth"), ("limit=0", "limit"), ("limit=501", "limit")),
            *(("kinds=tool", "kinds"), ("format=svg", "format")),
        ],
    )
    def test_what_is_out_of_bounds_is_refused(self, seeded, query, parameter):
        response = seeded.get(f"/graph?around=library:flask&{query}")
        assert_problem(response, 422, "invalid", parameter=parameter)

    def test_it_needs_to_know_what_to_draw_around(self, seeded):
        assert_problem(seeded.get("/graph"), 422, "invalid", parameter="around")

    def test_the_answer_stands_while_nothing_changed(self, seeded):
        tag = seeded.get("/graph?around=library:flask").headers["ETag"]
        response = seeded.get("/graph?around=library:flask", headers={"If-None-Match": tag})
        assert response.status_code == 304

    @pytest.mark.parametrize(("depth", "most"), [(1, 40), (2, 55), (5, 100)])
    def test_the_statements_grow_with_the_depth_alone(self, generated, statements, depth, most):
        for around in ("organization", "team"):
            slug = generated.get(f"/{around}s?limit=1").get_json()["items"][0]["slug"]
            kinds = "organization,team,library,purpose,use_case,source"
            with statements() as seen:
                generated.get(f"/graph?around={around}:{slug}&depth={depth}&kinds={kinds}&limit=500")
            assert len(seen) <= most


class TestFormats:
    @pytest.mark.parametrize("name", MEDIA_TYPES)
    def test_format_chooses(self, seeded, name):
        response = seeded.get(f"/graph?around=library:flask&format={name}")
        assert response.content_type == MEDIA_TYPES[name]
        assert response.text.startswith(BEGINNINGS[name])

    @pytest.mark.parametrize("name", MEDIA_TYPES)
    def test_accept_chooses(self, seeded, name):
        response = seeded.get("/graph?around=library:flask", headers={"Accept": MEDIA_TYPES[name]})
        assert response.content_type == MEDIA_TYPES[name]

    def test_what_it_cannot_be_had_in_is_told(self, seeded):
        response = seeded.get("/graph?around=library:flask", headers={"Accept": "image/svg+xml"})
        assert assert_problem(response, 406)["available"] == list(MEDIA_TYPES.values())

    def test_each_format_has_its_own_tag(self, seeded):
        tags = {
            seeded.get(f"/graph?around=library:flask&format={name}").headers["ETag"] for name in MEDIA_TYPES
        }
        assert len(tags) == len(MEDIA_TYPES)

    @pytest.mark.filterwarnings("ignore::pyparsing.warnings.PyparsingDeprecationWarning")
    def test_each_format_tells_the_same(self, seeded):
        query = "/graph?around=library:flask&depth=1"
        drawn = seeded.get(query).get_json()
        (graph,) = pydot.graph_from_dot_data(seeded.get(f"{query}&format=dot").text)
        assert len(graph.get_edges()) == len(drawn["edges"])
        assert seeded.get(f"{query}&format=mermaid").text.count("-->") == len(drawn["edges"])
        assert seeded.get(f"{query}&format=graphml").text.count("<edge ") == len(drawn["edges"])
