import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db import Author, Base
from app.models import Scope, Webhook
from app.services import credentials, tokens
from tests.api.access_table import (
    ADD,
    ADMIN,
    IMPORT,
    OPEN,
    PAGE,
    PUBLIC,
    READ,
    TABLE,
    WRITE,
    body_of,
)
from tests.client import Client, assert_problem
from tests.rows import ROWS as GOOD_ROWS

ROWS = sorted(TABLE)
READS = [row for row in ROWS if TABLE[row][0] == READ]
WRITES = [row for row in ROWS if TABLE[row][0] in {WRITE, ADD, IMPORT, ADMIN} and row[1] != "GET"]
WEBHOOK = {name: value for name, value in GOOD_ROWS["webhook"].items() if name != "id"}
BAD = ("malformed", "checksum", "unknown", "secret", "expired", "revoked")


@pytest.fixture
def database_url(farm, filled):
    """The URL of a database that has the records of the table."""
    url = filled(_records)
    yield url
    farm.drop(url)


@pytest.fixture
def world(database, secret, with_settings):
    """A token in every state."""
    with_settings(webhooks_allow_loopback=True)
    return _tokens(database, secret)


def _records(make):
    for slug in ("idle", "unused"):
        make.organization(slug=slug, name=slug)
        make.library(slug=slug, name=slug)
        make.purpose(slug=slug, name=slug)
        make.source(slug=slug, title=slug)
        make.team(slug=slug, name=slug, organization="idle")
        evidence = [{"source": "idle"}, {"source": "idle", "kind": "observed"}]
        make.use_case(slug=slug, team="idle", evidence=evidence)
    make.team(slug="core", name="core", organization="idle")
    # Nothing points at what is called unused, so that each of them can go.


def _tokens(database, right):
    def create(name, *scopes, **options):
        with database.writing(Author("tests", "tests")) as session:
            return tokens.create(session, name, scopes, options.pop("teams", ()), **options)

    now = database.clock
    database.clock = lambda: now() - timedelta(days=3)
    expired = create("expired", Scope.WRITE, days=2)
    database.clock = now
    revoked = create("revoked", Scope.WRITE)
    with database.writing(Author("tests", "tests")) as session:
        tokens.revoke(session, tokens.find(session, name="revoked"), "lost")
    create("spare", Scope.WRITE)
    with database.writing(Author("tests", "tests")) as session:
        tokens.find(session, name="spare").prefix = PUBLIC
        # At a port where nobody listens.
        session.add(Webhook(**{**WEBHOOK, "url": "http://127.0.0.1:9/"}))
    return {
        "none": None,
        "malformed": "ta_short",
        "checksum": right[:-1] + ("a" if right[-1] != "a" else "b"),
        "unknown": credentials.seal(f"ta_{'x' * 10}_{'x' * 32}"),
        "secret": credentials.seal(right[:14] + "x" * 32),
        "expired": expired,
        "revoked": revoked,
        "scope": create("importer", Scope.IMPORT),
        "held": create("held", Scope.WRITE, teams=["core"]),
        "right": right,
    }


def _expected(row):
    access, _url, status, _body = TABLE[row]
    if access == PAGE:
        return dict.fromkeys(("none", *BAD, "scope", "held", "right"), status)
    refused = dict.fromkeys(BAD, 401)
    if access == READ:
        return {"none": 200, **refused, "scope": 200, "held": 200, "right": 200}
    if access == OPEN:
        return {"none": status, **refused, "scope": status, "held": status, "right": status}
    if access == ADMIN:
        return {"none": 401, **refused, "scope": 403, "held": 403, "right": status}
    if access == IMPORT:
        return {"none": 401, **refused, "scope": status, "held": 403, "right": status}
    held = status if access == ADD else 403
    return {"none": 401, **refused, "scope": 403, "held": held, "right": status}


def _ask(client, row, state, token, **options):
    body = body_of(row, f"New {state}")
    if isinstance(body, str):
        options |= {"data": body, "headers": {"Content-Type": "text/plain"}}
        return client.open(row[1], f"/{TABLE[row][1]}", token=token, **options)
    return client.open(row[1], f"/{TABLE[row][1]}", token=token, json=body, **options)


