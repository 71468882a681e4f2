import json
import logging

import pytest

from app.schemas.records import shape_of
from tests.api.hostile_values import SCHEMAS, bad_values_for, members_of
from tests.client import assert_problem, slugs

CANARY = "canary-7f3a"
WRITTEN = {
    "organizations": {"name": "New"},
    "teams": {"name": "New", "organization": "idle"},
    "libraries": {"name": "New"},
    "purposes": {"name": "New"},
    "sources": {"title": "New", "kind": "article"},
    "use-cases": {
        "title": "New",
        "team": "idle",
        "purposes": [],
        "usages": [{"library": "idle"}],
        "evidence": [{"source": "idle", "mentions": []}],
    },
    "use-cases/idle/evidence": {"source": "idle", "section": "Tools", "mentions": []},
}
PATHS = list(WRITTEN)


@pytest.fixture
def world(make):
    """One record of each kind, called idle."""
    make.organization(slug="idle", name="idle")
    make.library(slug="idle", name="idle")
    make.purpose(slug="idle", name="idle")
    make.source(slug="idle", title="idle")
    make.team(slug="idle", name="idle", organization="idle")
    make.use_case(slug="idle", team="idle", library="idle", evidence=[{"source": "idle"}])


@pytest.fixture
def unchanged(client, world):
    """Fails when the test has changed anything."""
    before = client.get("/teams").headers["Atlas-Version"]
    yield
    assert client.get("/teams").headers["Atlas-Version"] == before


def _with(body, place, value):
    """Put a value into a body, as JSON text, so that it can be what no Python value is."""
    marked = json.loads(json.dumps(body))
    holder = marked
    for step in place[:-1]:
        if isinstance(holder, list):
            holder = holder[0]
        else:
            holder = holder.setdefault(step, [{}] if step in {"usages", "evidence"} else [])
    if isinstance(holder, list) and isinstance(place[-1], int):
        holder[:] = ["@@"]
    else:
        holder[place[-1]] = "@@"
    return json.dumps(marked).replace('"@@"', value)


def _send(client, method, path, text):
    return client.open(method, path, data=text.encode(), content_type="application/json")


class TestMembers:
    @pytest.mark.parametrize("path", PATHS)
    def test_the_body_that_they_are_put_into_is_a_good_one(self, client, world, path):
        assert client.post(f"/{path}", WRITTEN[path]).status_code == 201

    @pytest.mark.parametrize("path", PATHS)
    def test_no_bad_value_is_taken(self, client, unchanged, path):
        taken = []
        for place, field in members_of(path):
            for value in bad_values_for(field):
                answer = _send(client, "POST", f"/{path}", _with(WRITTEN[path], place, value))
                if (answer.status_code, answer.content_type) != (422, "application/problem+json"):
                    taken.append((place, value[:40], answer.status_code))
        assert taken == []

    @pytest.mark.parametrize("path", PATHS[:-1])
    def test_no_bad_value_is_patched_in(self, client, unchanged, path):
        taken = []
        for place, field in members_of(path):
            # null is no bad value here: it sets a member back to its default.
            for value in bad_values_for(field) if len(place) == 1 else ():
                answer = _send(client, "PATCH", f"/{path}/idle", f'{{"{place[0]}": {value}}}')
                if answer.status_code != 422 and value != "null":
                    taken.append((place, value[:40], answer.status_code))
        assert taken == []

    @pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    @pytest.mark.parametrize("path", PATHS)
    def test_no_member_takes_what_is_no_number(self, client, unchanged, path, constant):
        for place, _field in members_of(path):
            answer = _send(client, "POST", f"/{path}", _with(WRITTEN[path], place, constant))
            assert_problem(answer, 400, "bad_json")

    def test_a_name_may_have_200_characters_and_no_more(self, client):
        assert client.post("/organizations", {"name": "é" * 200}).status_code == 201
        problem = assert_problem(client.post("/organizations", {"name": "a" * 201}), 422, pointer="/name")
        assert "200" in problem["detail"]


