"""How much one client may ask, and what it is told."""

import pytest

from app.api import limits
from app.api.limits import Buckets, Policy
from tests.client import assert_problem

AWAY = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
FIVE = Policy("writes", 5, 60)


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(app):
    """The clock of the application's buckets, which are full."""
    clock = Clock()
    app.extensions["buckets"] = Buckets(clock)
    yield clock
    app.extensions["buckets"] = Buckets()


@pytest.fixture
def limited(with_settings, clock):
    """Sets limits, for one worker."""
    return lambda **changes: with_settings(workers=1, **changes)


class TestBuckets:
    def test_they_give_so_many_and_then_one_after_another(self):
        clock = Clock()
        buckets = Buckets(clock)
        assert [buckets.take(FIVE, "a", 1)[0] for _ in range(5)] == [4, 3, 2, 1, 0]
        assert buckets.take(FIVE, "a", 1) == (0, pytest.approx(12.0))
        clock.now += 12
        assert [buckets.take(FIVE, "a", 1)[1] > 0 for _ in range(2)] == [False, True]

    def test_each_client_has_its_own(self):
        buckets = Buckets(Clock())
        assert [buckets.take(FIVE, client, 1)[0] for client in "ab"] == [4, 4]

    def test_each_worker_gives_its_share(self):
        buckets = Buckets(Clock())
        assert [buckets.take(FIVE, "a", 2)[1] > 0 for _ in range(4)] == [False, False, False, True]

    def test_to_look_takes_nothing(self):
        buckets = Buckets(Clock())
        assert [buckets.take(FIVE, "a", 1, 0) for _ in range(9)] == [(5, 0.0)] * 9

    def test_those_that_are_full_again_are_forgotten(self, monkeypatch):
        monkeypatch.setattr(limits, "_MOST_CLIENTS", 10)
        clock = Clock()
        buckets = Buckets(clock)
        for number in range(100):
            buckets.take(FIVE, str(number), 1)
            clock.now += 60
        assert len(buckets._full_at) <= 11


class TestRequests:
    def test_a_token_writes_so_much(self, client, limited):
        limited(writes_per_minute=2)
        answers = [client.post("/purposes", {"name": f"Nr {number}"}, **AWAY) for number in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert_problem(answers[2], 429, "too_many_requests")
        assert answers[2].headers["Retry-After"] == "30"
        assert answers[0].headers["RateLimit-Policy"] == '"writes";q=2;w=60'
        assert answers[0].headers["RateLimit"] == '"writes";r=1;t=0'

    def test_imports_count_by_themselves(self, client, limited):
        limited(imports_per_hour=1)
        answers = [client.post("/import", {"purposes": []}, **AWAY) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert client.post("/purposes", {"name": "Linting"}, **AWAY).status_code == 201

    def test_an_address_reads_so_much_without_a_token(self, anonymous, secret, limited):
        limited(reads_per_minute=1)
        assert [anonymous.get("/teams", **AWAY).status_code for _ in range(2)] == [200, 429]
        assert anonymous.get("/teams", token=secret, **AWAY).status_code == 200

    def test_an_address_guesses_so_much(self, anonymous, secret, limited, clock):
        limited(bad_tokens_per_minute=3)
        answers = [anonymous.get("/teams", token="ta_x", **AWAY).status_code for _ in range(5)]
        assert answers == [401, 401, 401, 429, 429]
        assert anonymous.get("/teams", token=secret, **AWAY).status_code == 429
        assert anonymous.get("/teams", **AWAY).status_code == 200
        clock.now += 20
        assert anonymous.get("/teams", token=secret, **AWAY).status_code == 200

    def test_whoever_is_here_is_told_and_not_held(self, client, limited):
        limited(writes_per_minute=1)
        answers = [client.post("/purposes", {"name": f"Nr {number}"}) for number in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert answers[2].headers["RateLimit"] == '"writes";r=1;t=0'

    def test_whoever_is_here_may_be_held_too(self, client, limited):
        limited(writes_per_minute=1, rate_limit_loopback=True)
        answers = [client.post("/purposes", {"name": f"Nr {number}"}) for number in range(2)]
        assert [answer.status_code for answer in answers] == [201, 429]

    def test_nought_is_no_limit(self, client, limited):
        limited(writes_per_minute=0)
        answer = client.post("/purposes", {"name": "Linting"}, **AWAY)
        assert (answer.status_code, "RateLimit" in answer.headers) == (201, False)