def _statuses(client, row, world):
    return {state: _ask(client, row, state, token).status_code for state, token in world.items()}


class TestMatrix:
    def test_it_has_a_row_for_every_route_and_method(self, session_app):
        served = {
            (rule.rule, method)
            for rule in session_app.url_map.iter_rules()
            for method in rule.methods - {"HEAD", "OPTIONS"}
        }
        assert served == set(TABLE)

    @pytest.mark.parametrize("row", WRITES, ids=lambda row: f"{row[1]} {row[0]}")
    def test_it_answers_a_write_by_the_state_of_the_token(self, anonymous, world, row):
        assert _statuses(anonymous, row, world) == _expected(row)

    def test_it_answers_a_read_by_the_state_of_the_token(self, anonymous, world):
        rows = [row for row in ROWS if row not in WRITES]
        assert {row: _statuses(anonymous, row, world) for row in rows} == {
            row: _expected(row) for row in rows
        }

    def test_it_asks_for_a_token_where_reading_needs_one(self, anonymous, world, with_settings):
        with_settings(reads_require_token=True)
        expected = {row: {**_expected(row), "none": 401} for row in READS}
        assert {row: _statuses(anonymous, row, world) for row in READS} == expected

    def test_it_changes_nothing_for_who_is_refused(self, anonymous, world):
        before = anonymous.get("/teams").headers["Atlas-Version"]
        for row in WRITES:
            refused = {ADD: ("scope",), IMPORT: ("held",)}.get(TABLE[row][0], ("scope", "held"))
            for state in ("none", *BAD, *refused):
                _ask(anonymous, row, state, world[state])
        assert anonymous.get("/teams").headers["Atlas-Version"] == before

    def test_it_treats_head_as_get(self, anonymous, world):
        paths = {TABLE[row][1]: _expected(row) for row in ROWS if row[1] == "GET"}
        for path, expected in paths.items():
            for state in ("none", "malformed", "right"):
                answer = anonymous.open("HEAD", f"/{path}", token=world[state])
                assert (answer.status_code, answer.data) == (expected[state], b""), path

    def test_it_tells_the_methods_to_everyone(self, anonymous, world):
        for rule, _method in ROWS:
            answer = anonymous.open("OPTIONS", f"/{TABLE[rule, _method][1]}", token=world["malformed"])
            wanted = {method for other, method in ROWS if other == rule}
            assert (answer.status_code, wanted <= set(answer.allow)) == (200, True), rule


class TestRefusal:
    def test_it_says_how_to_send_a_token(self, anonymous):
        answer = anonymous.post("/teams", {})
        problem = assert_problem(answer, 401, "token_required")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "Authorization: Bearer" in problem["detail"]

    def test_it_challenges_whoever_sends_a_bad_token(self, anonymous, world):
        for state in BAD:
            answer = anonymous.get("/teams", token=world[state])
            assert_problem(answer, 401, "invalid_token")
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    def test_it_says_the_same_of_tokens_that_are_not_known(self, anonymous, world):
        answers = [anonymous.get("/teams", token=world[state]) for state in BAD[:4]]
        assert {answer.get_json()["detail"] for answer in answers} == {"This is not a good token."}

    def test_it_tells_the_holder_what_became_of_the_token(self, anonymous, world):
        details = [anonymous.get("/teams", token=world[state]).get_json()["detail"] for state in BAD[4:]]
        assert details == ["This token has ended. Make a new one.", "This token was revoked."]

    def test_it_names_the_scope_that_is_missing(self, anonymous, world):
        answer = anonymous.post("/teams", {}, token=world["scope"])
        problem = assert_problem(answer, 403, "insufficient_scope")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="write"'
        assert "write" in problem["detail"]

    def test_it_refuses_a_token_with_one_wrong_character(self, anonymous, secret):
        typos = [secret[:at] + ("A" if secret[at] != "A" else "B") + secret[at + 1 :] for at in range(52)]
        assert {anonymous.get("/teams", token=typo).status_code for typo in typos} == {401}

    def test_it_refuses_what_is_not_a_bearer_token(self, anonymous, secret):
        forms = (
            "",
            "Bearer",
            "Bearer ",
            "Basic dGE6dGE=",
            "{0}",
            "Token {0}",
            "Bearer {0} x",
            "Bearer {0},{0}",
        )
        for form in forms:
            answer = anonymous.get("/teams", headers={"Authorization": form.format(secret)})
            assert_problem(answer, 401, "invalid_token")

    def test_it_reads_the_scheme_in_any_case(self, anonymous, secret):
        headers = [{"Authorization": form + secret} for form in ("bearer ", "BEARER ", "Bearer   ")]
        assert {anonymous.get("/teams", headers=sent).status_code for sent in headers} == {200}

    def test_it_takes_no_token_from_the_query(self, anonymous, secret):
        assert_problem(anonymous.post(f"/teams?access_token={secret}", {}), 401, "token_required")


