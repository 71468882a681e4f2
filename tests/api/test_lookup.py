import pytest

from tests.client import assert_problem


def look_up(client, **query):
    response = client.get("/lookup", query_string=query)
    assert response.status_code == 200, response.get_json()
    document = response.get_json()
    return document["slug"], document["matched"]


@pytest.fixture
def restplus(make):
    words = {"purl": "pkg:pypi/flask-restplus", "aliases": ["Rest Plus"]}
    repository = "https://github.com/noirbizarre/flask-restplus"
    return make.library(name="Flask-RESTPlus", repository_url=repository, **words)


class TestPurl:
    @pytest.mark.parametrize(
        "purl",
        [
            "pkg:pypi/flask-restplus",
            "pkg:pypi/Flask_RESTPlus@0.13",
            "pkg:PyPI/flask.restplus@0.13.0?repository_url=https://pypi.org#src",
            "pkg:pypi/flask%2Drestplus",
            "pkg://pypi/flask--restplus",
        ],
    )
    def test_it_finds_the_library(self, client, restplus, purl):
        assert look_up(client, purl=purl) == ("flask-restplus", "purl")

    def test_names_of_pypi_compare_whatever_is_stored(self, client, make):
        make.library(slug="zope", purl="pkg:pypi/zope.interface")
        assert look_up(client, purl="pkg:pypi/zope_interface@7") == ("zope", "purl")

    def test_the_one_that_is_written_so_comes_first(self, client, make):
        make.library(slug="a-other", purl="pkg:generic/Core")
        make.library(slug="the-very", purl="pkg:generic/core")
        assert look_up(client, purl="pkg:generic/core@1") == ("the-very", "purl")

    def test_a_package_of_any_length_is_found(self, client, make):
        make.library(slug="long", purl=f"pkg:generic/{'a' * 400}")
        assert look_up(client, purl=f"pkg:generic/{'a' * 400}@1") == ("long", "purl")

    def test_namespaces_compare_in_any_case(self, client, make):
        make.library(slug="core", purl="pkg:npm/%40angular/core")
        assert look_up(client, purl="pkg:NPM/%40Angular/Core@19") == ("core", "purl")

    def test_another_type_is_another_package(self, client, restplus):
        assert_problem(client.get("/lookup?purl=pkg:npm/flask-restplus"), 404, "not_found")

    def test_it_must_be_one(self, client):
        assert_problem(client.get("/lookup?purl=numpy"), 422, "invalid", parameter="purl")

    @pytest.mark.parametrize("purl", ["pkg:pypi/@1", "pkg:pypi/numpy%3Fx"])
    def test_what_only_looks_like_one_is_not_found(self, client, purl):
        assert_problem(client.get(f"/lookup?purl={purl}"), 404, "not_found", parameter="purl")


class TestRepository:
    @pytest.mark.parametrize(
        "url",
        [
            "https://github.com/noirbizarre/flask-restplus",
            "http://www.GitHub.com/Noirbizarre/Flask-RESTPlus/",
            "github.com/noirbizarre/flask-restplus.git",
            "git+https://github.com/noirbizarre/flask-restplus.git@v1#egg=x".replace("@v1", ""),
            "git@github.com:noirbizarre/flask-restplus.git",
            "ssh://git@github.com:22/noirbizarre/flask-restplus",
            "https://github.com/noirbizarre/flask-restplus/tree/master/doc?x=1#readme",
        ],
    )
    def test_it_finds_the_library(self, client, restplus, url):
        assert look_up(client, repository=url) == ("flask-restplus", "repository")

    def test_it_finds_the_library_whose_purl_is_the_repository(self, client, make):
        make.library(slug="genie", purl="pkg:github/netflix/genie")
        assert look_up(client, repository="https://github.com/Netflix/Genie.git") == ("genie", "purl")

    def test_case_counts_on_other_hosts(self, client, make):
        make.library(slug="own", repository_url="https://git.example.org/Team/Own")
        assert look_up(client, repository="git.example.org/Team/Own.git")[0] == "own"
        assert_problem(client.get("/lookup?repository=https://git.example.org/team/own"), 404, "not_found")

    def test_of_several_in_it_the_one_that_is_called_so_comes_first(self, client, make):
        for slug in ("a-part", "tools", "z-part"):
            make.library(slug=slug, repository_url="https://github.com/acme/tools")
        assert look_up(client, repository="github.com/acme/tools")[0] == "tools"

    def test_a_library_that_moved_is_found_where_it_is(self, client, make):
        make.library(slug="moved", repository_url="https://github.com/old/tool")
        client.patch("/libraries/moved", {"repository_url": "https://github.com/new/tool"})
        assert look_up(client, repository="github.com/new/tool")[0] == "moved"
        assert_problem(client.get("/lookup?repository=https://github.com/old/tool"), 404, "not_found")

    @pytest.mark.parametrize("path", ["a" * 1_500, "%C3%A9" * 300, "a%00b", "a%0Ab"])
    def test_an_address_of_any_length_and_letters_is_found(self, client, make, path):
        make.library(slug="odd", repository_url=f"https://git.example.org/team/{path}")
        assert look_up(client, repository=f"git.example.org/team/{path}.git")[0] == "odd"

    @pytest.mark.parametrize("url", ["flask", "https://github.com/pallets", "https://github.com/", "/a/b"])
    def test_it_must_be_one(self, client, url):
        response = client.get("/lookup", query_string={"repository": url})
        assert_problem(response, 404, parameter="repository")