class TestMassAssignment:
    SERVER_SET = (
        "id",
        "owner",
        "scopes",
        "search_text",
        "name_key",
        "team_id",
        "is_slug",
        "__class__",
        "_sa_state",
    )

    @pytest.mark.parametrize("path", PATHS)
    def test_it_refuses_what_only_the_server_sets(self, client, unchanged, path):
        own = [name for name, field in shape_of(SCHEMAS[path]).fields.items() if field.dump_only]
        for name in {*own, *self.SERVER_SET}:
            assert_problem(client.post(f"/{path}", {**WRITTEN[path], name: 1}), 422, pointer=f"/{name}")

    @pytest.mark.parametrize("path", PATHS[:-1])
    def test_it_refuses_them_in_a_patch(self, client, unchanged, path):
        own = [name for name, field in shape_of(SCHEMAS[path]).fields.items() if field.dump_only]
        for name in {*own, *self.SERVER_SET}:
            assert_problem(client.patch(f"/{path}/idle", {name: 1}), 422, pointer=f"/{name}")

    def test_it_refuses_them_inside_evidence(self, client, unchanged):
        for name in ("id", "check", "checked_at", "use_case_id"):
            body = {**WRITTEN["use-cases"], "evidence": [{"source": "idle", name: 1}]}
            assert_problem(client.post("/use-cases", body), 422, pointer=f"/evidence/0/{name}")

    @pytest.mark.parametrize("path", PATHS[:-1])
    def test_a_put_passes_over_what_it_was_given_by_a_get(self, client, world, path):
        given = client.get(f"/{path}/idle").get_json()
        answer = client.put(f"/{path}/idle", {**given, "revision": 99, "created_at": "1970-01-01T00:00:00Z"})
        assert answer.get_json() == given


class TestUrls:
    WORDS = (
        "%00", "a%00b", "%ff", "%ed%a0%80", "%0d%0aX-Injected:%201", "%1b%5b2J", "..",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "'", "'%20OR%20'1'='1", "%22;DROP%20TABLE%20team;--", "%25", "_",
        "%5c", "-1", "9223372036854775808", "$%7bjndi%7d", "%3cscript%3e", "%e2%80%ae", "%f0%9f%92%a9",
        "%25a" * 500, "a" * 5_000, "9" * 30,
    )  # fmt: skip

    @pytest.mark.parametrize("path", PATHS[:-1])
    def test_no_word_in_a_path_is_more_than_unknown(self, client, unchanged, path):
        for word in self.WORDS:
            for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"slug": "idle"})):
                answer = client.open(method, f"/{path}/{word}", json=body)
                assert_problem(answer, 404)
                assert "X-Injected" not in answer.headers

    @pytest.mark.parametrize("path", PATHS[:-1])
    def test_a_put_makes_no_record_of_a_slug_that_is_none(self, client, unchanged, path):
        for word in ("%00", "a%00b", "%ff", "%1b", "A", "a--b", "-a", "a_b", "a" * 81, "'", "é"):
            assert client.put(f"/{path}/{word}", WRITTEN[path]).status_code in {404, 422}

    def test_ids_beyond_any_integer_are_not_found(self, client, unchanged):
        for number in (0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30, "9" * 4000):
            assert_problem(client.get(f"/use-cases/idle/evidence/{number}"), 404)
            assert_problem(client.delete(f"/use-cases/idle/evidence/{number}"), 404)

    def test_no_parameter_falls_over(self, seeded):
        for name in (
            "q",
            "team",
            "library",
            "area",
            "cursor",
            "sort",
            "fields",
            "expand",
            "used_on",
            "stale",
            "role",
        ):
            for word in self.WORDS:
                answer = seeded.get(f"/use-cases?{name}={word}&limit=1")
                expected = {400} if word in {"%ff", "%ed%a0%80"} else {200, 422}
                assert answer.status_code in expected, (name, word)

    def test_patterns_match_nothing_but_themselves(self, seeded):
        for text in ("%25", "__", "%5c", "%25_%25", "%5c%25", "[a-z]", "*", ".*"):
            assert seeded.get(f"/libraries?q={text}&fields=slug").get_json()["total"] == 0, text

    def test_a_quote_in_a_filter_is_text(self, client, world):
        for text in ("'", "idle' OR '1'='1", 'idle" --', "idle'; DROP TABLE team; --", "idle) OR (1=1"):
            assert client.get("/teams", query_string={"organization": text}).get_json()["total"] == 0
        assert client.get("/teams").get_json()["total"] == 1

    def test_a_pattern_of_many_signs_is_refused_or_answered(self, seeded):
        for text in ("%a" * 100, "%" * 200, "_" * 200, "\\" * 200):
            assert seeded.get("/use-cases", query_string={"q": text}).status_code == 200
        assert_problem(seeded.get("/use-cases", query_string={"q": "%a" * 30_000}), 422, parameter="q")


