"""Generated requests: whatever the documents allow or forbid, the answer is one that they describe."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport.wsgi import WSGITransport

EXAMPLES = {True: 5, False: 1}
DOCUMENTS = pytest.mark.parametrize("document", ["/openapi.json", "/api/v1/swagger.json"])

# What a JSON Schema cannot say: rules between members, or between the body and the URL. Only a
# request that breaks one of these may be refused although its schema allows it.
BEYOND_SCHEMAS = (
    "Must not be before `since`.",
    "`start` and `end` go together.",
    "Must be greater than `start`; it is the character after the last one.",
    "A library does not replace itself.",
    "This library stands here in this role with another version range.",
    "Must be the slug of the URL. To rename, PATCH the slug.",
    "This word stands for something else in URLs; take another slug.",
)


@pytest.fixture(autouse=True)
def _fewer_options(monkeypatch):
    """Schemathesis 4.32 hands an option of its network client to the WSGI client, which does not know it."""
    send = WSGITransport.send

    def without(self, case, **options):
        options.pop("max_redirects", None)
        return send(self, case, **options)

    monkeypatch.setattr(WSGITransport, "send", without)


def failures_of(app, document, examples, secret=None):
    """Run every phase (examples, coverage, fuzzing, stateful) with every check.

    Returns: what went wrong, and the operations that were looked at.
    """
    project = {"generation": {"max-examples": examples, "database": "none", "deterministic": True}}
    if secret:
        project["headers"] = {"Authorization": f"Bearer {secret}"}
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
    if check.name != "positive_data_acceptance" or interaction.response.status_code != 422:
        return False
    flaws = [flaw["detail"] for flaw in interaction.response.json()["errors"]]
    return all(flaw in BEYOND_SCHEMAS for flaw in flaws)


class TestGeneratedRequests:
    @DOCUMENTS
    def test_none_breaks_the_contract_with_a_token(self, own_seeded, database_kind, document):
        found, operations = failures_of(own_seeded.app, document, EXAMPLES[database_kind], own_seeded.secret)
        assert found == {}
        assert len(operations) > 40

    @DOCUMENTS
    def test_none_breaks_it_or_changes_anything_without_one(self, own_seeded, document):
        before = own_seeded.get("/teams").headers["Atlas-Version"]
        found, _operations = failures_of(own_seeded.app, document, 1)
        assert found == {}
        assert own_seeded.get("/teams").headers["Atlas-Version"] == before


@pytest.fixture
def database_kind(own_seeded):
    """Whether the database is SQLite, where more is tried."""
    return own_seeded.app.extensions["database"].is_sqlite
