import dataclasses

import pytest
from flask import Flask

from app.api.contract import Namespace, Resource, methods_of, operation_of, operations_of, reads, serve
from app.api.site import NAMESPACES
from app.models import Scope
from app.schemas.records import LibrarySchema
from tests.client import API, Client, assert_problem
from tests.conftest import bound
from tests.databases import patient

OPERATIONS = operations_of(NAMESPACES)


class Undeclared(Resource):
    """A URL whose method says nothing of itself."""

    def get(self):
        """Give something."""


class Declared(Resource):
    """A URL whose method says what it does."""

    @reads("get_thing", returns=LibrarySchema)
    def get(self, call):
        """Give a thing.

        It is a good one.
        """


def namespace_of(resource):
    namespace = Namespace("things", path="/things")
    namespace.add_resource(resource, "/<slug>", "/by-number/<int:id>")
    return namespace


class TestDeclarations:
    def test_a_method_without_one_is_not_served(self):
        with pytest.raises(AttributeError):
            operations_of([namespace_of(Undeclared)])
        with pytest.raises(AttributeError):
            serve(Flask("test"), [namespace_of(Undeclared)])

    def test_it_is_found_by_path_and_method(self):
        assert set(operations_of([namespace_of(Declared)])) == {
            (f"{API}/things/{{slug}}", "get"),
            (f"{API}/things/by-number/{{id}}", "get"),
        }

    def test_it_has_the_words_of_the_docstring(self):
        assert operation_of(Declared.get).texts == ["Give a thing.", "It is a good one."]

    def test_it_stands_for_each_method_of_a_resource(self):
        assert methods_of(Declared) == {"get": operation_of(Declared.get)}


class TestEveryOperation:
    def test_its_id_is_its_own(self):
        urls = {}
        for (path, method), operation in OPERATIONS.items():
            urls.setdefault(operation.id, []).append((method, path))
        assert {id_: places for id_, places in urls.items() if len(places) > 1} == {}

    @pytest.mark.parametrize("place", OPERATIONS, ids=str)
    def test_what_writes_needs_a_scope_and_what_reads_needs_none(self, place):
        path, method = place
        operation = OPERATIONS[place]
        if path.startswith(("/api/v1/tokens", "/api/v1/webhooks")):
            assert operation.scope is (None if path.endswith("/leaked") else Scope.ADMIN)
            return
        is_question = method == "get" or operation.is_list
        assert operation.scope is None if is_question else operation.scope in set(Scope)


class TestCreated:
    def test_the_place_is_the_public_one(self, client, with_settings):
        with_settings(public_url="https://atlas.example")
        response = client.put("/purposes/analysis", {"name": "Analysis"})
        assert response.status_code == 201
        assert response.headers["Location"] == f"https://atlas.example{API}/purposes/analysis"

    def test_the_next_page_is_the_public_one(self, client, make, with_settings):
        make.purpose()
        make.purpose()
        with_settings(public_url="https://atlas.example")
        response = client.get("/purposes?limit=1&sort=-name")
        following = response.get_json()["next"]
        assert following.startswith(f"https://atlas.example{API}/purposes?limit=1&sort=-name&cursor=")
        assert response.headers["Link"] == f'<{following}>; rel="next"'

    def test_what_is_in_the_way_is_named_by_its_public_url(self, client, make, with_settings):
        make.purpose(name="Analysis")
        with_settings(public_url="https://atlas.example")
        problem = assert_problem(client.post("/purposes", {"name": "Analysis"}), 409)
        assert problem["conflict"] == f"https://atlas.example{API}/purposes/analysis"
        assert problem["type"] == "https://atlas.example/problems/conflict"


class TestFaults:
    @pytest.fixture
    def lost(self, session_app, tmp_path):
        """A client of an atlas whose database has nothing in it."""
        settings = patient(f"sqlite:///{tmp_path}/nothing.db")
        with bound(session_app, dataclasses.replace(settings, read_timeout_seconds=1.0)):
            yield Client(session_app, None)

    def test_a_fault_of_ours_is_told_in_fixed_words(self, lost, log_lines):
        problem = assert_problem(lost.get("/teams"), 500, "internal_error")
        assert problem["detail"] == "It is written to the log under the request id. Nothing was changed."
        assert problem["request_id"] in log_lines()
        assert "no such table" in log_lines()

    def test_an_answer_without_a_database_has_no_version(self, lost):
        response = lost.get("/nothing")
        assert_problem(response, 404)
        assert "Atlas-Version" not in response.headers

    def test_a_database_that_is_away_is_told(self, session_app):
        url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
        with bound(session_app, patient(url)):
            response = Client(session_app, None).get("/teams")
        assert_problem(response, 503, "unavailable")
        assert response.headers["Retry-After"] == "1"
