"""How much one client may ask: token buckets in this process, told in the headers of the IETF draft.

A bucket is one moment: when it will be full again (GCRA). Each worker has its
own and gives its share of the limit. A client on this very machine is not
held to them, unless `RATE_LIMIT_LOOPBACK` says so. See decision 0028.

Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, current_app, g, request

from app.api.addresses import is_loopback, told_apart
from app.api.guard import HELD
from app.api.operations import Operation
from app.config import Settings
from app.errors import TooMany, Unauthorized
from app.services.tokens import Bearer

_MINUTE, _HOUR = 60, 3_600
_MOST_CLIENTS = 10_000
_IMPORTS = "import_records"


@dataclass(frozen=True)
class Policy:
    """A limit: so many in so many seconds."""

    name: str
    quota: int
    seconds: int


class Buckets:
    """The buckets of this process, by limit and client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with all of them full."""
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: dict[tuple[str, str], float] = {}

    def take(self, policy: Policy, client: str, workers: int, amount: int = 1) -> tuple[int, float]:
        """Take from a bucket; of nothing, only look.

        Returns: how many are left, and the seconds to wait: 0 where there was enough.
        """
        share = math.ceil(policy.quota / workers)
        step = policy.seconds / share
        now, key = self._clock(), (policy.name, client)
        with self._lock:
            full_at = max(now, self._full_at.get(key, now))
            wait = full_at + max(amount, 1) * step - now - policy.seconds
            if wait > 1e-6:  # noqa: PLR2004  # what floats lose
                return 0, wait
            full_at += amount * step
            self._full_at[key] = full_at
            if len(self._full_at) > _MOST_CLIENTS:
                self._full_at = {other: at for other, at in self._full_at.items() if at > now}
        return int((policy.seconds - (full_at - now)) / step + 1e-6), 0.0


def count_failures(check: Callable[[], Bearer]) -> Bearer:
    """Check a token, unless its client has sent too many bad ones; count it if it is one more.

    Raises:
        TooMany: naming when to come back.
        Unauthorized: it is a bad one.
    """
    _take(_failures(), amount=0)
    try:
        return check()
    except Unauthorized:
        _take(_failures())
        raise


def admit(operation: Operation, bearer: Bearer | None) -> None:
    """Take a request from what its client may ask.

    Raises:
        TooMany: naming when to come back.
    """
    if request.environ.get(HELD):
        return  # it was counted when it came
    settings = _settings()
    if operation.id == _IMPORTS:
        policy = Policy("imports", settings.imports_per_hour, _HOUR)
    elif operation.is_write:
        policy = Policy("writes", settings.writes_per_minute, _MINUTE)
    elif bearer is None:
        policy = Policy("reads", settings.reads_per_minute, _MINUTE)
    else:
        return
    _take(policy, f"token {bearer.id}" if bearer else "", is_told=True)


def tell(response: Response) -> None:
    """Write the headers of the limit that counted."""
    if "limit" in g:
        policy, left, wait = g.limit
        response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={policy.seconds}'
        response.headers["RateLimit"] = f'"{policy.name}";r={left};t={math.ceil(wait)}'


def _take(policy: Policy, client: str = "", *, amount: int = 1, is_told: bool = False) -> None:
    if not policy.quota:
        return
    left, wait = policy.quota, 0.0
    if _settings().rate_limit_loopback or not is_loopback(request.remote_addr):
        buckets: Buckets = current_app.extensions["buckets"]
        client = client or told_apart(request.remote_addr)
        left, wait = buckets.take(policy, client, _settings().workers, amount)
    if is_told or wait:
        g.limit = policy, left, wait
    if wait:
        detail = f"That is more than {policy.quota} {policy.name} in {policy.seconds:,} seconds."
        raise TooMany(detail, headers={"Retry-After": str(math.ceil(wait))})


def _failures() -> Policy:
    return Policy("bad tokens", _settings().bad_tokens_per_minute, _MINUTE)


def _settings() -> Settings:
    settings: Settings = current_app.config["ATLAS_SETTINGS"]
    return settings
