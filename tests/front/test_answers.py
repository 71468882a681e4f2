"""app/front/answers.py"""

import pytest

from app.front.answers import Answers, Stored

HEADERS = [(b"etag", b'"a-1"'), (b"content-type", b"application/json"), (b"x-request-id", b"one")]


def keep(answers, key="k", version=1, body=b"{}"):
    answers.keep(key, (version, 0), HEADERS, body)


class TestFind:
    def test_it_gives_what_was_kept_at_the_very_version(self):
        answers = Answers(100_000)
        keep(answers, body=b"[1]")
        assert answers.find("k", (1, 0)).body == b"[1]"

    @pytest.mark.parametrize("version", [0, 2])
    def test_it_gives_nothing_of_another_version(self, version):
        answers = Answers(100_000)
        keep(answers)
        assert answers.find("k", (version, 0)) is None

    def test_it_leaves_out_headers_of_one_answer_alone(self):
        answers = Answers(100_000)
        keep(answers)
        assert b"x-request-id" not in dict(answers.find("k", (1, 0)).whole.headers)


class TestKeep:
    def test_a_later_version_ends_the_earlier_ones(self):
        answers = Answers(100_000)
        keep(answers, "old", 1)
        keep(answers, "new", 2)
        assert answers.find("old", (2, 0)) is None
        assert answers.find("new", (2, 0))

    def test_an_earlier_version_comes_too_late(self):
        answers = Answers(100_000)
        keep(answers, "new", 2)
        keep(answers, "old", 1)
        assert answers.find("old", (2, 0)) is None
        assert answers.find("new", (2, 0))

    def test_what_was_not_asked_for_the_longest_time_goes_first(self):
        answers = Answers(10_000)
        for key in "abcdefghij":
            keep(answers, key, body=b"x" * 900)
            answers.find("a", (1, 0))
        assert answers.find("a", (1, 0))
        assert answers.find("b", (1, 0)) is None
        assert answers.find("j", (1, 0))

    def test_what_takes_more_than_its_share_is_not_kept(self):
        answers = Answers(10_000)
        keep(answers, body=b"x" * 3_000)
        assert answers.find("k", (1, 0)) is None

    def test_a_whole_answer_takes_the_place_of_one_that_the_client_had(self):
        answers = Answers(100_000)
        keep(answers, body=None)
        keep(answers, body=b"{}")
        assert answers.find("k", (1, 0)).body == b"{}"


class TestIsKnownBy:
    @pytest.mark.parametrize("given", ['"a-1"', 'W/"a-1"', '"b", "a-1"', "*"])
    def test_it_is_by_who_names_its_etag(self, given):
        assert Stored(HEADERS, b"").is_known_by(given.encode())

    @pytest.mark.parametrize("given", ['"a-2"', "a-1x", '"b"'])
    def test_it_is_not_by_others(self, given):
        assert not Stored(HEADERS, b"").is_known_by(given.encode())

    @pytest.mark.parametrize("given", ["*", '"a"', ""])
    def test_nobody_knows_what_has_none(self, given):
        assert not Stored([], b"").is_known_by(given.encode())
