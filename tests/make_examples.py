"""Writes app/api/examples.json: every operation once, on a fresh seeded atlas (`make examples`).

Reading comes first, so that totals are those of the first data set; writing
then makes records of an invented broadcaster, changes them and deletes them.
"""

import json
import re
import socket
import tempfile
from pathlib import Path
from unittest.mock import patch

from app import create_app
from app.api.examples import FILE
from app.config import Settings
from app.models import Scope
from tests.client import API, Client
from tests.conftest import make_token
from tests.databases import SqliteFarm

ORIGIN = "https://atlas.example"
TIME = "2026-11-23T00:00:00Z"

# What is made at random, as the examples show it.
SECRET = f"ta_EXAMPLE000_{'EXAMPLE0' * 4}000000"
_SECRET = re.compile(r"ta_(?!EXAMPLE)[0-9A-Za-z]{10}_[0-9A-Za-z]{38}")
_PUBLIC = re.compile(r'(?:(?<="id": ")|(?<=replaced, ))[0-9A-Za-z]{10}(?=[")])')
_RANDOM = (
    (re.compile(r"whsec_[0-9A-Za-z+/=]+"), "whsec_RVhBTVBMRUVYQU1QTEVFWEFNUExFRVhBTVBMRUVYQU0="),
    (re.compile(r"test_[0-9a-f]{32}"), "test_00000000000000000000000000000000"),
    (re.compile(r'"milliseconds": \d+'), '"milliseconds": 21'),
)
_SIGNED = ("/tokens", "/webhooks")
_MAKING = {"create_token", "create_webhook"}

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_PAGE = "?limit=2"
_ARTICLE = "techrepublic-netflix-python-2019"

_ORGANIZATION = {
    "name": "Northwind Radio",
    "homepage_url": "https://northwind.example/",
    "description": "An invented broadcaster.",
}
_TEAM = {
    "name": "Playout",
    "slug": "playout",
    "organization": "northwind-radio",
    "area": "Broadcasting",
    "description": "Keeps the stations on the air.",
    "contact_url": "https://northwind.example/teams/playout",
    "aliases": ["On-air team"],
}
_LIBRARY = {
    "name": "Ruff",
    "kind": "application",
    "origin": "open_source",
    "summary": "Linter and formatter for Python code.",
    "homepage_url": "https://docs.astral.sh/ruff/",
    "repository_url": "https://github.com/astral-sh/ruff",
    "purl": "pkg:pypi/ruff",
    "license": "MIT",
    "language": "Rust",
    "topics": ["formatting", "linting"],
    "lifecycle": "active",
}
_PURPOSE = {"name": "Linting", "description": "Finding mistakes in code without running it."}
_SOURCE = {
    "kind": "manifest",
    "title": "pyproject.toml of playout",
    "publisher": "Northwind Radio",
    "accessed_on": "2026-11-23",
    "url": "https://git.northwind.example/playout/pyproject.toml",
}
_EVIDENCE = {
    "source": "pyproject-toml-of-playout",
    "section": "dependency-groups",
    "line": 14,
    "mentions": ["ruff"],
    "kind": "manifest",
}
_USE_CASE = {
    "team": "playout",
    "title": "Linting with Ruff",
    "description": "Every commit is checked with Ruff before it is merged.",
    "purposes": ["linting"],
    "usages": [{"library": "ruff", "role": "uses", "version_range": ">=0.17,<0.18"}],
    "since": "2026-01-12",
    "evidence": [_EVIDENCE],
}
_MORE_EVIDENCE = {
    "source": "pyproject-toml-of-playout",
    "section": "tool.ruff",
    "line": 31,
    "mentions": ["tool.ruff"],
    "kind": "manifest",
    "note": "The rules that are checked.",
}

_TOKEN = {"name": "playout-bot", "scopes": ["write"], "days": 30}
_WEBHOOK = {"url": "https://hooks.northwind.example/atlas", "description": "Tells the chat of playout."}
_LEAK = {"token": SECRET, "url": "https://pastes.example/4711", "source": "a scanner of repositories"}
_DENIAL = {
    "team": "playout",
    "title": "No Ruff",
    "stance": "does_not_use",
    "usages": [{"library": "ruff"}],
    "evidence": [{"source": "pyproject-toml-of-playout", "kind": "observed"}],
}

