import json
import re

import jsonschema
import pytest
from jsonschema.validators import Draft202012Validator
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator

from app.api.contract import operations_of
from app.api.requests import ANY_TYPE, PATCH_TYPES
from app.api.site import NAMESPACES
from app.schemas.records import shape_of
from tests.make_examples import READING

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = operations_of(NAMESPACES)
READS = sorted(path for (path, method), one in OPERATIONS.items() if method == "get" and not one.scope)

# A request for each operation, on the seeded atlas.
REQUESTS = {id_: path for id_, _method, path, _body in READING}


@pytest.fixture
def openapi(seeded):
    return seeded.get("//openapi.json").get_json()


@pytest.fixture
def swagger(seeded):
    return seeded.get("/swagger.json").get_json()


def described(document):
    """Give the operations of a document, by path and method."""
    base = document.get("basePath", "")
    return {
        (base + path, method): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def taken(document):
    """Give the media types that bodies may have, by path and method."""
    return {
        place: list(operation["requestBody"]["content"])
        for place, operation in described(document).items()
        if "requestBody" in operation
    }


def references(part):
    """Give every `$ref` of a document."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from references(inner)


def resolve(document, reference):
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def query_names(document, operation):
    parameters = [
        resolve(document, item["$ref"]) if "$ref" in item else item
        for item in operation.get("parameters", ())
    ]
    return {item["name"] for item in parameters if item["in"] == "query"}


class TestDocuments:
    def test_generators_of_clients_know_every_type_of_a_body(self, openapi):
        """openapi-python-client leaves operations out that have another one."""
        assert {kind for types in taken(openapi).values() for kind in types} == {ANY_TYPE, *PATCH_TYPES}

    def test_files_are_files(self, openapi):
        files = {path for (path, _method), types in taken(openapi).items() if ANY_TYPE in types}
        assert files == {"/api/v1/import", "/api/v1/sources/{slug}/check"}
        (shown,) = [openapi["paths"][path]["post"]["requestBody"] for path in files if "import" in path]
        assert "`text/csv`" in shown["description"]

    def test_the_openapi_document_is_valid(self, openapi):
        OpenAPIV31SpecValidator(openapi).validate()
        assert openapi["openapi"].startswith("3.1.")

    def test_the_swagger_document_is_valid(self, swagger):
        OpenAPIV2SpecValidator(swagger).validate()
        assert swagger["swagger"] == "2.0"

    def test_every_reference_leads_somewhere(self, openapi, swagger):
        for document in (openapi, swagger):
            assert all(resolve(document, reference) for reference in set(references(document)))

    def test_every_schema_is_used(self, openapi):
        named = {f"#/components/schemas/{name}" for name in openapi["components"]["schemas"]}
        assert named <= set(references(openapi))

    def test_both_describe_what_is_declared_and_nothing_else(self, openapi, swagger):
        assert set(described(openapi)) == set(described(swagger)) == set(OPERATIONS)

    def test_each_operation_has_its_own_id_in_both(self, openapi, swagger):
        wanted = {place: operation.id for place, operation in OPERATIONS.items()}
        for document in (openapi, swagger):
            assert {place: item["operationId"] for place, item in described(document).items()} == wanted
        assert len(set(wanted.values())) == len(wanted)

    def test_each_operation_has_a_summary_of_one_sentence(self, openapi):
        for operation in described(openapi).values():
            assert re.fullmatch(r"[A-Z][^.]{3,120}", operation["summary"])

    def test_a_write_wants_a_token_and_a_read_takes_one(self, openapi):
        for place, operation in described(openapi).items():
            wanted = [{"bearer": []}] if OPERATIONS[place].scope else [{}, {"bearer": []}]
            assert operation["security"] == wanted, place

    def test_both_say_what_a_slug_looks_like(self, openapi, swagger):
        (wanted,) = openapi["paths"]["/api/v1/use-cases/{slug}"]["parameters"]
        (shown,) = swagger["paths"]["/use-cases/{slug}"]["put"]["parameters"][:1]
        assert (shown["name"], shown["in"], shown["pattern"]) == ("slug", "path", wanted["schema"]["pattern"])

    def test_no_document_mentions_masks(self, openapi, swagger):
        assert "X-Fields" not in json.dumps([openapi, swagger])

    def test_they_do_not_say_what_only_the_server_sets_can_be_sent(self, openapi):
        schemas = openapi["components"]["schemas"]
        for name in ("TeamInput", "LibraryInput", "UseCaseInput", "EvidenceInput"):
            assert not {"id", "revision", "created_at", "updated_at", "check"} & set(
                schemas[name]["properties"]
            )


class TestParameters:
    def test_the_documents_name_those_that_are_accepted(self, openapi, swagger):
        accepted = {
            place: {
                field.data_key or name
                for name, field in shape_of(operation.query).load_fields.items()
                if not field.metadata.get("hidden")
            }
            for place, operation in OPERATIONS.items()
        }
        for document in (openapi, swagger):
            named = {place: query_names(document, item) for place, item in described(document).items()}
            assert {place: names - {"format"} for place, names in named.items()} == {
                place: names - {"format"} for place, names in accepted.items()
            }

    def test_each_one_is_known_to_its_operation(self, seeded, openapi):
        for (path, method), operation in described(openapi).items():
            if method == "get":
                url = concrete(seeded, path)
                for name in query_names(openapi, operation):
                    problem = seeded.get(url, query_string={name: "\x01"}).get_json()
                    codes = {
                        error["code"] for error in problem.get("errors", ()) if error.get("parameter") == name
                    }
                    assert "unknown_parameter" not in codes, (path, name)


def concrete(client, path):
    """Put the slug of a record into a path."""
    collection = path.removesuffix("/").split("/")[3]
    if "{slug}" not in path:
        return path.removeprefix("/api/v1")
    slug = client.get(f"/{collection}?limit=1&fields=slug").get_json()["items"][0]["slug"]
    return path.removeprefix("/api/v1").replace("{slug}", slug)


def check(document, operation, answer):
    """Check an answer against what an operation of the document says of its status."""
    told = operation["responses"][str(answer.status_code)]
    told = resolve(document, told["$ref"]) if "$ref" in told else told
    schema = told["content"][answer.content_type]["schema"]
    whole = {"components": document["components"], **schema}
    checker = jsonschema.FormatChecker()
    Draft202012Validator(whole, format_checker=checker).validate(answer.get_json())


class TestAnswers:
    @pytest.mark.parametrize("path", READS)
    def test_they_are_what_the_document_says(self, seeded, openapi, path):
        operation = openapi["paths"][path]["get"]
        answer = seeded.get(REQUESTS[operation["operationId"]])
        assert answer.status_code == 200, answer.get_json()
        check(openapi, operation, answer)

    @pytest.mark.parametrize(
        "path", ["teams", "libraries", "use-cases", "sources", "purposes", "organizations"]
    )
    def test_every_record_of_the_seed_is(self, seeded, openapi, path):
        answer = seeded.get(f"/{path}?limit=200")
        check(openapi, openapi["paths"][f"/api/v1/{path}"]["get"], answer)
        assert answer.get_json()["total"] <= 200

    def test_a_problem_is_what_the_document_says(self, seeded, openapi):
        operation = openapi["paths"]["/api/v1/teams/{slug}"]["get"]
        check(openapi, operation, seeded.get("/teams/none"))
        check(openapi, operation, seeded.get("/teams/none?x=1"))

    def test_what_is_selected_is_what_the_document_says(self, seeded, openapi):
        operation = openapi["paths"]["/api/v1/libraries"]["get"]
        check(openapi, operation, seeded.get("/libraries?fields=name,topics"))

    def test_what_is_written_is_what_the_document_says(self, own_seeded, openapi):
        operation = openapi["paths"]["/api/v1/purposes"]["post"]
        check(openapi, operation, own_seeded.post("/purposes", {"name": "New"}))
        check(openapi, operation, own_seeded.post("/purposes", {"name": "New"}))
