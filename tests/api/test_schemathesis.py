"""Generated requests: whatever the documents allow or forbid, the answer is one that they describe."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport.wsgi import WSGITransport

from app.api.contract import operations_of
from app.api.requests import ANY_TYPE
from app.api.site import NAMESPACES

NETWORK_OPTIONS = {"max_redirects", "verify", "cert", "proxies"}
JSON_TYPES = ("application/json", "application/problem+json")
PHASES = {"examples", "coverage", "fuzzing", "stateful"}
# An old slug leads on (308) before the body is looked at; everything else is as schemathesis has it.
REFUSALS = [308, 400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 428, 429, "5xx"]
DOCUMENTS = pytest.mark.parametrize("document", ["/openapi.json", "/api/v1/swagger.json"])

# What a JSON Schema cannot say: rules between members, or between the body and the URL. Only a
# request that breaks one of these may be refused although its schema allows it.
BEYOND_SCHEMAS = (
    "Must not be before `since`.",
    "`start` and `end` go together.",
    "Must be greater than `start`; it is the character after the last one.",
    "A library does not replace itself.",
    "This library stands here in this role with another version range or scope.",
    "Must be the slug of the URL. To rename, PATCH the slug.",
    "Compare either teams or libraries, not both.",
    "This word stands for something else in URLs; take another slug.",
)

# What depends on what came before, which no schema knows either.
BEYOND_CODES = {"bad_target", "idempotency_key_reused"}
LATER = "Must not lie before the last confirmation"


# Parameters that name a state, which the atlas must have been in.
STATES = {"as_of", "from", "to", "since", "cursor"}


@pytest.fixture(autouse=True)
def _fewer_options(monkeypatch):
    """Schemathesis 4.32 hands options of its network client to the WSGI client, which does not know them."""
    send = WSGITransport.send

    def without(self, case, **options):
        known = {name: value for name, value in options.items() if name not in NETWORK_OPTIONS}
        return send(self, case, **known)

    monkeypatch.setattr(WSGITransport, "send", without)


def failures_of(app, document, phases, examples, secret=None):
    """Run some phases with every check.

    Returns: what went wrong, and the operations that were looked at.
    """
    project = {
        "generation": {"max-examples": examples, "database": "none", "deterministic": True},
        "phases": {phase: {"enabled": phase in phases} for phase in PHASES},
        "checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}},
        "headers": {"Authorization": f"Bearer {secret}"} if secret else {},
    }
    config = SchemathesisConfig.from_dict(project)
    schema = schemathesis.openapi.from_wsgi(document, app, config=config)
    found, operations = {}, set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            found[event.label, "error"] = repr(event.value)
        elif isinstance(event, events.FatalError):
            found["fatal"] = repr(event.exception)
        elif isinstance(event, events.ScenarioFinished):
            operations.add(event.recorder.label)
            found.update(_failures(event.recorder))
    return found, operations


def _failures(recorder):
    for id_, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None and not _is_beyond_schemas(check, recorder.interactions[id_]):
                failure, case = check.failure_info.failure, recorder.cases[id_].value
                place = (case.method, case.path, failure.title)
                yield place, f"{failure.message}\n{check.failure_info.code_sample}"


def _is_beyond_schemas(check, interaction):
    if check.name == "response_schema_conformance":
        # Swagger 2.0 has one shape for all formats of an answer; it is that of JSON.
        return interaction.response.headers["content-type"][0] not in JSON_TYPES
    if check.name != "positive_data_acceptance":
        return False
    if interaction.request.headers.get("Content-Type") == [ANY_TYPE]:
        return True  # no schema says what a file must hold
    problem = interaction.response.json()
    if problem["code"] == "unsupported_media_type":
        # Swagger 2.0, as flask-restx writes it, knows bodies in JSON alone; one route takes text.
        return "text/plain" in problem["detail"]
    return problem["code"] == "history_pruned" or (
        problem["status"] == 422 and all(_is_beyond(flaw) for flaw in problem["errors"])
    )


def _is_beyond(flaw):
    return (
        flaw["detail"] in BEYOND_SCHEMAS
        or flaw["detail"].startswith(LATER)
        or flaw["code"] in BEYOND_CODES
        or flaw.get("parameter") in STATES
    )


class TestGeneratedRequests:
    @DOCUMENTS
    def test_none_breaks_the_contract_with_a_token(self, own_seeded, document):
        # What is asked after an answer depends on the answer, so the stateful phase is never the same twice.
        phases = ("examples", "fuzzing")
        found, operations = failures_of(own_seeded.app, document, phases, 2, own_seeded.secret)
        assert found == {}
        assert len(operations) >= len(operations_of(NAMESPACES))

    @DOCUMENTS
    def test_none_breaks_it_or_changes_anything_without_one(self, own_seeded, document):
        before = own_seeded.get("/teams").headers["Atlas-Version"]
        found, _operations = failures_of(own_seeded.app, document, ("fuzzing",), 1)
        assert found == {}
        assert own_seeded.get("/teams").headers["Atlas-Version"] == before

    @pytest.mark.soak
    @DOCUMENTS
    def test_none_of_very_many_breaks_it(self, own_seeded, document):
        found, _operations = failures_of(own_seeded.app, document, PHASES, 100, own_seeded.secret)
        assert found == {}
