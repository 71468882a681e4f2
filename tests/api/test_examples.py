import json

import pytest
from jsonschema import Draft202012Validator

from app.api.examples import FILE, example_of
from tests.make_examples import collect, operations

EXAMPLES = json.loads(FILE.read_text("utf-8"))
PARTS = [(id_, part) for id_, parts in EXAMPLES.items() for part in parts]


@pytest.fixture(scope="session")
def document(session_app):
    """The OpenAPI document."""
    return session_app.extensions["documents"].openapi


@pytest.fixture(scope="session")
def described(document):
    """The operations of the OpenAPI document, by id."""
    items = [item for path in document["paths"].values() for name, item in path.items()]
    return {item["operationId"]: item for item in items if "operationId" in item}


def schema_of(operation, part):
    """Give the schema of an operation's request or of its success."""
    if part == "request":
        holder = operation["requestBody"]
    else:
        holder = next(answer for status, answer in operation["responses"].items() if status < "300")
    return next(iter(holder["content"].values()))["schema"]


class TestExamples:
    def test_they_are_what_the_seeded_atlas_answers(self, own_seeded):
        assert collect(own_seeded) == EXAMPLES, "Write them anew: make examples"

    def test_every_operation_is_called(self, described):
        assert set(operations()) == set(described)

    def test_every_operation_with_an_answer_has_one(self, described):
        answering = {id_ for id_, operation in described.items() if "204" not in operation["responses"]}
        assert {id_ for id_, part in PARTS if part == "response"} == answering

    def test_every_operation_with_a_body_has_one(self, described):
        taking = {id_ for id_, operation in described.items() if "requestBody" in operation}
        assert {id_ for id_, part in PARTS if part == "request"} == taking

    @pytest.mark.parametrize(("id_", "part"), PARTS)
    def test_each_is_of_its_shape(self, document, described, id_, part):
        schema = {**schema_of(described[id_], part), "components": document["components"]}
        Draft202012Validator(schema).validate(EXAMPLES[id_][part])

    @pytest.mark.parametrize(("id_", "part"), PARTS)
    def test_each_stands_in_the_document(self, described, id_, part):
        holder = described[id_]["requestBody"] if part == "request" else described[id_]["responses"]
        assert json.dumps(EXAMPLES[id_][part]) in json.dumps(holder)


class TestExampleOf:
    def test_it_gives_the_part_of_an_operation(self):
        assert example_of("create_purpose", "request")["name"] == "Linting"

    def test_it_gives_nothing_for_an_operation_without_an_answer(self):
        assert example_of("delete_purpose", "response") is None
