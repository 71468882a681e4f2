"""Generated requests: whatever the documents allow or forbid, the answer is one that they describe."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

EXAMPLES = {"sqlite": 6, "postgresql": 1}


@pytest.fixture
def examples(farm):
    """How many requests are made up for an operation, in each phase."""
    return EXAMPLES[type(farm).__name__.removesuffix("Farm").lower()]


def failures_of(app, document, examples, secret=None):
    """Run all phases (examples, coverage, fuzzing, stateful) and give what went wrong."""
    project = {"generation": {"max-examples": examples, "database": "none", "deterministic": True}}
    if secret:
        project["headers"] = {"Authorization": f"Bearer {secret}"}
    config = SchemathesisConfig.from_dict(project)
    schema = schemathesis.openapi.from_wsgi(document, app, config=config)
    found, operations = {}, set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found[str(getattr(event, "info", event))] = event
        elif isinstance(event, events.ScenarioFinished):
            operations.add(event.recorder.label)
            found.update(_failures(event.recorder))
    return found, operations


def _failures(recorder):
    for id_, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, case = check.failure_info.failure, recorder.cases[id_].value
                place = f"{case.method} {case.path} {failure.title}"
                yield place, f"{failure.message}\n{check.failure_info.code_sample}"


DOCUMENTS = pytest.mark.parametrize("document", ["/openapi.json", "/api/v1/swagger.json"])


class TestGeneratedRequests:
    @DOCUMENTS
    def test_none_breaks_the_contract_with_a_token(self, own_seeded, document, examples):
        found, operations = failures_of(own_seeded.app, document, examples, own_seeded.secret)
        assert found == {}
        assert len(operations) > 40

    @DOCUMENTS
    def test_none_breaks_it_without_one(self, own_seeded, document, examples):
        before = own_seeded.get("/teams").headers["Atlas-Version"]
        found, _operations = failures_of(own_seeded.app, document, 1)
        assert found == {}
        assert own_seeded.get("/teams").headers["Atlas-Version"] == before
