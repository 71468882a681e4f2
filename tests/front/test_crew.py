"""app/front/crew.py"""

import threading
from contextlib import nullcontext

import pytest

from app.front.crew import Crew

PATIENCE = 10


@pytest.fixture
def crew():
    made = []

    def make(**numbers):
        made.append(Crew(**numbers))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Jobs:
    """Jobs that note how many of them run at a time, and which are done, in order."""

    def __init__(self):
        self.lock, self.running, self.most, self.done = threading.Lock(), 0, 0, []
        self.all_done = threading.Semaphore(0)

    def enter(self, step=1):
        with self.lock:
            self.running += step
            self.most = max(self.most, self.running)

    def job(self, name, work=lambda: None):
        def do():
            self.enter()
            work()
            self.enter(-1)
            self.done.append(name)
            self.all_done.release()

        return do

    def wait(self, number):
        for _ in range(number):
            assert self.all_done.acquire(timeout=PATIENCE)


@pytest.mark.parametrize("places", [1, 3])
def test_no_more_run_than_there_are_places(crew, places):
    jobs, own = Jobs(), crew(places=places, waiting=40)
    for number in range(40):
        own.do(jobs.job(number, lambda: threading.Event().wait(0.002)))
    jobs.wait(40)
    assert jobs.most == places
    assert sorted(jobs.done) == list(range(40))


def test_jobs_are_begun_in_their_order(crew):
    jobs, own = Jobs(), crew(places=1, waiting=20)
    for number in range(20):
        own.do(jobs.job(number))
    jobs.wait(20)
    assert jobs.done == list(range(20))


def test_those_who_wait_for_one_another_meet_in_one_place(crew):
    """Without lending, the first would hold the place for which the others wait."""
    jobs, own = Jobs(), crew(places=1, waiting=9)
    meeting = threading.Barrier(10)

    def meet():
        jobs.enter(-1)
        with own.lending():
            meeting.wait(PATIENCE)
        jobs.enter()

    for number in range(10):
        own.do(jobs.job(number, meet))
    jobs.wait(10)
    assert jobs.most == 1


def test_who_has_begun_goes_on_before_others_begin(crew):
    jobs, own = Jobs(), crew(places=1, waiting=9)
    second_runs, first_may_go_on = threading.Event(), threading.Event()

    def first():
        with own.lending():
            second_runs.wait(PATIENCE)

    def second():
        second_runs.set()
        while not own._returning:  # that the first waits for its place shows nowhere else
            first_may_go_on.wait(0.001)

    own.do(jobs.job("first", first))
    own.do(jobs.job("second", second))
    own.do(jobs.job("third"))
    jobs.wait(3)
    assert jobs.done == ["second", "first", "third"]


def test_a_place_is_taken_back_also_where_waiting_fails(crew):
    jobs, own = Jobs(), crew(places=1, waiting=2)

    def fail():
        with pytest.raises(ZeroDivisionError), own.lending():
            raise ZeroDivisionError

    own.do(jobs.job("failing", fail))
    own.do(jobs.job("another", nullcontext))
    jobs.wait(2)
    assert len(jobs.done) == 2