_FILE = {
    "organizations": [_ORGANIZATION],
    "teams": [_TEAM],
    "libraries": [_LIBRARY],
    "purposes": [_PURPOSE],
    "sources": [_SOURCE],
    "use-cases": [_USE_CASE],
}

# A record of each kind, and the `seq` of the change that made it.
_MADE = {
    "organization": ("/organizations/netflix", 7),
    "team": ("/teams/demand-engineering", 25),
    "library": ("/libraries/flask-restplus", 45),
    "purpose": ("/purposes/numerical-analysis", 119),
    "use_case": ("/use-cases/demand-engineering-numerical-analysis", 145),
    "source": (f"/sources/{_ARTICLE}", 17),
}

# Operation, method, path, body. `{evidence}` is the id of the evidence that was added last.
READING = (
    ("list_organizations", "GET", f"/organizations{_PAGE}", None),
    ("get_organization", "GET", "/organizations/netflix", None),
    ("list_teams", "GET", f"/teams{_PAGE}", None),
    ("get_team", "GET", "/teams/demand-engineering", None),
    ("list_team_use_cases", "GET", f"/teams/demand-engineering/use-cases{_PAGE}", None),
    ("list_team_libraries", "GET", f"/teams/demand-engineering/libraries{_PAGE}", None),
    ("list_team_worklist", "GET", f"/teams/insight-engineering/worklist{_PAGE}", None),
    ("list_libraries", "GET", f"/libraries{_PAGE}", None),
    ("get_library", "GET", "/libraries/flask-restplus", None),
    ("list_library_use_cases", "GET", f"/libraries/numpy/use-cases{_PAGE}", None),
    ("list_library_teams", "GET", f"/libraries/numpy/teams{_PAGE}", None),
    ("list_related_libraries", "GET", f"/libraries/numpy/related{_PAGE}", None),
    ("get_library_impact", "GET", "/libraries/flask-restplus/impact", None),
    ("compare", "GET", "/compare?team=core&team=demand-engineering&team=machine-learning", None),
    ("get_coverage", "GET", "/coverage?team=core&library=pandas&library=flask", None),
    ("list_purposes", "GET", f"/purposes{_PAGE}", None),
    ("get_purpose", "GET", "/purposes/numerical-analysis", None),
    ("list_purpose_use_cases", "GET", f"/purposes/numerical-analysis/use-cases{_PAGE}", None),
    ("list_purpose_libraries", "GET", f"/purposes/model-training/libraries{_PAGE}", None),
    ("list_use_cases", "GET", f"/use-cases{_PAGE}", None),
    ("get_use_case", "GET", "/use-cases/demand-engineering-numerical-analysis", None),
    ("list_evidence", "GET", f"/use-cases/demand-engineering-numerical-analysis/evidence{_PAGE}", None),
    ("list_sources", "GET", f"/sources{_PAGE}", None),
    ("get_source", "GET", f"/sources/{_ARTICLE}", None),
    ("list_source_use_cases", "GET", f"/sources/{_ARTICLE}/use-cases{_PAGE}", None),
    ("get_evidence", "GET", "/use-cases/demand-engineering-numerical-analysis/evidence/9", None),
    ("list_conflicts", "GET", "/conflicts", None),
    ("search", "GET", "/search?q=which+library+for+gradient+boosting&limit=2", None),
    ("count_hits", "GET", "/search/facets?q=notebook&by=kind&limit=3", None),
    ("suggest", "GET", "/suggest?q=flask+re", None),
    ("look_up_library", "GET", "/lookup?purl=pkg:pypi/Flask_RESTPlus@0.13", None),
    ("export_atlas", "GET", "/export", None),
    ("get_graph", "GET", "/graph?around=library:flask-restplus&depth=1", None),
    ("count_organizations", "GET", "/organizations/facets?by=area&limit=3", None),
    ("count_teams", "GET", "/teams/facets?by=area,uses&limit=3", None),
    ("count_libraries", "GET", "/libraries/facets?by=lifecycle,kind&limit=3", None),
    ("count_purposes", "GET", "/purposes/facets?by=team&limit=3", None),
    ("count_use_cases", "GET", "/use-cases/facets?by=team,role&library=python&limit=3", None),
    ("count_sources", "GET", "/sources/facets?by=kind,publisher&limit=3", None),
    ("batch_organizations", "POST", "/organizations/batch?fields=name", {"slugs": ["netflix", "nobody"]}),
    ("batch_teams", "POST", "/teams/batch?fields=name", {"slugs": ["core", "nobody"]}),
    ("batch_libraries", "POST", "/libraries/batch?fields=name", {"slugs": ["flask", "aws", "nothing"]}),
    ("batch_purposes", "POST", "/purposes/batch?fields=name", {"slugs": ["deep-learning", "nothing"]}),
    (
        "batch_use_cases",
        "POST",
        "/use-cases/batch?fields=title",
        {"slugs": ["core-alert-signals", "nothing"]},
    ),
    ("export_atlas", "GET", "/export", None),
    ("batch_sources", "POST", "/sources/batch?fields=title", {"slugs": [_ARTICLE, "nothing"]}),
    ("list_changes", "GET", "/changes?since=24&limit=2&expand=after", None),
    ("diff", "GET", "/diff?from=143&to=145", None),
    *((f"list_{kind}_history", "GET", f"{path}/history", None) for kind, (path, _seq) in _MADE.items()),
    *((f"get_{kind}_revision", "GET", f"{path}/history/{seq}", None) for kind, (path, seq) in _MADE.items()),
)
WRITING = (
    ("create_organization", "POST", "/organizations", _ORGANIZATION),
    ("create_team", "POST", "/teams", _TEAM),
    ("create_library", "POST", "/libraries", _LIBRARY),
    ("create_purpose", "POST", "/purposes", _PURPOSE),
    ("create_source", "POST", "/sources", _SOURCE),
    ("create_use_case", "POST", "/use-cases", _DENIAL),
    ("create_use_case", "POST", "/use-cases", _USE_CASE),
    (
        "check_source",
        "POST",
        "/sources/pyproject-toml-of-playout/check",
        '[dependency-groups]\ndev = ["ruff"]\n',
    ),
    ("list_conflicts", "GET", "/conflicts", None),
    ("delete_use_case", "DELETE", "/use-cases/playout-no-ruff", None),
    ("add_evidence", "POST", "/use-cases/playout-linting-with-ruff/evidence", _MORE_EVIDENCE),
    ("put_organization", "PUT", "/organizations/northwind-radio", _ORGANIZATION | {"description": None}),
    ("put_team", "PUT", "/teams/playout", _TEAM | {"area": "Playout"}),
    ("put_library", "PUT", "/libraries/ruff", _LIBRARY | {"topics": ["linting"]}),
    ("put_purpose", "PUT", "/purposes/linting", _PURPOSE | {"name": "Static checks"}),
    ("put_source", "PUT", "/sources/pyproject-toml-of-playout", _SOURCE | {"note": "Read on a branch."}),
    ("patch_organization", "PATCH", "/organizations/northwind-radio", {"description": "Invented."}),
    ("patch_team", "PATCH", "/teams/playout", {"area": "Broadcasting", "contact_url": None}),
    ("patch_library", "PATCH", "/libraries/ruff", {"documentation_url": "https://docs.astral.sh/ruff/"}),
    ("patch_purpose", "PATCH", "/purposes/linting", {"name": "Linting"}),
    ("patch_source", "PATCH", "/sources/pyproject-toml-of-playout", {"note": None}),
    (
        "dispute_use_case",
        "POST",
        "/use-cases/playout-linting-with-ruff/dispute",
        {"reason": "Not in the newest manifest."},
    ),
    (
        "confirm_use_case",
        "POST",
        "/use-cases/playout-linting-with-ruff/confirm",
        {"on": "2026-11-23", "note": "The team says so."},
    ),
    ("patch_use_case", "PATCH", "/use-cases/playout-linting-with-ruff", {"status": "retired"}),
    ("delete_evidence", "DELETE", "/use-cases/playout-linting-with-ruff/evidence/{evidence}", None),
    ("put_use_case", "PUT", "/use-cases/playout-linting-with-ruff", _USE_CASE | {"until": "2026-10-31"}),
    ("delete_use_case", "DELETE", "/use-cases/playout-linting-with-ruff", None),
    ("delete_source", "DELETE", "/sources/pyproject-toml-of-playout", None),
    ("delete_purpose", "DELETE", "/purposes/linting", None),
    ("delete_library", "DELETE", "/libraries/ruff", None),
    ("delete_team", "DELETE", "/teams/playout", None),
    ("delete_organization", "DELETE", "/organizations/northwind-radio", None),
    ("import_records", "POST", "/import", _FILE),
    ("create_token", "POST", "/tokens", _TOKEN),
    ("list_tokens", "GET", f"/tokens{_PAGE}", None),
    ("get_token", "GET", "/tokens/{made}", None),
    ("rotate_token", "POST", "/tokens/{made}/rotate", {"overlap_seconds": 600}),
    ("revoke_token", "DELETE", "/tokens/{made}", None),
    ("report_leaked_token", "POST", "/tokens/leaked", _LEAK),
    ("create_webhook", "POST", "/webhooks", _WEBHOOK),
    ("list_webhooks", "GET", f"/webhooks{_PAGE}", None),
    ("get_webhook", "GET", "/webhooks/{made}", None),
    ("patch_webhook", "PATCH", "/webhooks/{made}", {"kinds": ["library"]}),
    ("rotate_webhook_secret", "POST", "/webhooks/{made}/rotate-secret", {"overlap_seconds": 86_400}),
    ("test_webhook", "POST", "/webhooks/{made}/test", None),
    ("list_webhook_deliveries", "GET", f"/webhooks/{{made}}/deliveries{_PAGE}", None),
    ("delete_webhook", "DELETE", "/webhooks/{made}", None),
)