class Body(io.BytesIO):
    """A body that notes whether it is read."""

    is_read = False

    def read(self, *_size):
        self.is_read = True
        return b""

    readinto = readline = readlines = read


class TestOrder:
    def test_it_does_not_read_the_body_of_whom_it_refuses(self, anonymous, world):
        read = {}
        for state in ("none", *BAD, "scope", "right"):
            body, length = Body(), {"CONTENT_LENGTH": "1000", "CONTENT_TYPE": "application/json"}
            anonymous.open("POST", "/teams", token=world[state], input_stream=body, environ_overrides=length)
            read[state] = body.is_read
        assert read == {**dict.fromkeys(("none", *BAD, "scope"), False), "right": True}


class TestHeld:
    """A token that is held to the team core."""

    @pytest.fixture
    def held(self, app, world):
        return Client(app, world["held"])

    @pytest.fixture
    def body(self, world):
        return {"title": "Lints", "slug": "lints", "team": "core", "evidence": [{"source": "idle"}]}

    def test_it_writes_use_cases_of_its_team(self, held, body):
        answers = [
            held.post("/use-cases", body),
            held.patch("/use-cases/lints", {"title": "Formats"}),
            held.put("/use-cases/lints", body),
            held.post("/use-cases/lints/evidence", {"source": "unused"}),
            held.delete("/use-cases/lints"),
        ]
        assert [answer.status_code for answer in answers] == [201, 200, 200, 201, 204]

    def test_it_changes_the_record_of_its_team(self, held):
        assert held.patch("/teams/core", {"area": "Tools"}).status_code == 200

    def test_it_does_not_delete_its_team(self, held):
        assert_problem(held.delete("/teams/core"), 403)

    def test_it_does_not_give_a_use_case_away(self, held, body):
        held.post("/use-cases", body)
        problem = assert_problem(held.patch("/use-cases/lints", {"team": "idle"}), 403)
        assert "core" in problem["detail"]
        assert held.get("/use-cases/lints").get_json()["team"]["slug"] == "core"

    def test_it_does_not_take_a_use_case_over(self, held):
        assert_problem(held.patch("/use-cases/idle", {"team": "core"}), 403)

    @pytest.mark.parametrize("path", ["libraries", "purposes", "sources"])
    def test_it_adds_to_what_is_shared_and_changes_nothing_there(self, held, path):
        body = {"title": "New", "kind": "code"} if path == "sources" else {"name": "New"}
        assert held.put(f"/{path}/new", body).status_code == 201
        assert_problem(held.put(f"/{path}/new", {**body, "slug": "new"}), 403)
        assert_problem(held.delete(f"/{path}/new"), 403)

    def test_it_writes_nothing_once_its_team_is_gone(self, held, client):
        client.delete("/teams/core")
        problem = assert_problem(held.post("/teams", {"name": "core", "organization": "idle"}), 403)
        assert "no team that is left" in problem["detail"]


class TestSecrecy:
    def test_it_shows_no_secret_anywhere(self, client, world, secret, database, log_lines):
        answers = [_ask(client, row, "right", secret) for row in ROWS]
        answers += [client.get(f"/teams/{secret}"), client.get(f"/teams?{secret}=1")]
        kept = secret[14:]
        shown = [answer.get_data(as_text=True) + str(answer.headers) for answer in answers[:-2]]
        assert not any(kept in text for text in shown)
        assert kept not in log_lines()
        assert kept not in _dump(database)


def _dump(database):
    with database.reading() as connection:
        return str([connection.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables])
