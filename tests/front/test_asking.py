"""app/front/asking.py"""

import pytest

from app.front.asking import Asked
from tests.front.exchange import scope


def asked(*arguments, is_behind_proxy=False, **words):
    return Asked(scope(*arguments, **words), is_behind_proxy=is_behind_proxy)


class TestKey:
    @pytest.mark.parametrize(
        "other",
        [
            {"path": "/api/v1/libraries"},
            {"query": "limit=1"},
            {"host": "other.example"},
            {"accept": "text/csv"},
        ],
    )
    def test_what_changes_the_answer_changes_it(self, other):
        assert asked().key != asked(**other).key

    def test_what_does_not_change_the_answer_leaves_it(self):
        assert asked().key == asked(method="HEAD", user_agent="x", if_none_match='"a"', x_request_id="y").key

    def test_a_proxy_is_believed_only_where_there_is_one(self):
        told = {"x_forwarded_host": "atlas.example"}
        assert asked(**told).key == asked().key
        assert asked(is_behind_proxy=True, **told).key != asked(is_behind_proxy=True).key

    def test_who_a_proxy_speaks_for_is_no_part_of_it(self):
        told = {"x_forwarded_for": "192.0.2.1"}
        assert asked(is_behind_proxy=True, **told).key == asked(is_behind_proxy=True).key


class TestRepeatable:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_reading_is(self, method):
        assert asked(method=method).is_repeatable

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def test_nothing_else_is(self, method):
        assert not asked(method=method).is_repeatable

    @pytest.mark.parametrize(
        "header", ["authorization", "transfer_encoding", "expect", "upgrade", "content_length"]
    )
    def test_a_request_of_its_own_kind_is_not(self, header):
        assert not asked(**{header: "1"}).is_repeatable

    def test_a_token_is_noted(self):
        assert asked(authorization="Bearer x").has_token
        assert not asked(expect="100-continue").has_token


class TestNumbers:
    @pytest.mark.parametrize(("given", "length"), [("12", 12), ("", 0), ("-1", 0), ("1e3", 0)])
    def test_a_length_is_a_whole_number(self, given, length):
        assert asked(content_length=given).length == length

    @pytest.mark.parametrize(("given", "version"), [("7", 7), ("x", 2**63), ("9" * 30, 2**63)])
    def test_a_version_that_is_none_is_never_seen(self, given, version):
        assert asked(atlas_min_version=given).min_version == version


class TestRequestId:
    def test_a_good_one_is_kept(self):
        assert asked(x_request_id="abc-1").request_id == b"abc-1"

    @pytest.mark.parametrize("given", ["", "a b", "x" * 101, "a\r\nb"])
    def test_another_one_is_replaced(self, given):
        made = asked(x_request_id=given).request_id
        assert made != given.encode()
        assert len(made) == 32