class TestName:
    @pytest.mark.parametrize(
        ("name", "matched"),
        [
            ("flask-restplus", "slug"),
            ("FLASK-RESTPLUS", "slug"),
            ("flask_restplus", "slug"),
            ("rest plus", "alias"),
            ("Rest.Plus", "alias"),
        ],
    )
    def test_it_finds_the_library(self, client, restplus, name, matched):
        assert look_up(client, name=name) == ("flask-restplus", matched)

    def test_a_name_is_found_that_the_slug_is_not_made_of(self, client, make):
        make.library(slug="brewer", name="Brewer's Tool")
        assert look_up(client, name="brewer's tool") == ("brewer", "name")
        assert look_up(client, name="Brewer's_tool") == ("brewer", "name")

    def test_an_old_slug_leads_to_the_library(self, client, make):
        make.library(slug="old", name="Something")
        client.patch("/libraries/old", {"slug": "new"})
        assert look_up(client, name="old") == ("new", "slug")

    def test_the_name_at_pypi_is_a_name(self, client, make):
        make.library(slug="notebook-server", purl="pkg:pypi/jupyter.notebook")
        assert look_up(client, name="Jupyter_Notebook") == ("notebook-server", "purl")

    @pytest.mark.parametrize("name", ["%", "flask%", "_____", "flask\\restplus", "restplus"])
    def test_it_takes_every_letter_as_it_is(self, client, restplus, name):
        assert_problem(client.get("/lookup", query_string={"name": name}), 404, "not_found")


class TestAnswer:
    def test_it_is_the_whole_record_and_what_matched(self, seeded):
        whole = seeded.get("/libraries/flask").get_json()
        assert seeded.get("/lookup?name=flask").get_json() == {**whole, "matched": "slug"}

    @pytest.mark.parametrize(
        "query", ["name=flusk", "purl=pkg:pypi/flusk", "repository=https://github.com/pallets/flusk"]
    )
    def test_what_is_not_found_comes_with_near_names(self, seeded, query):
        problem = assert_problem(seeded.get(f"/lookup?{query}"), 404, "not_found")
        assert "flask" in problem["near"]

    def test_nothing_is_found_without_a_question(self, seeded):
        problem = assert_problem(seeded.get("/lookup"), 404, parameter="purl")
        assert "?name=flask" in problem["detail"]

    def test_all_ways_that_are_asked_must_fit(self, seeded):
        fitting = seeded.get("/lookup?name=Flask.RESTPlus&purl=pkg:pypi/flask-restplus").get_json()
        assert (fitting["slug"], fitting["matched"]) == ("flask-restplus", "purl")
        problem = assert_problem(seeded.get("/lookup?name=flask&purl=pkg:pypi/numpy"), 404)
        assert problem["detail"] == "Each of purl, name is that of another library."

    def test_nothing_changed_is_told(self, seeded):
        etag = seeded.get("/lookup?name=flask").headers["ETag"]
        assert seeded.get("/lookup?name=flask", headers={"If-None-Match": etag}).status_code == 304

    @pytest.mark.parametrize(("name", "expected"), [("flask", 5), ("pandas_", 6)])
    def test_it_takes_a_few_statements(self, seeded, statements, name, expected):
        with statements() as executed:
            seeded.get(f"/lookup?name={name}")
        assert len(executed) == expected
