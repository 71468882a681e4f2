"""Threads that do jobs: so many at a time, beside those who wait for others.

A job that only waits lends its place to one that can go on. So what waits
together may be more than what runs together, and nobody waits for a place
that somebody holds who does nothing.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

Job = Callable[[], None]


class Crew:
    """Does jobs in threads, in the order in which they come."""

    def __init__(self, *, places: int, waiting: int) -> None:
        """Make the threads when they are needed.

        Args:
            places: how many jobs run at a time.
            waiting: how many jobs there are at most beside these.
        """
        self._lock = threading.Lock()
        self._free = places
        self._jobs: deque[Job] = deque()
        self._returning: deque[threading.Lock] = deque()
        # Each job may have a thread; who was given a place and finds no job any more has one besides.
        self._pool = ThreadPoolExecutor(2 * places + waiting, thread_name_prefix="flask")

    def do(self, job: Job) -> None:
        """Do a job as soon as there is a place; it raises nothing."""
        with self._lock:
            self._jobs.append(job)
            if self._free == 0:
                return
            self._free -= 1
        self._pool.submit(self._work)

    @contextmanager
    def lending(self) -> Iterator[None]:
        """Lend the place of the job that calls this, for as long as it only waits."""
        self._lend()
        try:
            yield
        finally:
            self._take_back()

    def close(self) -> None:
        """Let the threads end."""
        with self._lock:
            self._jobs.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self) -> None:
        """Do jobs, in a place that is held, until there is none or the place is another's."""
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Job | None:
        with self._lock:
            if not self._returning and self._jobs:
                return self._jobs.popleft()
            self._leave()
        return None

    def _lend(self) -> None:
        with self._lock:
            has_work = not self._returning and bool(self._jobs)
            if not has_work:
                self._leave()
        if has_work:
            self._pool.submit(self._work)

    def _leave(self) -> None:
        """Leave a place, to those first who have begun; the lock is held."""
        if self._returning:
            self._returning.popleft().release()
        else:
            self._free += 1

    def _take_back(self) -> None:
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            gate = threading.Lock()
            gate.acquire()
            self._returning.append(gate)
        gate.acquire()
