import tracemalloc
from datetime import UTC, datetime

import orjson

from app.kept import KeptRecords, State, Step, Written

ROOM = 1_000_000
FIRST, SECOND, THIRD = State(1, "a"), State(2, "b"), State(3, "c")
TEAM, OTHER = ("team", 1), ("team", 2)


def written(text="{}"):
    json = text.encode()
    return Written(json, orjson.Fragment(json), "1.0", datetime(2026, 1, 1, tzinfo=UTC))


def kept_at(state, *keys, room=ROOM):
    """Make what keeps records that were read in a state."""
    kept = KeptRecords(room)
    for kind, id_ in keys:
        kept.keep(kind, {id_: written()}, state)
    return kept


def has(kept, key, state):
    kind, id_ = key
    return id_ in kept.find(kind, [id_], state)


def step(state, *changed, kinds=()):
    return Step(state, set(changed), set(kinds))


class TestFind:
    def test_it_gives_what_was_read_in_that_state(self):
        kept = kept_at(FIRST, TEAM)
        assert has(kept, TEAM, FIRST)
        assert not has(kept, OTHER, FIRST)
        assert not has(kept, ("library", 1), FIRST)

    def test_it_gives_nothing_to_a_state_that_nothing_was_compared_with(self):
        assert not has(kept_at(FIRST, TEAM), TEAM, SECOND)

    def test_it_tells_states_of_one_version_apart(self):
        assert not has(kept_at(FIRST, TEAM), TEAM, State(1, "another"))

    def test_it_gives_what_has_not_changed_to_later_and_to_earlier_states(self):
        kept = kept_at(FIRST, TEAM)
        kept.follow(step(FIRST, OTHER), SECOND)
        assert has(kept, TEAM, SECOND)
        assert has(kept, TEAM, FIRST)

    def test_it_does_not_give_what_was_read_later_to_an_earlier_state(self):
        kept = kept_at(FIRST, TEAM)
        kept.follow(step(FIRST, OTHER), SECOND)
        kept.keep("team", {2: written()}, SECOND)
        assert has(kept, OTHER, SECOND)
        assert not has(kept, OTHER, FIRST)


class TestFollow:
    def test_it_drops_what_has_changed(self):
        kept = kept_at(FIRST, TEAM, OTHER)
        kept.follow(step(FIRST, TEAM), SECOND)
        assert not has(kept, TEAM, SECOND)
        assert has(kept, OTHER, SECOND)

    def test_it_drops_kinds_of_which_all_may_have_changed(self):
        kept = kept_at(FIRST, TEAM, ("library", 1))
        kept.follow(step(FIRST, kinds=["team"]), SECOND)
        assert not has(kept, TEAM, SECOND)
        assert has(kept, ("library", 1), SECOND)

    def test_what_begins_with_another_state_than_that_of_all_does_nothing(self):
        kept = kept_at(FIRST, TEAM)
        kept.follow(step(SECOND, TEAM), THIRD)
        assert has(kept, TEAM, FIRST)
        assert not has(kept, TEAM, THIRD)


class TestKeep:
    def test_what_was_read_in_an_earlier_state_is_kept(self):
        kept = kept_at(FIRST, TEAM)
        kept.follow(step(FIRST, ("team", 3)), SECOND)
        kept.follow(step(SECOND, ("team", 4)), THIRD)
        kept.keep("team", {2: written()}, FIRST)
        assert has(kept, OTHER, THIRD)

    def test_but_not_what_has_changed_since(self):
        kept = kept_at(FIRST, TEAM)
        kept.follow(step(FIRST, OTHER), SECOND)
        kept.follow(step(SECOND, kinds=["library"]), THIRD)
        kept.keep("team", {2: written()}, FIRST)
        kept.keep("library", {2: written()}, FIRST)
        assert not has(kept, OTHER, THIRD)
        assert not has(kept, ("library", 2), THIRD)

    def test_what_was_read_in_an_unknown_state_is_not(self):
        kept = kept_at(SECOND, TEAM)
        kept.keep("team", {2: written()}, FIRST)
        assert not has(kept, OTHER, FIRST)
        assert not has(kept, OTHER, SECOND)

    def test_no_more_states_are_remembered_than_some(self):
        kept = kept_at(State(0, "0"), TEAM)
        for version in range(100):
            kept.follow(step(State(version, str(version))), State(version + 1, str(version + 1)))
        assert has(kept, TEAM, State(99, "99"))
        assert not has(kept, TEAM, State(0, "0"))


class TestForget:
    def test_it_begins_anew(self):
        kept = kept_at(FIRST, TEAM)
        kept.forget(FIRST, SECOND)
        assert not has(kept, TEAM, FIRST)
        assert not has(kept, TEAM, SECOND)
        kept.keep("team", {2: written()}, SECOND)
        assert has(kept, OTHER, SECOND)

    def test_it_leaves_what_is_of_another_state_by_now(self):
        kept = kept_at(FIRST, TEAM)
        kept.forget(SECOND, THIRD)
        assert has(kept, TEAM, FIRST)


class TestRoom:
    def test_what_was_not_asked_for_the_longest_time_goes_first(self):
        kept = KeptRecords(20_000)
        kept.keep("team", {id_: written("x" * 200) for id_ in range(20)}, FIRST)
        assert has(kept, ("team", 0), FIRST)
        kept.keep("team", {20: written("x" * 200)}, FIRST)
        assert has(kept, ("team", 0), FIRST)
        assert not has(kept, ("team", 1), FIRST)

    def test_no_record_takes_much_of_it(self):
        kept = kept_at(FIRST, TEAM, room=100_000)
        kept.keep("team", {2: written("x" * 10_000)}, FIRST)
        assert has(kept, TEAM, FIRST)
        assert not has(kept, OTHER, FIRST)

    def test_a_record_that_is_read_again_counts_once(self):
        kept = KeptRecords(20_000)
        kept.keep("team", {1: written("x" * 200)}, FIRST)
        for _ in range(100):
            kept.keep("team", {2: written("x" * 200)}, FIRST)
        assert has(kept, TEAM, FIRST)

    def test_it_bounds_the_memory(self):
        kept = KeptRecords(ROOM)
        tracemalloc.start()
        try:
            for id_ in range(5_000):
                kept.keep("team", {id_: written("x" * 500)}, FIRST)
            taken, _peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert ROOM // 2 < taken < ROOM