def main():
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=SqliteFarm(Path(folder)).fresh("seeded"))
        app = create_app(settings)
        database = app.extensions["database"]
        examples = collect(Client(app, make_token(database, "tester", *Scope)))
        database.dispose()
    FILE.write_text(json.dumps(examples, indent=2, ensure_ascii=False) + "\n", "utf-8")


def collect(client):
    """Call every operation, and give its request and response by its id.

    Args:
        client: of a seeded atlas of its own, with a token that may write.
    """
    examples, added, made = {}, None, None
    for id_, method, path, body in (*READING, *WRITING):
        with patch("socket.getaddrinfo", side_effect=socket.gaierror):  # the outside is not asked
            answer = _call(client, method, path.format(evidence=added, made=made), body)
        made = answer["id"] if id_ in _MAKING else made
        added = answer["id"] if id_ == "add_evidence" else added
        shown = _beginning(answer) if id_ == "export_atlas" else answer
        examples[id_] = {"request": body, "response": shown}
    shown = {id_: {part: value for part, value in parts.items() if value} for id_, parts in examples.items()}
    return _settled({id_: parts for id_, parts in sorted(shown.items()) if parts})


def _settled(examples):
    """Put the same words in the place of whatever is made at random."""
    text = _SECRET.sub(SECRET, json.dumps(examples))
    for pattern, shown in _RANDOM:
        text = pattern.sub(shown, text)
    for number, public in enumerate(dict.fromkeys(_PUBLIC.findall(text))):
        text = text.replace(public, f"EXAMPLE{number:03}")
    return json.loads(text)


def _beginning(export):
    """Give the first record of each kind: the whole of it is too long for an example."""
    return {path: records[:1] for path, records in export.items()}


def operations():
    """Give the ids of the operations that are called."""
    return [id_ for id_, *_rest in (*READING, *WRITING)]


def _call(client, method, path, body=None):
    token = client.secret if path.startswith(_SIGNED) else None
    sent = (
        {"data": body, "headers": {"Content-Type": "text/plain"}} if isinstance(body, str) else {"json": body}
    )
    response = client.open(method, path, token=token, base_url=ORIGIN, **sent)
    if response.status_code not in {200, 201, 202, 204}:
        raise RuntimeError(f"{method} {API}{path}: {response.get_data(as_text=True)}")
    return json.loads(_MOMENT.sub(TIME, response.get_data(as_text=True) or "null"))


if __name__ == "__main__":
    main()
