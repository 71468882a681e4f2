import gzip
import json

import pytest

from app.errors import BadRequest
from app.formats.strict_json import parse_json
from tests.client import assert_problem

# The empty organization body, and what may stand in the place of a name.
BODY = '{"name": %s}'


def send(client, body, *, path="/organizations", method="POST", content_type="application/json", **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(method, path, data=body, content_type=content_type, headers=sent)


def nested(levels, opening="[", closing="]"):
    return (opening * levels + closing * levels).encode()


class TestJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" ",
            b"{",
            b"}",
            b'{"name": "a"',
            b'{"name": "a"} x',
            b'{"name": "a",}',
            b"{'name': 'a'}",
            b"{name: 1}",
            b"// x\n{}",
            b'{"name": NaN}',
            b'{"name": Infinity}',
            b'{"name": -Infinity}',
            b'{"name": 1e999}',
            b'{"name": -1e999}',
            b'{"name": 01}',
            b'{"name": +1}',
            b'{"name": 1.}',
            b'{"name": 0x1}',
            b'{"name": "a\nb"}',
            b'{"name": "\\x"}',
            b'{"name": "a", "name": "b"}',
            b'{"name": {"a": 1, "a": 1}}',
            b'{"name": "a", "\\u006eame": "b"}',
            b'{"name": ' + b"9" * 5_000 + b"}",
            b'{"name": "\xff"}',
            b'{"name": "\xed\xa0\x80"}',
            b'{"name": "\xc0\xaf"}',
            '{"name": "a"}'.encode("utf-16"),
            '{"name": "a"}'.encode("utf-16-le"),
            '{"name": "a"}'.encode("utf-32"),
            b"\xef\xbb\xbf" + b'{"name": "a"}',
            b"\x00",
        ],
        ids=lambda body: repr(body[:24]),
    )
    def test_it_refuses_what_is_not_json(self, client, body):
        assert_problem(send(client, body), 400, "bad_json")

    @pytest.mark.parametrize("brackets", ["[]", '{"a":}'.replace('"a":', "")])
    @pytest.mark.parametrize("levels", [33, 1_000, 100_000])
    def test_it_refuses_what_is_nested_too_deeply(self, client, brackets, levels):
        assert_problem(send(client, nested(levels, *brackets)), 400, "too_deep")

    def test_it_refuses_deep_objects(self, client):
        body = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
        assert_problem(send(client, body), 400, "too_deep")

    def test_it_refuses_deep_nesting_that_is_not_closed(self, client):
        assert_problem(send(client, b"[" * 100_000), 400, "too_deep")

    def test_it_takes_32_levels(self):
        assert parse_json(nested(32)) == json.loads(nested(32))

    def test_it_counts_no_brackets_inside_strings(self, client):
        body = BODY % json.dumps("[{" * 50 + '\\"[[')
        assert send(client, body.encode()).status_code == 201

    @pytest.mark.parametrize("text", ['"', '"\\', '{"name": "', '"a\\"'])
    def test_it_refuses_a_string_of_a_mebibyte_that_does_not_end(self, client, text):
        body = (text + '\\"[' * 400_000)[:1_048_000].encode()
        assert_problem(send(client, body), 400, "bad_json")

    @pytest.mark.parametrize("body", [b"[]", b'[{"name": "a"}]', b'"a"', b"1", b"null", b"true"])
    def test_it_wants_an_object(self, client, body):
        assert_problem(send(client, body), 422, "invalid", pointer="")

    def test_it_takes_blanks_around_an_object(self, client):
        assert send(client, b' \r\n\t{"name": "a"}\n ').status_code == 201

    def test_it_does_not_say_what_it_was_given(self):
        with pytest.raises(BadRequest) as caught:
            parse_json(b'{"password": hunter2}')
        assert "hunter2" not in caught.value.detail


class TestMediaType:
    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "",
            "text/plain",
            "text/json",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/merge-patch+json",
            "application/json; charset=latin-1",
            "application/json; charset=utf-16",
            "application/json, application/json",
        ],
    )
    def test_it_refuses_another_one_and_tells_the_right_header(self, client, content_type):
        problem = assert_problem(send(client, b'{"name": "a"}', content_type=content_type), 415)
        assert "-H 'Content-Type: application/json'" in problem["detail"]

    def test_it_tells_the_header_of_a_patch(self, client, make):
        make.organization(slug="acme")
        answer = send(client, b"{}", path="/organizations/acme", method="PATCH", content_type="text/plain")
        assert "application/merge-patch+json" in assert_problem(answer, 415)["detail"]

    @pytest.mark.parametrize("content_type", ["application/json", "application/merge-patch+json"])
    def test_it_takes_both_for_a_patch(self, client, make, content_type):
        make.organization(slug="acme")
        options = {"path": "/organizations/acme", "method": "PATCH", "content_type": content_type}
        assert send(client, b'{"name": "Acme"}', **options).status_code == 200

    @pytest.mark.parametrize(
        "content_type",
        ["application/json; charset=utf-8", "APPLICATION/JSON;charset=UTF8", "application/json;x=y"],
    )
    def test_it_takes_other_spellings_of_the_right_one(self, client, content_type):
        assert send(client, b'{"name": "a"}', content_type=content_type).status_code == 201

    def test_it_refuses_what_is_compressed(self, client):
        answer = send(client, gzip.compress(b'{"name": "a"}'), Content_Encoding="gzip")
        assert_problem(answer, 415)

    def test_it_refuses_xml_everywhere(self, client, make):
        make.organization(slug="acme")
        places = [
            ("POST", "/organizations"),
            ("PUT", "/organizations/acme"),
            ("PATCH", "/organizations/acme"),
        ]
        for method, path in places:
            answer = send(client, b"<!DOCTYPE a>", path=path, method=method, content_type="application/xml")
            assert_problem(answer, 415)


