"""app/front/shares.py"""

import os

from app.front.shares import Shares


def hold(share, number):
    for _ in range(number):
        share.took_one()


def two():
    shares = Shares(2)
    first, second = shares.take(), shares.take()
    first.open()
    second.open()
    return first, second


class TestShare:
    def test_who_holds_more_is_ahead(self):
        first, second = two()
        hold(first, 1)
        assert (first.is_ahead, second.is_ahead) == (True, False)
        hold(second, 1)
        assert (first.is_ahead, second.is_ahead) == (False, False)

    def test_of_many_an_eighth_more_is_no_matter(self):
        first, second = two()
        hold(second, 80)
        hold(first, 90)
        assert not first.is_ahead
        hold(first, 1)
        assert first.is_ahead

    def test_what_has_gone_counts_no_longer_as_held(self):
        first, _second = two()
        hold(first, 1)
        first.lost_one()
        assert not first.is_ahead
        assert first.taken_by_all == 1

    def test_who_takes_none_is_waited_for_by_nobody(self):
        first, second = two()
        hold(first, 5)
        second.close()
        assert not first.is_ahead
        second.lost_one()
        assert not first.is_ahead

    def test_a_worker_alone_is_never_ahead(self):
        share = Shares(1).take()
        share.open()
        hold(share, 5)
        assert not share.is_ahead

    def test_one_worker_too_many_takes_part_in_nothing(self):
        shares = Shares(1)
        shares.take().open()
        more = shares.take()
        more.open()
        hold(more, 5)
        more.lost_one()
        more.close()
        assert not more.is_ahead
        assert more.taken_by_all == 0

    def test_the_place_of_one_that_has_ended_goes_to_another(self):
        shares = Shares(2)
        first, second = shares.take(), shares.take()
        for share in (first, second):
            share.open()
        hold(second, 3)
        first.give_back()
        assert not second.is_ahead
        next_one = shares.take()
        next_one.open()
        assert second.is_ahead

    def test_another_process_sees_it(self):
        first, second = two()
        child = os.fork()
        if child == 0:
            hold(second, 1)
            os._exit(0)
        os.waitpid(child, 0)
        assert second.is_ahead
        assert not first.is_ahead