class TestHeaders:
    @pytest.mark.parametrize("mask", ["\xa0", "T!N", "{", "{slug", "slug", "*", "{*}", ""])
    def test_x_fields_changes_nothing(self, seeded, mask):
        plain = seeded.get("/libraries/numpy")
        masked = seeded.get("/libraries/numpy", headers={"X-Fields": mask})
        assert (masked.status_code, masked.data) == (200, plain.data)

    @pytest.mark.parametrize(
        "value", ["\x1b[2J", "'; DROP TABLE team; --", "\xff\xfe", "a" * 5_000, '"', "W/", "W/*", ",,,"]
    )
    def test_no_header_falls_over(self, client, world, value):
        for name in (
            "If-None-Match",
            "If-Match",
            "Accept",
            "Origin",
            "Range",
            "Cookie",
            "X-Forwarded-Host",
            "Referer",
        ):
            answer = client.patch("/teams/idle", {}, headers={name: value})
            assert answer.status_code in {200, 406, 412}, name

    def test_the_log_has_one_line_of_json_an_event(self, client, log_lines):
        logging.getLogger("atlas").warning(
            "a\r\nb\x1b[2J\u2028", extra={"event": {"slug": "\r\n\x1b[2J\u2028"}}
        )
        assert len(log_lines().splitlines()) == 1
        assert json.loads(log_lines())["slug"] == "\r\n\x1b[2J\u2028"
        assert "\x1b" not in log_lines()


class TestEncoding:
    @pytest.mark.parametrize("escape", ["%ff", "%C0%80", "%ED%A0%80", "%F5%80%80%80", "%e2%28%a1"])
    @pytest.mark.parametrize("path", ["/search?q=", "/libraries?q=a", "/use-cases?team=", "/lookup?name="])
    def test_a_query_that_is_not_utf_8_is_refused(self, client, path, escape):
        assert_problem(client.get(f"{path}{escape}"), 400, "bad_request")

    def test_one_that_is_utf_8_is_read(self, client, make):
        make.library(name="Caf\u00e9", slug="coffee")
        assert slugs(client.get("/libraries?q=caf%C3%A9")) == ["coffee"]


class TestEcho:
    @pytest.mark.parametrize("path", PATHS)
    def test_no_error_shows_what_was_sent(self, client, unchanged, path):
        for place, field in members_of(path):
            value = (
                json.dumps(CANARY + "\x00" + "x" * 20_000)
                if not hasattr(field, "inner")
                else f'["{CANARY}\\u0000"]'
            )
            answer = _send(client, "POST", f"/{path}", _with(WRITTEN[path], place, value))
            assert answer.status_code == 422
            assert CANARY not in answer.get_data(as_text=True), place

    @pytest.mark.parametrize(
        "body", [f'{{"name": "{CANARY}"', f'{{"{CANARY}": NaN}}', f'"{CANARY}"', f'["{CANARY}"]']
    )
    def test_no_error_shows_a_body_that_is_no_object(self, client, unchanged, body):
        answer = _send(client, "POST", "/organizations", body)
        assert answer.status_code in {400, 422}
        assert CANARY not in answer.get_data(as_text=True)