class TestSize:
    def test_it_refuses_a_body_beyond_the_limit(self, client):
        assert_problem(send(client, BODY.encode() + b" " * 1_048_576), 413, "content_too_large")

    def test_it_refuses_an_announced_length_unread(self, client):
        options = {"content_type": "application/json", "environ_overrides": {"CONTENT_LENGTH": str(10**12)}}
        assert_problem(client.post("/organizations", **options), 413, "content_too_large")

    def test_it_takes_a_body_of_just_the_limit(self, client):
        body = b'{"name": "a"}'
        assert send(client, body + b" " * (1_048_576 - len(body))).status_code == 201


class TestQuery:
    def test_it_offers_the_parameter_that_was_meant(self, anonymous):
        problem = assert_problem(anonymous.get("/teams?organisation=a"), 422, parameter="organisation")
        assert problem["errors"][0]["code"] == "unknown_parameter"
        assert "Did you mean organization?" in problem["detail"]

    def test_it_offers_nothing_where_nothing_is_near(self, anonymous):
        problem = assert_problem(anonymous.get("/teams?xyzzy=1"), 422, parameter="xyzzy")
        assert "Did you mean" not in problem["detail"]

    def test_it_takes_no_parameter_where_there_is_none(self, client, make):
        make.team(slug="core", name="Core")
        assert_problem(client.post("/teams?dry_run=true", {}), 422, parameter="dry_run")
        assert_problem(client.delete("/teams/core?force=true"), 422, parameter="force")

    @pytest.mark.parametrize(
        "query", ["limit=1&limit=2", "limit=1&limit=1", "q=a&q=b", "sort=name&sort=slug"]
    )
    def test_it_refuses_a_single_parameter_given_twice(self, anonymous, query):
        name = query.partition("=")[0]
        problem = assert_problem(anonymous.get(f"/teams?{query}"), 422, parameter=name)
        assert problem["errors"][0]["code"] == "given_twice"

    def test_it_tells_all_that_is_wrong_at_once(self, anonymous):
        problem = assert_problem(anonymous.get("/teams?limit=0&total=maybe&sort=x&y=1&q=a&q=b"), 422)
        names = {error["parameter"] for error in problem["errors"]}
        assert names == {"limit", "total", "sort", "y", "q"}

    @pytest.mark.parametrize(
        "limit",
        [
            "0",
            "201",
            "-1",
            "1.0",
            "1e1",
            "+1",
            " 1",
            "\u0661",
            "²",
            "0x1",
            "",
            "9" * 30,
            "9" * 5000,
            "nan",
            "true",
        ],
    )
    def test_it_refuses_a_limit_that_is_none(self, anonymous, limit):
        problem = assert_problem(
            anonymous.get("/teams", query_string={"limit": limit}), 422, parameter="limit"
        )
        assert "1 to 200" in problem["detail"]

    def test_it_names_the_parameter_of_one_bad_value_among_several(self, anonymous):
        assert_problem(anonymous.get("/libraries?kind=library&kind=x"), 422, parameter="kind")

    @pytest.mark.parametrize("version", ["x", "-1", "1.5", "٣", "9" * 19, "1,2"])
    def test_it_refuses_a_version_that_is_none(self, anonymous, version):
        answer = anonymous.get("/teams", headers={"Atlas-Min-Version": version.encode().decode("latin-1")})
        assert_problem(answer, 422, parameter="Atlas-Min-Version")

    def test_it_says_when_it_has_not_seen_a_version(self, anonymous):
        answer = anonymous.get("/teams", headers={"Atlas-Min-Version": "999999"})
        assert_problem(answer, 503, "behind")
        assert int(answer.headers["Retry-After"]) > 0


class TestAccept:
    @pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0", "image/*"])
    def test_it_says_what_can_be_had(self, anonymous, accept):
        problem = assert_problem(anonymous.get("/organizations/x", headers={"Accept": accept}), 406)
        assert problem["available"] == ["application/json"]

    @pytest.mark.parametrize("accept", ["*/*", "application/*", "application/json", "text/html, */*;q=0.1"])
    def test_it_answers_who_takes_json(self, anonymous, accept):
        assert anonymous.get("/organizations", headers={"Accept": accept}).status_code == 200
