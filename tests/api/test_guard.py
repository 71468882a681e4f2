import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from app.api.guard import API_POLICY, METHODS, Guard
from tests.client import assert_problem

PATHS = ("/", "/livez", "/docs", "/api/v1/teams", "/api/v1/teams/none", "/nowhere", "/problems/none")
BAD_HOSTS = [
    "", " ", ".", "..", "a..b", ".a", "-a", "a-", "a.-b", "a b", "a\tb", "a/b", "a\\b", "a?b", "a#b", "a@b",
    "a,b", "a;b", "a%41", "user:secret@a", "http://a", "a:", "a:b", "a:-1", "a:65536", "a:123456",
    "a:80:80", "[::1", "::1]", "[]", "[::1]x", "[g::1]", "[::1]:b", "é", "a\x00", "a\r", "a\n", "*", "$(id)",
    "<b>", "'", '"', "a" * 64, f"{'a' * 63}." * 4 + "a", "a" * 300,
]  # fmt: skip
GOOD_HOSTS = (
    "a",
    "a.b",
    "a.b.",
    "localhost:8000",
    "127.0.0.1",
    "[::1]",
    "[::1]:80",
    "xn--e1afmkfd.example",
    "a_b",
)


def ask(app, method="GET", path="/livez", drop=(), **environ):
    """Send a request as a server would hand it over, also one that no client would make."""
    built = EnvironBuilder(path, method=method).get_environ()
    made = {name: value for name, value in {**built, **environ}.items() if name not in drop}
    return TestResponse(*run_wsgi_app(app, made, buffered=True), Request(built))


class TestHost:
    @pytest.mark.parametrize("host", BAD_HOSTS)
    def test_it_refuses_a_malformed_one_on_every_url(self, app, host):
        for path in PATHS:
            problem = assert_problem(ask(app, path=path, HTTP_HOST=host), 400, "bad_host")
            assert problem["instance"] == path

    @pytest.mark.parametrize("host", GOOD_HOSTS)
    def test_it_takes_a_well_formed_one(self, app, host):
        assert ask(app, path="/api/v1/teams", HTTP_HOST=host).status_code == 200

    def test_it_refuses_a_request_without_one(self, app):
        assert_problem(ask(app, drop=["HTTP_HOST"]), 400, "bad_host")

    def test_it_lets_http_1_0_go_without(self, app):
        assert ask(app, drop=["HTTP_HOST"], SERVER_PROTOCOL="HTTP/1.0").status_code == 200

    @pytest.mark.parametrize(
        ("host", "status"), [("atlas.example", 200), ("ATLAS.example:80", 200), ("other.example", 400)]
    )
    def test_it_answers_for_allowed_ones_only(self, app, host, status):
        assert ask(Guard(app, ["atlas.example"]), HTTP_HOST=host).status_code == status

    def test_it_wants_an_allowed_one_of_http_1_0_too(self, app):
        guard = Guard(app, ["atlas.example"])
        assert_problem(ask(guard, drop=["HTTP_HOST"], SERVER_PROTOCOL="HTTP/1.0"), 400, "bad_host")


class TestBody:
    @pytest.mark.parametrize("coding", ["chunked", "gzip, chunked", "identity", "", "xchunked"])
    @pytest.mark.parametrize("method", ["POST", "GET"])
    def test_it_refuses_one_of_unknown_length(self, app, method, coding):
        answer = ask(app, method, "/api/v1/teams", HTTP_TRANSFER_ENCODING=coding)
        assert_problem(answer, 411, "length_required")
        assert answer.headers["Connection"] == "close"


class TestMethod:
    @pytest.mark.parametrize(
        "method", ["TRACE", "CONNECT", "PROPFIND", "QUERY", "get", "Post", "X\x00", "BREW"]
    )
    def test_it_refuses_what_the_atlas_does_not_know(self, app, method):
        answer = ask(app, "GET", "/api/v1/teams", REQUEST_METHOD=method)
        assert_problem(answer, 405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(", ")) == METHODS

    @pytest.mark.parametrize(
        ("path", "method"), [("/livez", "POST"), ("/api/v1/teams", "DELETE"), ("/api/v1/teams/a", "POST")]
    )
    def test_it_tells_what_a_url_takes_instead(self, client, path, method):
        answer = client.open(method, f"/{path}")
        assert_problem(answer, 405, "method_not_allowed")
        assert method not in answer.allow
        assert {"GET", "HEAD", "OPTIONS"} <= set(answer.allow)

    def test_it_sends_no_body_to_head(self, app):
        answer = ask(app, "HEAD", HTTP_HOST="a..b")
        assert (answer.status_code, answer.data) == (400, b"")


class TestRequestId:
    @pytest.mark.parametrize("given", ["a", "a1B2-_.~", "x" * 100])
    def test_it_takes_the_one_that_is_given(self, anonymous, given):
        for path in PATHS:
            answer = anonymous.get(f"/{path}", headers={"X-Request-Id": given})
            assert answer.headers["X-Request-Id"] == given

    @pytest.mark.parametrize("given", ["", "x" * 101, "a b", "é", "a;b", '"', "\x1b[2J", "<b>"])
    def test_it_makes_one_in_place_of_a_bad_one(self, app, given):
        made = ask(app, HTTP_X_REQUEST_ID=given).headers["X-Request-Id"]
        assert len(made) == 32
        assert made.isalnum()

    def test_it_makes_another_one_each_time(self, anonymous):
        assert len({anonymous.get("//livez").headers["X-Request-Id"] for _ in range(20)}) == 20

    def test_it_stands_in_a_refusal_by_the_guard_too(self, app):
        problem = assert_problem(ask(app, HTTP_HOST="a..b", HTTP_X_REQUEST_ID="mine"), 400)
        assert problem["request_id"] == "mine"


def _assert_safe(answer):
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected
    policies = answer.headers.getlist("Content-Security-Policy")
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "frame-ancestors 'none'" in policies[0]
    assert "Server" not in answer.headers


class TestHeaders:
    def test_they_stand_on_every_answer(self, client):
        for path in PATHS:
            for method in sorted(METHODS):
                _assert_safe(client.open(method, f"/{path}"))

    @pytest.mark.parametrize(
        "environ", [{"HTTP_HOST": "a..b"}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"REQUEST_METHOD": "BREW"}]
    )
    def test_they_stand_on_what_the_guard_refuses(self, app, environ):
        _assert_safe(ask(app, **environ))

    def test_the_api_runs_nothing_in_a_browser(self, anonymous):
        assert anonymous.get("/teams").headers["Content-Security-Policy"] == API_POLICY

    def test_errors_are_not_kept_by_caches(self, client):
        answers = [
            client.get("/teams/none"),
            client.get("/teams?x=1"),
            client.post("/teams"),
            client.get("//no"),
        ]
        assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}

    def test_what_a_token_sees_is_not_kept_either(self, client, secret):
        answer = client.get("/teams", token=secret)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert {"Authorization", "Accept"} <= set(answer.vary.to_header().split(", "))
